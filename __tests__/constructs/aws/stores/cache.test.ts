import { smallestCacheNode } from "../../../../catalog/store-classes";
import { ValkeyCache, type ValkeyCacheProps } from "../../../../constructs/aws/stores/cache";
import { fixtureEnvironment } from "../../../fixtures/platform/environments";
import { Made } from "../../empty-stack";

const queue = { use: "queue", memoryMiB: 1000, persistent: true } as const;
const made = (cache: Partial<ValkeyCacheProps["cache"]> = {}, props: Partial<ValkeyCacheProps> = {}) =>
  new Made(
    (stack) =>
      new ValkeyCache(stack, "cache", {
        environment: fixtureEnvironment(),
        identifier: "shop-jobs",
        cache: { engine: "redis", version: "7", rtoMinutes: 60, rpoMinutes: 30, ...queue, ...cache },
        application: "shop",
        name: "jobs",
        subnetGroupName: "acme",
        securityGroupId: "sg",
        keyArn: "arn:key",
        nodes: 2,
        declaration: { file: "here.ts" },
        ...props,
      }),
  );
const group = (...given: Parameters<typeof made>) => made(...given).only("aws_elasticache_replication_group");

describe("a cache", () => {
  it("is encrypted at rest with the key given, and in transit without exception", () =>
    expect(group()).toMatchObject({
      engine: "valkey",
      at_rest_encryption_enabled: "true",
      kms_key_id: "arn:key",
      transit_encryption_enabled: true,
      transit_encryption_mode: "required",
      subnet_group_name: "acme",
      security_group_ids: ["sg"],
      port: 6379,
    }));

  it("fails over between zones with two nodes; with one not at all, and is updated a day earlier", () => {
    const [two, one] = [group(), group({}, { nodes: 1 })];
    expect(two).toMatchObject({ num_cache_clusters: 2, automatic_failover_enabled: true, multi_az_enabled: true });
    expect(one).toMatchObject({ automatic_failover_enabled: false, multi_az_enabled: false });
    expect([one, two].map((each) => String(each["maintenance_window"]).slice(0, 3))).toEqual(["sun", "mon"]);
  });

  it("keeps snapshots, a last one and itself where its entries persist, and no snapshots where they do not", () => {
    expect(group()).toMatchObject({
      snapshot_retention_limit: 7,
      final_snapshot_identifier: "shop-jobs-final",
      lifecycle: { prevent_destroy: true },
    });
    const passing = group({ persistent: false });
    expect(passing["snapshot_retention_limit"]).toBe(0);
    expect(passing).not.toHaveProperty("final_snapshot_identifier");
    const local = group({}, { environment: fixtureEnvironment("local") });
    for (const name of ["final_snapshot_identifier", "lifecycle"]) expect(local).not.toHaveProperty(name);
  });

  it("evicts nothing from a queue, by use from a cache, or as is declared", () => {
    const eviction = (...given: Parameters<typeof made>) =>
      made(...given).only("aws_elasticache_parameter_group")["parameter"];
    expect(eviction()).toEqual([{ name: "maxmemory-policy", value: "noeviction" }]);
    expect(eviction({ use: "cache" })).toEqual([{ name: "maxmemory-policy", value: "allkeys-lru" }]);
    expect(eviction({ eviction: "volatile-ttl" })).toEqual([{ name: "maxmemory-policy", value: "volatile-ttl" }]);
  });

  it("takes the smallest node that holds its entries", () => {
    for (const memoryMiB of [256, 4000])
      expect(group({ memoryMiB })["node_type"]).toBe(smallestCacheNode(memoryMiB).node);
    expect(group({ memoryMiB: 256 })["node_type"]).not.toBe(group({ memoryMiB: 4000 })["node_type"]);
  });

  it("admits one user, who administers nothing: Valkey switches the default one off by itself", () => {
    const own = made().only("aws_elasticache_user");
    expect(own).toMatchObject({
      user_name: "shop-jobs",
      access_string: "on ~* allchannels +@all -@dangerous +info +restore",
      authentication_mode: { type: "iam" },
      lifecycle: { ignore_changes: ["authentication_mode", "passwords", "no_password_required"] },
    });
    expect(own).not.toHaveProperty("passwords");
    expect(made().only("aws_elasticache_user_group")["user_ids"]).toHaveLength(1);
  });
});
