import { cacheNode, usableMiB } from "../../../../catalog/store-classes";
import { atLeast, holds } from "../../../policy/comparison";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { unknown } from "../../../policy/verdict";
import { declarationOf, inWriterRegion } from "../../../policy-terms/stores";

const caches = resource("aws_elasticache_replication_group", (_, __, stack) => stack === "stores-us-east-1");
const large = resource(
  "aws_elasticache_replication_group",
  (block, _, stack) => stack === "stores-us-east-1" && String(block["replication_group_id"]).endsWith("-queue"),
);

export default policy({
  id: "DR-23",
  severity: "error",
  proves: ["CA-18", "FG-03", "XB-01"],
  title: "Caches fail over to another zone, and hold what is declared beside their reserve",
  because: "a queue on one node is empty after that node's failure, and a full node has no memory left for a snapshot",
  remedy: "make caches with ValkeyCache; raise caches.<name>.memoryMiB, which chooses the node",
  equivalents: ["cdk-nag AEC4"],
  subjects: (platform) => platform.caches,
  check: (cache, platform) => {
    const declared = declarationOf(platform, cache);
    const node = cacheNode(cache.nodeType ?? "");
    if (declared === undefined || node === undefined)
      return unknown(`${cache.label}: its declaration or its node type ${cache.nodeType ?? ""} is not known`);
    return [
      atLeast(declared.memoryMiB, usableMiB(node), `MiB that ${cache.nodeType ?? ""} holds`, {
        field: `${declared.field}.memoryMiB`,
        arithmetic: `${node.maxMemoryBytes} bytes × 75 % ÷ 1048576`,
      }),
      ...(inWriterRegion(platform, cache)
        ? [
            atLeast(2, cache.nodes, "nodes where stores accept writes"),
            holds(cache.failover, "automatic_failover_enabled", "off"),
            holds(cache.multiAz, "multi_az_enabled", "nodes may share a zone"),
          ]
        : [atLeast(1, cache.nodes, "nodes that stand by")]),
    ];
  },
  mutants: [
    change("one node", caches, set("num_cache_clusters", 1)),
    change("no failover", caches, set("automatic_failover_enabled", false)),
    change("nodes of one zone", caches, set("multi_az_enabled", false)),
    change(
      "no node in the standby",
      resource("aws_elasticache_replication_group", (_, __, stack) => stack === "stores-eu-west-1"),
      set("num_cache_clusters", 0),
    ),
    change("a node of another kind", caches, set("node_type", "cache.t4g.micro")),
  ],
  boundary: {
    holds: change("a larger node", large, set("node_type", "cache.t4g.medium")),
    breaks: change("the next smaller node", large, set("node_type", "cache.t4g.micro")),
  },
});
