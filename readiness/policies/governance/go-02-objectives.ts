import { annotation } from "../../../contract";
import { objectiveCommitments } from "../../../catalog/claims/commitments";
import { equals, holds, oneOf } from "../../policy/comparison";
import { change, resource, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, forClaim, type Verdict } from "../../policy/verdict";
import type { Objectives } from "../../inventory/facts/kubernetes/namespaces";

const required = ["availability", "errorRate", "rtoMinutes", "rpoHours"] as const;
const applications = resource("kubernetes_namespace_v1", (_, __, stack) => stack.startsWith("storefront"));
const objective = (name: string): string[] => ["metadata", "annotations", annotation.objectives, name];

export default policy({
  id: "GO-02",
  severity: "error",
  proves: ["CA-21", "CA-11", "CA-12", "FG-14", "FF-11", "FF-12", "FF-14", "FL-25", "XB-03", "XB-05"],
  title: "Each application declares its tier, objectives, recovery and readable claims",
  because: "whether capacity and recovery suffice cannot be computed without declared objectives",
  remedy:
    "set tier and objectives in the application's file; a promise changes in its report first, then in catalog/claims/commitments.json",
  subjects: (platform) =>
    platform.namespaces.filter((namespace) =>
      platform.stacks.some((stack) => stack.name === namespace.stack && stack.layer === "application"),
    ),
  check: (namespace, platform) => {
    const { objectives, claimsError } = namespace;
    if (objectives === undefined)
      return fail({ expected: `annotation ${annotation.objectives}`, actual: namespace.objectivesError ?? "none" });
    const promises = objectiveCommitments(platform.commitments, namespace.name);
    return [
      holds(claimsError === undefined, "claims that policies can read", claimsError ?? "read"),
      oneOf([1, 2, 3], objectives.tier, "tier", { field: "tier" }),
      ...required.map((name): Verdict =>
        objectives[name] === undefined
          ? fail({ expected: `objective ${name}`, actual: "none", field: `objectives.${name}` })
          : { outcome: "pass", actual: `${name} ${objectives[name]}` },
      ),
      holds(
        objectives.latencyP95Ms !== undefined || objectives.latencyP99Ms !== undefined,
        "objective latencyP95Ms or latencyP99Ms",
        "neither",
        { field: "objectives" },
      ),
      ...promises.map(({ claim, figure, value }) =>
        forClaim(
          claim,
          equals(value, objectives[figure as keyof Objectives], `${figure} as ${claim} promises`, {
            field: `objectives.${figure}`,
          }),
        ),
      ),
    ];
  },
  mutants: [
    change("no objectives", applications, unset(["metadata", "annotations", annotation.objectives])),
    change("no recovery time", applications, unset(objective("rtoMinutes"))),
    change("claims of a kind that no policy judges", applications, (block) => {
      const claims = { "SLA-1": { statement: "It is fast.", commitments: [{ kind: "speed" }] } };
      set(["metadata", "annotations", annotation.claims], JSON.stringify(claims))(block);
    }),
    change("tier 4", applications, set(objective("tier"), 4)),
  ],
  boundary: {
    holds: change("99.95 % written again, other label", applications, set(["metadata", "labels", "note"], "x")),
    breaks: change("99.94 %", applications, set(objective("availability"), 0.9994)),
  },
});
