import { join } from "node:path";

/**
 * Exports of a function's own file, the one that is deployed.
 * @param file below constructs/aws/functions, for example `failback-latch/index.mjs`
 */
export const loadFunction = <Exports extends object>(file: string): Exports =>
  jest.requireActual<Exports>(join(__dirname, "../../constructs/aws/functions", file));
