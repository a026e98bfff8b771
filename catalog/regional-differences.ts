import data from "./regional-differences.json";

/** A difference between the stacks of two regions that is meant. */
export interface RegionalDifference {
  /** Layer of the stacks; `*` for all. */
  readonly layer: string;
  /** Terraform type; `*` for all. */
  readonly type: string;
  readonly path: RegExp;
  /** Arguments that may differ. @default all - where the resource is in one region only */
  readonly argument?: RegExp;
  /** Region that alone has the resource. @default both have it */
  readonly onlyIn?: string;
  readonly because: string;
}

const whole = (expression: string): RegExp => new RegExp(`^(?:${expression})$`);

interface Written {
  readonly layer: string;
  readonly type: string;
  readonly path: string;
  readonly argument?: string;
  readonly onlyIn?: string;
  readonly because: string;
}

/** Every meant difference, in the order of the file. */
export const regionalDifferences: readonly RegionalDifference[] = (data.differences as readonly Written[]).map(
  ({ path, argument, ...rest }) => ({
    ...rest,
    path: whole(path),
    ...(argument === undefined ? {} : { argument: whole(argument) }),
  }),
);
