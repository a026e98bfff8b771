import { NodePool, type NodePoolProps } from "../../../../constructs/aws/cluster/node-pool";
import { label } from "../../../../contract";
import { type Arguments, Made } from "../../empty-stack";

const made = (pool: Partial<NodePoolProps["pool"]> = {}) =>
  new Made(
    (stack) =>
      new NodePool(stack, "pool", {
        poolName: "services",
        pool: { onDemand: { instanceTypes: ["t3.medium"], min: 4, max: 8 }, diskGiB: 30, ...pool },
        clusterName: "acme",
        kubernetesVersion: "1.36",
        nodeRoleArn: "arn:nodes",
        subnets: ["a", "b", "c"].map((zone) => ({ id: `subnet-${zone}`, zone: `eu-west-1${zone}` })),
        tags: { owner: "operations" },
        kubelet: {
          maxPods: 110,
          kubeReservedCpuMillis: 70,
          kubeReservedMemoryMiB: 500,
          allocatable: { cpuMillis: 1930, memoryMiB: 3200, ephemeralStorageMiB: 26_000 },
        },
        dependsOn: [{ fqn: "aws_eks_addon.network" }],
        declaration: { file: "here.ts" },
      }),
  );
const groups = (pool: Partial<NodePoolProps["pool"]> = {}) => made(pool).all("aws_eks_node_group");
const spot = { instanceTypes: ["t3.large", "m5.large"], min: 0, max: 2 };
const sizes = (all: readonly Arguments[]) =>
  all.map(({ subnet_ids, scaling_config }) => {
    const { min_size, max_size } = scaling_config as Arguments;
    return [...(subnet_ids as readonly string[]), min_size, max_size];
  });

describe("a pool of nodes", () => {
  it("has a group in each zone, and its nodes divided over them", () =>
    expect(sizes(groups())).toEqual([
      ["subnet-a", 2, 3],
      ["subnet-b", 1, 3],
      ["subnet-c", 1, 2],
    ]));

  it("has Spot beside its floor where that is asked for, in no zone that would get no node", () => {
    const [, , , ...more] = groups({ spot });
    expect(sizes(more)).toEqual([
      ["subnet-a", 0, 1],
      ["subnet-b", 0, 1],
    ]);
    for (const group of more)
      expect(group).toMatchObject({
        capacity_type: "SPOT",
        instance_types: spot.instanceTypes,
        labels: { [label.pool]: "services", [label.capacity]: "spot" },
        taint: [{ key: label.capacity, value: "spot", effect: "PREFER_NO_SCHEDULE" }],
      });
  });

  it("keeps pods of other pools away only where it is dedicated", () => {
    for (const group of groups()) expect(group).not.toHaveProperty("taint");
    for (const group of groups({ dedicated: true, spot }))
      expect(group["taint"]).toContainEqual({ key: label.pool, value: "services", effect: "NO_SCHEDULE" });
  });

  it("joins the network first, is repaired, and is replaced one node at a time and by a new group first", () => {
    for (const group of groups({ spot }))
      expect(group).toMatchObject({
        depends_on: ["aws_eks_addon.network"],
        node_repair_config: { enabled: true },
        update_config: { max_unavailable: 1 },
        lifecycle: { create_before_destroy: true, ignore_changes: ["scaling_config[0].desired_size"] },
      });
  });

  it("has encrypted disks, and metadata that no pod reads", () => {
    const templates = made({ spot }).all("aws_launch_template");
    expect(templates).toHaveLength(2);
    for (const template of templates)
      expect(template).toMatchObject({
        metadata_options: { http_tokens: "required", http_put_response_hop_limit: 1 },
        block_device_mappings: [{ ebs: { encrypted: "true", volume_size: 30, delete_on_termination: "true" } }],
      });
  });

  it("describes to the autoscaler what a node of an empty group offers", () => {
    const resources = { cpu: "1930m", memory: "3200Mi", "ephemeral-storage": "26000Mi", pods: "110" };
    for (const { tags } of groups({ spot }))
      for (const [name, amount] of Object.entries(resources))
        expect(tags).toHaveProperty([`k8s.io/cluster-autoscaler/node-template/resources/${name}`], amount);
  });
});
