import { z } from "zod";

export const integer = (min: number, max: number) => z.int().min(min).max(max);
export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) => z.enum(values);
