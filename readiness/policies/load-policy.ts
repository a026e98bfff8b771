import { createRequire } from "node:module";

/** The module of a policy, by the path of its file. The bundle that `make synth` runs has a list of them instead. */
export const loadPolicy = (path: string): unknown => createRequire(__filename)(path);
