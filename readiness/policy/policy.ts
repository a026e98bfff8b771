import type { EnvironmentName } from "../../config/environment";
import type { Platform } from "../inventory/platform";
import type { Subject } from "../inventory/subject";
import type { Mutation } from "./mutation";
import type { Verdict } from "./verdict";

export type Severity = "error" | "warning" | "info";

/** One readiness policy: its sentence, its reason, its check and the changes that show that the check can fail. */
export interface PolicyOf<Judged, Item extends Subject = Subject> {
  /** Two letters of the domain, a hyphen, two digits. Never reused. */
  readonly id: string;
  /** `error` refuses the platform; `warning` and `info` are shown. */
  readonly severity: Severity;
  /** The sentence that must hold. */
  readonly title: string;
  /** What happens to whom when it does not hold. */
  readonly because: string;
  /** What to change. */
  readonly remedy: string;
  /** Claims of the register that it proves; empty only with {@link beyond}. */
  readonly proves: readonly string[];
  /** Why the policy exists although no claim asks for it. */
  readonly beyond?: string;
  /** Checks of known tools that say the same, for example `kube-score pod-probes`. */
  readonly equivalents?: readonly string[];
  /** Environments in which it judges. @default all - a rule that holds only in production is found out there */
  readonly environments?: readonly EnvironmentName[];
  /** What is judged. */
  subjects(platform: Judged): readonly Item[];
  check(subject: Item, platform: Judged): Verdict | readonly Verdict[];
  /** The verdict when there is no subject at all. @default notApplicable - with nothing to judge, nothing is proven */
  whenAbsent?(platform: Judged): Verdict;
  /** Changes of the platform that this policy must refuse, one for each clause. */
  readonly mutants: readonly Mutation[];
  /** The closest change that is accepted, and the closest that is refused. */
  readonly boundary: { readonly holds: Mutation; readonly breaks: Mutation };
}

/** The platform as a whole, for a policy whose subject is no single resource. */
export const wholePlatform: Subject = {
  stack: "platform",
  address: "platform",
  constructPath: "",
  label: "the platform",
};

export type Policy = PolicyOf<Platform>;

/** A policy of the platform: `export default policy({ … })` in a file of its own below `readiness/policies/<domain>/`. */
export function policy<Item extends Subject>(definition: PolicyOf<Platform, Item>): Policy {
  return definition;
}
