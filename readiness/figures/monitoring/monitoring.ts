import { expectedMonitoring, scrapedGroups } from "../../../catalog/monitoring";
import { prometheusSeconds } from "../../../models/duration";
import { objectOf, textOf } from "../../inventory/json";
import { memoryMiB } from "../../../models/quantity";
import type { Platform } from "../../inventory/platform";
import { capacityOf } from "../capacity/capacity";

/** What a Prometheus replica of each region needs for what it scrapes, beside what it gets. */
export interface MonitoringFigures {
  readonly regions: readonly RegionMonitoring[];
}

export interface RegionMonitoring {
  readonly region: string;
  readonly verdict: "fits" | "doesNotFit" | "unknown";
  /** Why what is needed or what is given is not known. */
  readonly unknown: readonly string[];
  /** Null: the peak is not known. */
  readonly needed: NeededMonitoring | null;
  /** Null: Prometheus is not deployed. */
  readonly given: DeployedPrometheus | null;
}

interface NeededMonitoring {
  /** Nodes and pods when every workload has its most replicas. */
  readonly nodes: number;
  readonly pods: number;
  readonly series: number;
  readonly samplesPerSecond: number;
  readonly memoryMiB: number;
  readonly diskGiB: number;
  readonly groups: readonly { readonly name: string; readonly targets: number; readonly series: number }[];
}

/** Settings of one Prometheus replica; 0 where the release does not set them. */
interface DeployedPrometheus {
  /** What it requests. */
  readonly memoryMiB: number;
  /** Size of its blocks above which the oldest samples are removed. */
  readonly retentionSizeGiB: number;
  readonly volumeGiB: number;
  readonly retentionDays: number;
}

export interface Peak {
  readonly nodes: number;
  readonly pods: number;
  /** Why there may be more. */
  readonly unknown: readonly string[];
}

/** Nodes and pods of a region when every workload has its most replicas. */
export function peakOf(platform: Platform, region: string): Peak | undefined {
  const capacity = capacityOf(platform).find((one) => one.region === region);
  const pools = capacity?.judgement().scenarios[0]?.packing.pools;
  return capacity === undefined || pools === undefined
    ? undefined
    : {
        nodes: pools.reduce((sum, { nodes }) => sum + nodes, 0),
        pods: pools.reduce((sum, { requested }) => sum + requested.pods, 0),
        unknown: capacity.unknown,
      };
}

/** What the release of a region gives Prometheus; undefined without a release. */
export function prometheusOf({ releases }: Platform, region: string): DeployedPrometheus | undefined {
  const release = releases.find((one) => one.chart === "kube-prometheus-stack" && one.region === region);
  if (release === undefined) return undefined;
  const values = objectOf(objectOf(release.values["prometheus"])["prometheusSpec"]);
  const claim = objectOf(objectOf(objectOf(values["storageSpec"])["volumeClaimTemplate"])["spec"]);
  const requested = (resources: unknown, name: string): number =>
    memoryMiB(textOf(objectOf(objectOf(resources)["requests"])[name]) ?? "0") ?? 0;
  return {
    memoryMiB: requested(values["resources"], "memory"),
    retentionSizeGiB: Number.parseInt(textOf(values["retentionSize"]) ?? "", 10) || 0,
    volumeGiB: requested(claim["resources"], "storage") / 1024,
    retentionDays: (prometheusSeconds(textOf(values["retention"]) ?? "") ?? 0) / 86_400,
  };
}

export const monitoringFigures = (platform: Platform): MonitoringFigures => ({
  regions: platform.clusters.map(({ region = "unknown" }) => {
    const peak = peakOf(platform, region);
    const needed = peak === undefined ? null : neededFor(peak);
    const given = prometheusOf(platform, region) ?? null;
    const unknown = [
      ...(peak === undefined ? ["how many nodes and pods there are at the peak"] : peak.unknown),
      ...(given === null ? ["no release of kube-prometheus-stack"] : []),
    ];
    return { region, verdict: verdictOf(unknown, needed, given), unknown, needed, given };
  }),
});

function neededFor({ nodes, pods }: Peak): NeededMonitoring {
  const { series, samplesPerSecond, memoryMiB: memory, diskGiB } = expectedMonitoring({ nodes, pods });
  return {
    nodes,
    pods,
    series,
    samplesPerSecond: Math.round(samplesPerSecond),
    // Rounded up, as OB-09 compares them.
    memoryMiB: Math.ceil(memory),
    diskGiB: Math.ceil(diskGiB),
    groups: scrapedGroups({ nodes, pods }).map(({ name, targets, seriesPerTarget }) => ({
      name,
      targets,
      series: targets * seriesPerTarget,
    })),
  };
}

/** What is not known can only be more: too little for what is known stays too little. */
function verdictOf(
  unknown: readonly string[],
  needed: NeededMonitoring | null,
  given: DeployedPrometheus | null,
): RegionMonitoring["verdict"] {
  if (needed === null || given === null) return "unknown";
  const fits =
    needed.memoryMiB <= given.memoryMiB &&
    needed.diskGiB <= given.retentionSizeGiB &&
    given.retentionSizeGiB < given.volumeGiB;
  if (!fits) return "doesNotFit";
  return unknown.length > 0 ? "unknown" : "fits";
}
