import type { Item } from "../inventory/item";
import { fail, pass, show, unknown, type Known, type Verdict } from "../policy/verdict";

/** Whether part of what is at `path` (a fragment of it is enough) is only known after deployment. */
export const undecided = (item: Item, fragment: string): string | undefined =>
  item.unknowns.find(({ path }) => path.includes(fragment))?.reason;

/** Passes where a value is there, fails where nothing is written, and is unknown where the value comes with the deployment. */
export function written(item: Item, value: Known, fragment: string, what: string, field?: string): Verdict {
  if (value !== undefined && value !== null) return pass(`${what}: ${show(value)}`);
  const reason = undecided(item, fragment);
  if (reason !== undefined) return unknown(`${what}: ${reason}`, field);
  return fail({ expected: `${what} is set`, actual: "nothing is written", ...(field === undefined ? {} : { field }) });
}

/** The verdict of `judge` where the value is known; where it is not, that of {@link written}. */
export function judged<Value extends number | string>(
  item: Item,
  value: Value | undefined,
  fragment: string,
  what: string,
  field: string | undefined,
  judge: (value: Value) => Verdict,
): Verdict {
  return value === undefined ? written(item, value, fragment, what, field) : judge(value);
}
