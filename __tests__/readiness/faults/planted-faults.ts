import { takeInventory } from "../../../readiness/inventory/inventory";
import { judge } from "../../../readiness/judgement/judge";
import { discoverPolicies } from "../../../readiness/policies";
import type { Mutation, Synthesis } from "../../../readiness/policy/mutation";
import type { Where } from "../../../readiness/policy/target";
import type { Policy } from "../../../readiness/policy/policy";
import { judgedFacts, synthesised } from "../../harness";

/** Regions in which a fault is planted, as a test names them. */
const places = {
  "both regions": /./,
  "the primary alone": /us-east-1$/,
  "the secondary alone": /eu-west-1$/,
} as const;

/** Limits a fault to the stacks of a region; `where` narrows it further. */
export type Here = (where?: Where) => Where;

/** A change of the synthesised Terraform, and how its refusal reads. */
export interface Fault {
  readonly name: string;
  /** Id of the policy that refuses it. */
  readonly refusedBy: string;
  /** What the message names. */
  readonly says: RegExp;
  readonly plant: (here: Here, stacks: RegExp) => Mutation;
}

const policies = new Map(discoverPolicies().map(({ policy }) => [policy.id, policy]));

/** Plants each fault in both regions, in the primary alone and in the secondary alone, and expects its refusal. */
export function describeFaults(
  title: string,
  faults: readonly Fault[],
  where: Readonly<Record<string, RegExp>> = places,
): void {
  describe(title, () => {
    let production: Synthesis;
    beforeAll(() => {
      production = { stacks: synthesised("production"), facts: judgedFacts() };
    });
    const cases = faults.flatMap((fault) =>
      Object.entries(where).map(([place, stacks]) => [fault.name, place, fault, stacks] as const),
    );
    it.each(cases)("refuses %s in %s", (_name, _place, fault, stacks) => {
      const here: Here = (where) => (block, id, stack) => stacks.test(stack) && (where?.(block, id, stack) ?? true);
      const policy = policies.get(fault.refusedBy) as Policy;
      const changed = fault.plant(here, stacks).apply(production);
      const findings = judge(takeInventory(changed.stacks, changed.facts), [policy]).findings.filter(
        (finding) => finding.outcome === "fail" && finding.policy === fault.refusedBy,
      );
      expect(findings.map(({ message }) => message).join("\n")).toMatch(fault.says);
    });
  });
}
