import { readdirSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import type { Policy } from "../policy/policy";
import { loadPolicy } from "./load-policy";

/** A policy with the file it stands in, relative to this folder without its ending. */
export interface CataloguedPolicy {
  readonly policy: Policy;
  readonly file: string;
}

/**
 * Every policy: the default export of each file in the folder of a domain or of a subject in it, sorted by id.
 * @throws when a file exports none, or two have the same id
 */
export function discoverPolicies(folder: string = __dirname): CataloguedPolicy[] {
  const found = filesOf(folder).map((path): CataloguedPolicy => {
    const exported = (loadPolicy(path) as { default?: Partial<Policy> }).default;
    const file = relative(folder, path)
      .split(sep)
      .join("/")
      .replace(/\.[jt]s$/, "");
    if (typeof exported?.id !== "string" || typeof exported.check !== "function")
      throw new Error(
        `readiness/policies/${file}.ts has no policy as its default export: end it with "export default policy({ … })".`,
      );
    return { policy: exported as Policy, file };
  });
  const sorted = found.sort((a, b) => (a.policy.id < b.policy.id ? -1 : 1));
  sorted.forEach(({ policy, file }, index) => {
    const previous = sorted[index - 1];
    if (previous?.policy.id === policy.id)
      throw new Error(
        `${policy.id} is the id of two policies, readiness/policies/${previous.file}.ts and ${file}.ts: give the newer one the next free number.`,
      );
  });
  return sorted;
}

/** Files of the domain folders and their subjects; a file whose name begins with an underscore is shared by the policies beside and below it. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.includes(sep) && /(?<!\.d)\.[jt]s$/.test(name) && !basename(name).startsWith("_"))
    .map((name) => join(folder, name))
    .sort();
}
