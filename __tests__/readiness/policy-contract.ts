import { claimIds } from "../../catalog/claims/claims";
import { takeInventory } from "../../readiness/inventory/inventory";
import type { Platform } from "../../readiness/inventory/platform";
import { judge } from "../../readiness/judgement/judge";
import type { Finding } from "../../readiness/judgement/judgement";
import { discoverPolicies } from "../../readiness/policies";
import type { Mutation, Synthesis } from "../../readiness/policy/mutation";
import type { Policy } from "../../readiness/policy/policy";
import { pass } from "../../readiness/policy/verdict";
import { judgedFacts, synthesised } from "../harness";

/** One inventory of what is judged again and again: the platform as it is. */
const inventories = new WeakMap<Synthesis, Platform>();
function inventoryOf(synthesis: Synthesis): Platform {
  const known = inventories.get(synthesis) ?? takeInventory(synthesis.stacks, synthesis.facts);
  inventories.set(synthesis, known);
  return known;
}
let production: Synthesis;
beforeAll(() => {
  production = { stacks: synthesised("production"), facts: judgedFacts() };
});

const judged = (policy: Policy, synthesis: Synthesis): Finding[] =>
  judge(inventoryOf(synthesis), [policy]).findings.filter((finding) => finding.policy === policy.id);
/** As text: a subject holds the whole platform, which no failure message should print. */
const findingsOf = (policy: Policy, synthesis: Synthesis): string[] =>
  judged(policy, synthesis).map(({ outcome, message }) => `${outcome}: ${message}`);
/** A policy that throws refuses everything: that kills no mutant. */
const refusals = (policy: Policy, synthesis: Synthesis): string[] =>
  judged(policy, synthesis)
    .filter((finding) => finding.outcome === "fail" && !finding.message.includes("the policy itself is broken"))
    .map(({ message }) => message);

/** What every policy promises, for those in the folders that `belongs` chooses: the files share the work of two cores. */
export function describePolicies(belongs: (domain: string) => boolean): void {
  const chosen = discoverPolicies().filter(({ file }) => belongs(file.split("/")[0] ?? ""));
  describe.each(chosen.map(({ policy, file }) => [policy.id, file, policy] as const))(
    "%s (%s)",
    (_id, _file, policy) => {
      /** A mutant is asked twice: by the policy, and by the policy emptied. */
      const applied = new Map<Mutation, Synthesis>();
      const mutated = (mutant: Mutation): Synthesis => {
        const synthesis = applied.get(mutant) ?? mutant.apply(production);
        applied.set(mutant, synthesis);
        return synthesis;
      };
      afterAll(() => {
        applied.clear();
      });
      it("says what must hold, why, and what to change", () => {
        expect(policy.id).toMatch(/^[A-Z]{2}-\d{2}$/);
        for (const sentence of [policy.title, policy.because, policy.remedy])
          expect(sentence.trim().length).toBeGreaterThan(10);
      });
      it("proves claims of the register, or says why it goes beyond them", () => {
        expect(policy.proves.filter((id) => !claimIds.has(id))).toEqual([]);
        if (policy.proves.length === 0) expect(policy.beyond?.length ?? 0).toBeGreaterThan(10);
      });
      it("passes on the fixture platform", () => {
        const judgement = judge(inventoryOf(production), [policy]);
        expect(
          judgement.findings.filter((finding) => finding.policy === policy.id).map(({ message }) => message),
        ).toEqual([]);
        expect(["pass", "notApplicable"]).toContain(judgement.policies.find(({ id }) => id === policy.id)?.outcome);
      });
      it("has a mutant", () => {
        expect(policy.mutants.length).toBeGreaterThan(0);
        expect(new Set(policy.mutants.map(({ name }) => name)).size).toBe(policy.mutants.length);
      });
      it.each(policy.mutants.map((mutant) => [mutant.name, mutant] as const))("refuses: %s", (_name, mutant) => {
        expect(refusals(policy, mutated(mutant))).not.toEqual([]);
      });
      it("refuses by its check: emptied, it lets a change through", () => {
        const emptied: Policy = { ...policy, check: () => pass() };
        expect(
          [policy.boundary.breaks, ...policy.mutants].some((mutant) => refusals(emptied, mutated(mutant)).length === 0),
        ).toBe(true);
      });
      it(`accepts: ${policy.boundary.holds.name}`, () =>
        expect(findingsOf(policy, policy.boundary.holds.apply(production))).toEqual([]));
      it(`refuses, closest: ${policy.boundary.breaks.name}`, () =>
        expect(refusals(policy, mutated(policy.boundary.breaks))).not.toEqual([]));
    },
  );
}
