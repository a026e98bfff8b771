import { z } from "zod";
import bundled from "./variables.json";

const text = z.string().min(1);

const variable = z.strictObject({
  name: text,
  is: z.enum([
    "text",
    "number",
    "bucket",
    "bucket-region",
    "cluster-name",
    "cluster-endpoint",
    "cluster-certificate",
    "topic",
    "secret",
    "secret-prefix",
    "stores",
    "databases",
  ]),
  in: text.optional(),
  of: text.optional(),
  optional: z.literal(true).optional(),
  because: text,
});
/** An environment variable that a function reads, and what it must hold; the note of the data file explains the forms. */
export type FunctionVariable = z.infer<typeof variable>;

const schema = z.strictObject({
  note: text,
  read: z.iso.date(),
  inVpc: z.strictObject({ name: text, value: text, because: text, source: text }),
  functions: z.array(z.strictObject({ name: text, variables: z.array(variable).min(1) })),
});

const table = schema.parse(bundled);

/** What a function inside a VPC has beside its own variables. */
export const variableInVpc = table.inVpc;

/** @param functionName as AWS knows it @returns undefined for a function that declares nothing */
export const variablesOf = (functionName: string | undefined): readonly FunctionVariable[] | undefined =>
  table.functions.find(({ name }) => functionName?.endsWith(`-${name}`))?.variables;

/** Names of the functions that declare variables, without what is before them. */
export const functionsWithVariables: ReadonlyMap<string, readonly FunctionVariable[]> = new Map(
  table.functions.map(({ name, variables }) => [name, variables]),
);
