export { compareDeclarations } from "./compare";
export type * from "./types";
