import {
  type CarriedLoad,
  judgeThroughput,
  type NodeLoad,
  type ThroughputJudgement,
  type WorkloadThroughput,
} from "../../../models/throughput";
import type { Platform } from "../../inventory/platform";
import type { Cluster } from "../../inventory/facts/aws/clusters";
import type { Workload } from "../../inventory/facts/kubernetes/workload-graph";
import { capacityOf, packer, type RegionCapacity } from "../capacity/capacity";
import { once, perPlatform } from "../per-platform";
import { workloadName } from "../capacity/workloads";

/** At the load there is room: few orders of creation show what the autoscaler adds. */
const orders = { orders: 2 };

/** What the workloads of one cluster declare that they carry, and whether the cluster does. */
export interface RegionThroughput {
  readonly subject: Cluster;
  readonly region: string;
  /** Those that declare something. */
  readonly workloads: readonly Workload[];
  /** Facts that are missing, sorted: with any of them nothing is proven. */
  readonly unknown: readonly string[];
  readonly judgement: () => ThroughputJudgement;
}

export const throughputOf = perPlatform((platform: Platform): readonly RegionThroughput[] =>
  capacityOf(platform).map((capacity) => regionThroughput(platform, capacity)),
);

function regionThroughput(platform: Platform, { subject, region, cluster, unknown }: RegionCapacity): RegionThroughput {
  const workloads = platform.workloads.filter(
    (workload) => workload.region === region && workload.component?.throughput !== undefined,
  );
  const placed = new Set(cluster.workloads.map(({ workload }) => workload));
  const loads = workloads.map((workload) =>
    placed.has(workloadName(workload))
      ? loadOf(workload)
      : { unknown: `${workloadName(workload)}: where its pods run is not known` },
  );
  const missing = loads.flatMap((load) => ("unknown" in load ? [load.unknown] : []));
  return {
    subject,
    region,
    workloads,
    unknown: workloads.length === 0 ? [] : [...unknown, ...missing].sort(),
    judgement: once(() =>
      judgeThroughput(
        loads.filter((load): load is CarriedLoad => !("unknown" in load)),
        cluster,
        { ...orders, packer },
      ),
    ),
  };
}

/** CPU of one replica at which the autoscaler adds another: its target is a share of what all containers of the pod request. */
function targetCpuMillis({ autoscaler, containers }: Workload): number | undefined {
  const percent = autoscaler?.metrics.find(
    ({ type, name }) => type === "Resource" && name === "cpu",
  )?.utilizationPercent;
  const requests = containers.map(({ cpuRequestMillis }) => cpuRequestMillis);
  if (percent === undefined || requests.some((request) => request === undefined)) return undefined;
  return requests.reduce<number>((sum, request) => sum + (request ?? 0), 0) * (percent / 100);
}

function loadOf(workload: Workload): CarriedLoad | { readonly unknown: string } {
  const name = workloadName(workload);
  const declared = workload.component?.throughput;
  const promises = (declared?.carries ?? []).flatMap(({ claim, unit, total, perReplica }) =>
    total === undefined || !(total >= 0) || perReplica === undefined || !(perReplica > 0)
      ? []
      : [{ unit, total, perReplica, ...(claim === undefined ? {} : { claim }) }],
  );
  if (declared === undefined || promises.length === 0 || promises.length !== declared.carries.length)
    return { unknown: `${name}: what it carries, or what one replica does, is no number above 0` };
  if (declared.cpuMillis === undefined || !(declared.cpuMillis > 0))
    return { unknown: `${name}: the CPU that one replica uses at its full share is not declared` };
  const scalesAtCpuMillis = targetCpuMillis(workload);
  return {
    workload: name,
    promises,
    cpuMillis: declared.cpuMillis,
    ...(scalesAtCpuMillis === undefined ? {} : { scalesAtCpuMillis }),
    ...(declared.megabytesPerSecond === undefined
      ? {}
      : { megabytesPerSecond: Math.max(0, declared.megabytesPerSecond) }),
  };
}

/** `models.capacity.throughput` of report.json, one for each region. */
export interface ThroughputFigures {
  readonly region: string;
  /** Null: nothing is declared. */
  readonly verdict: ThroughputJudgement["verdict"] | null;
  readonly unknown: readonly string[];
  /** Nodes that run while all loads are carried. */
  readonly nodes: number;
  readonly workloads: readonly WorkloadThroughput[];
  /** The busiest node for each. */
  readonly network: NodeFigures | null;
  readonly cpuCredits: NodeFigures | null;
}
type NodeFigures = Omit<NodeLoad, "sustained"> & { readonly sustained: number | null };

const nodeFigures = (load: NodeLoad | undefined): NodeFigures | null =>
  load === undefined ? null : { ...load, sustained: load.sustained ?? null };

export const throughputFigures = (platform: Platform): readonly ThroughputFigures[] =>
  throughputOf(platform).map(({ region, workloads: declaring, unknown, judgement }) => {
    if (declaring.length === 0)
      return { region, verdict: null, unknown, nodes: 0, workloads: [], network: null, cpuCredits: null };
    const { verdict, nodes, workloads, network, cpuCredits } = judgement();
    return {
      region,
      verdict: unknown.length > 0 ? "unknown" : verdict,
      unknown,
      nodes,
      workloads,
      network: nodeFigures(network),
      cpuCredits: nodeFigures(cpuCredits),
    };
  });
