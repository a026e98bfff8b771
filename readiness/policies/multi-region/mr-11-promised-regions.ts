import { equals } from "../../policy/comparison";
import { changeStack, removeStack, set } from "../../policy/mutation";
import { policy, wholePlatform } from "../../policy/policy";
import { platformPromises } from "../../policy-terms/promised";
import { clusterOf } from "../../policy-terms/region-subjects";
import { fail, forClaim } from "../../policy/verdict";

export default policy({
  id: "MR-11",
  severity: "error",
  proves: ["CA-07"],
  title: "The platform runs in its committed regions",
  because: "contracts, data protection and the path of the failover name these regions",
  remedy:
    "set regions.primary.name and regions.secondary.name; a promise changes in its report first, then in catalog/claims/commitments.json",
  subjects: (platform) => (platformPromises(platform, "regions").length > 0 ? [wholePlatform] : []),
  check: (_, platform) =>
    platformPromises(platform, "regions").map(({ claim, figure, value }) => {
      const role = figure.endsWith("primary") ? "primary" : "secondary";
      const cluster = clusterOf(platform, role);
      return forClaim(
        claim,
        cluster
          ? equals(value, cluster.region, `${claim} promises ${figure}`, { field: `regions.${role}.name` })
          : fail({
              expected: `${claim} promises a cluster in ${value} as ${role}`,
              actual: "no such cluster",
              field: `regions.${role}.name`,
            }),
      );
    }),
  mutants: [
    removeStack("no secondary cluster", "cluster-eu-west-1"),
    removeStack("no primary cluster", "cluster-us-east-1"),
    changeStack("a cluster in another region", "cluster-us-east-1", set("provider.aws.0.region", "us-east-2")),
    changeStack("two secondaries", "cluster-us-east-1", set(["//", "plimsoll", "role"], "secondary")),
  ],
  boundary: {
    holds: changeStack(
      "the same region, tagged",
      "cluster-eu-west-1",
      set("provider.aws.0.default_tags.0.tags.note", "standby"),
    ),
    breaks: changeStack("the next region", "cluster-eu-west-1", set("provider.aws.0.region", "eu-west-2")),
  },
});
