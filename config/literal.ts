import type { Environment, Region } from "./environment";

/** What an environment file writes down: the shape of {@link Environment} before its values are validated. */
export type EnvironmentLiteral = Loose<Omit<Environment, "regions">> & {
  regions: Record<"primary" | "secondary", Loose<Region>>;
};

/** Literals of a file are plain strings and numbers; the schema narrows them. */
type Loose<Value> = Value extends string
  ? string
  : Value extends number
    ? number
    : Value extends boolean
      ? boolean
      : Value extends readonly (infer Item)[]
        ? Loose<Item>[]
        : Value extends object
          ? { [Key in keyof Value]: Loose<Value[Key]> }
          : Value;
