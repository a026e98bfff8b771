import { readdirSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { ConfigurationError, type ConfigurationViolation } from "../../config/configuration-error";
import type { Policy } from "../policy/policy";
import { loadPolicy } from "./load-policy";

/** A policy with the file it stands in, relative to this folder without its ending. */
export interface CataloguedPolicy {
  readonly policy: Policy;
  readonly file: string;
}

/**
 * Every policy: the default export of each file in the folder of a domain or of a subject in it, sorted by id.
 * @throws ConfigurationError when a file exports none, or two have the same id
 */
export function discoverPolicies(folder: string = __dirname): CataloguedPolicy[] {
  const found = filesOf(folder).map((path): CataloguedPolicy => {
    const exported = (loadPolicy(path) as { default?: Partial<Policy> }).default;
    const file = relative(folder, path)
      .split(sep)
      .join("/")
      .replace(/\.[jt]s$/, "");
    if (typeof exported?.id !== "string" || typeof exported.check !== "function")
      throw refused(`readiness/policies/${file}.ts`, {
        found: "no policy as its default export",
        allowed: "export default policy({ … })",
        because: "every file of the folder is one policy; what several share is in a file whose name begins with _",
      });
    return { policy: exported as Policy, file };
  });
  const sorted = found.sort((a, b) => (a.policy.id < b.policy.id ? -1 : 1));
  sorted.forEach(({ policy, file }, index) => {
    const previous = sorted[index - 1];
    if (previous?.policy.id === policy.id)
      throw refused(`readiness/policies/${file}.ts`, {
        found: policy.id,
        allowed: `an id that no other policy has (readiness/policies/${previous.file}.ts has this one): give the newer one the next free number`,
        because: "waivers and reports name a policy by its id",
      });
  });
  return sorted;
}

const refused = (file: string, problem: Pick<ConfigurationViolation, "found" | "allowed" | "because">) =>
  new ConfigurationError([{ file, path: "", ...problem }]);

/** Files of the domain folders and their subjects; a file whose name begins with an underscore is shared by the policies beside and below it. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.includes(sep) && /(?<!\.d)\.[jt]s$/.test(name) && !basename(name).startsWith("_"))
    .map((name) => join(folder, name))
    .sort();
}
