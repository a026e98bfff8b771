import { label } from "../../../../contract";
import type { Platform } from "../../../inventory/platform";
import type { NodeGroup } from "../../../inventory/facts/aws/node-groups";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { atMost } from "../../../policy/comparison";
import { change, set, together } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, unknown, type Verdict } from "../../../policy/verdict";
import { daemonRequests, nodeAllocatable, podRequests, type Amount } from "../../../policy-terms/capacity/node-room";
import { groupsOf, placesIn, placesOf, undecidedPlacement } from "../../../policy-terms/capacity/placement";
import { CONTAINER, deployments, nodeGroups, POD } from "../../../policy-terms/targets";

type Room = Amount & { readonly where: string };

/** What the smallest type of the group leaves to pods, counted for CPU and memory apart: the autoscaler may get any of them. */
function roomsOf(group: NodeGroup, platform: Platform): readonly Room[] | undefined {
  const daemons = daemonRequests(group, platform);
  const rooms = group.instanceTypes.flatMap((type) => {
    const node = nodeAllocatable(group, type);
    const where = `${type} of ${group.name ?? group.address}`;
    return node
      ? [{ where, cpuMillis: node.cpuMillis - daemons.cpuMillis, memoryMiB: node.memoryMiB - daemons.memoryMiB }]
      : [];
  });
  return rooms.length === group.instanceTypes.length && rooms.length > 0 ? rooms : undefined;
}

function judge(workload: Workload, platform: Platform, groups: readonly NodeGroup[]): Verdict[] {
  const rooms = groups.map((group) => roomsOf(group, platform));
  const blind = groups.filter((_, index) => rooms[index] === undefined).map(({ name, address }) => name ?? address);
  if (blind.length > 0)
    return [
      unknown(
        `what a node offers is not known: ${blind.sort().join(", ")} (instance type outside the catalogue, or user data that is not known)`,
      ),
    ];
  const smallest = (amount: "cpuMillis" | "memoryMiB"): Room | undefined =>
    rooms
      .flatMap((list) => list ?? [])
      .reduce<Room | undefined>(
        (least, room) => (least === undefined || room[amount] < least[amount] ? room : least),
        undefined,
      );
  const pod = podRequests(workload);
  const [cpu, memory] = [smallest("cpuMillis"), smallest("memoryMiB")];
  return [
    atMost(cpu?.cpuMillis, pod.cpuMillis, `millicores of one pod, on ${cpu?.where ?? ""} less DaemonSets`, {
      field: "requests.cpu",
    }),
    atMost(memory?.memoryMiB, pod.memoryMiB, `MiB of one pod, on ${memory?.where ?? ""} less DaemonSets`, {
      field: "requests.memory",
    }),
  ];
}

const requests = (name: "cpu" | "memory", quantity: string) => set(`${CONTAINER}.resources.requests.${name}`, quantity);

export default policy({
  id: "CP-03",
  severity: "error",
  title: "Each pod fits the smallest node of its pool",
  because: "a pod that is larger than every node stays pending, and the autoscaler adds nodes that cannot help",
  remedy: "lower the component's requests, or give its pool larger instance types",
  proves: ["CA-05"],
  subjects: (platform) => platform.workloads.filter(({ kind }) => kind !== "DaemonSet"),
  check: (workload, platform) => {
    const reason = undecidedPlacement(workload);
    if (reason !== undefined) return unknown(`on which nodes the pods may run: ${reason}`, "pool");
    const groups = groupsOf(placesOf(workload, platform));
    if (groups.length > 0) return judge(workload, platform, groups);
    return placesIn(platform, workload.region).length === 0
      ? unknown(`no node group of ${workload.region} is known`)
      : fail({
          expected: "a node pool that the pod selects and whose taints it tolerates",
          actual: "none",
          field: "pool",
        });
  },
  mutants: [
    change("a pod of eight cores", deployments, requests("cpu", "8")),
    change("a pod of 16 GiB", deployments, requests("memory", "16Gi")),
    together(
      "the smallest of the types decides",
      change("", deployments, requests("cpu", "1")),
      change("", nodeGroups, set("instance_types", ["m7i.large", "c7gn.medium"])),
    ),
    change("a pool that does not exist", deployments, set([...POD.split("."), "node_selector", label.pool], "ghost")),
    change(
      "an init container as large as two nodes",
      deployments,
      set(`${POD}.init_container`, [{ name: "init", image: "init", resources: { requests: { memory: "8Gi" } } }]),
    ),
  ],
  boundary: {
    holds: change("a core and a half", deployments, requests("cpu", "1500m")),
    breaks: change(
      "as many cores as the machine has, of which the kubelet keeps a part",
      deployments,
      requests("cpu", "2000m"),
    ),
  },
});
