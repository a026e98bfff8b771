import { applicationCommitments } from "../../../catalog/claims/commitments";
import { atMost } from "../../policy/comparison";
import { change, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { resource } from "../../policy/target";
import { forClaim, notApplicable, unknown } from "../../policy/verdict";
import { applicationNamespaces } from "../../figures/recovery/backup-coverage";
import { costOf } from "../../figures/cost/cost";

export default policy({
  id: "CO-05",
  severity: "error",
  // Reports speak of production.
  environments: ["production"],
  title: "An application costs no more than its report promises, with its share of the platform",
  because: "the promise of one application is no budget of five: each is held against what it costs itself",
  remedy: "models.cost.totals.byApplication in report.json shows the sum; use fewer or smaller parts",
  proves: ["CA-17"],
  subjects: (platform) =>
    applicationNamespaces(platform).filter(({ region }) => region === platform.environment.regions.primary.name),
  check: (namespace, platform) => {
    const promises = applicationCommitments(platform.commitments, namespace.name, "usdPerMonth");
    if (promises.length === 0) return notApplicable("its report promises no cost");
    const { report } = costOf(platform);
    const cost = report.totals.byApplication[namespace.name]?.steady;
    if (report.unknown.length > 0) return unknown(`${report.unknown.length} resources have no price`);
    return promises.map(({ claim, value }) =>
      forClaim(
        claim,
        atMost(Number(value), cost, `USD a month of ${namespace.name}, as ${claim} promises`, {
          arithmetic: "its own resources in both regions, and its share of the shared ones by requested memory",
        }),
      ),
    );
  },
  mutants: [
    change(
      "caches of another size",
      resource("aws_elasticache_replication_group", (_, id) => id.includes("storefront")),
      (block) => {
        set("node_type", "cache.r7g.large")(block);
        set("num_cache_clusters", 20)(block);
      },
    ),
  ],
  boundary: {
    holds: change(
      "caches of nine nodes",
      resource("aws_elasticache_replication_group", (_, id) => id.includes("storefront")),
      set("num_cache_clusters", 9),
    ),
    breaks: change(
      "caches of 60 nodes",
      resource("aws_elasticache_replication_group", (_, id) => id.includes("storefront")),
      set("num_cache_clusters", 60),
    ),
  },
});
