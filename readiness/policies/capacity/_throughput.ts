import { annotation } from "../../../contract";
import { throughputCommitments, type ThroughputCommitment } from "../../../catalog/claims/commitments";
import type { Verdict as Fit } from "../../../models/capacity";
import { throughputOf, type RegionThroughput } from "../../figures/throughput/throughput";
import { workloadName } from "../../figures/capacity/workloads";
import type { Platform } from "../../inventory/platform";
import type { Subject } from "../../inventory/subject";
import type { Workload } from "../../inventory/views/kubernetes-types";
import { atLeast } from "../../policy/comparison";
import { fail, pass, unknown, type Verdict } from "../../policy/verdict";
import { missingFacts } from "../../policy-terms/capacity-verdicts";

/** Where a component declares it, in the annotation of its Deployment. */
export const THROUGHPUT = ["metadata", "annotations", annotation.component, "throughput"];

/** A claim of a report in a region that runs its application, or a component that declares it. */
export interface ClaimedThroughput extends Subject {
  readonly region: RegionThroughput;
  readonly workloads: readonly Workload[];
}

const declares =
  (claim: string) =>
  ({ component }: Workload): boolean =>
    component?.throughput?.carries.some((one) => one.claim === claim) === true;

export function claimed(claim: string, platform: Platform): readonly ClaimedThroughput[] {
  const applications = throughputCommitments(platform.commitments, claim).map(({ application }) => application);
  return throughputOf(platform).flatMap((region) => {
    const workloads = region.workloads.filter(declares(claim));
    const there = platform.namespaces.some(
      ({ name, region: place }) => place === region.region && applications.includes(name),
    );
    const [first] = workloads;
    const { stack, address, constructPath } = first ?? region.subject;
    return workloads.length === 0 && !there
      ? []
      : [{ stack, address, constructPath, label: `${claim} in ${region.region}`, region, workloads }];
  });
}

/** Everything that the claim takes: it is declared as the report states it, and the region carries it. */
export function carries(claim: string, { region, workloads }: ClaimedThroughput, platform: Platform): Verdict[] {
  const commitments = throughputCommitments(platform.commitments, claim);
  const stated = commitments.flatMap((commitment) => asStated(commitment, workloads));
  if (region.unknown.length > 0) return [...stated, ...missingFacts(region.unknown)];
  const names = new Set(workloads.map(workloadName));
  const judged =
    workloads.length === 0 ? [] : region.judgement().workloads.filter(({ workload }) => names.has(workload));
  return [
    ...stated,
    ...judged.flatMap(({ workload, clauses }) =>
      clauses.map(({ name, verdict, arithmetic }) =>
        clauseVerdict(`${workload}: ${sentences[name]}`, verdict, arithmetic),
      ),
    ),
  ];
}

const sentences = {
  replicas: "the replicas needed are at most the maximum",
  scaling: "as many replicas run under the load as it takes",
  placement: "they have nodes",
  network: "the busiest node's network baseline carries all loads",
  cpuCredits: "the busiest node sustains the CPU of all loads",
} as const;

export function clauseVerdict(expected: string, verdict: Fit, arithmetic: string): Verdict {
  if (verdict === "unknown") return unknown(`${expected}: ${arithmetic}`, "throughput");
  return verdict === "fits"
    ? pass(`${expected}: ${arithmetic}`)
    : fail({ expected, actual: arithmetic, field: "throughput" });
}

function asStated({ claim, unit, total, perReplica }: ThroughputCommitment, workloads: readonly Workload[]): Verdict[] {
  const declared = workloads.flatMap(({ component }) =>
    (component?.throughput?.carries ?? []).filter((one) => one.claim === claim && one.unit === unit),
  );
  if (declared.length === 0)
    return [
      fail({
        expected: `${claim} promises ${total} ${unit}`,
        actual: "no component declares that it carries them",
        field: "throughput",
      }),
    ];
  const shown = { field: "throughput" };
  const traffic = workloads.reduce((sum, { component }) => sum + (component?.throughput?.megabytesPerSecond ?? 0), 0);
  return [
    atLeast(total, sum(declared.map((one) => one.total)), `${unit} declared for ${claim}`, shown),
    ...(perReplica === null
      ? []
      : [
          atLeast(
            perReplica,
            least(declared.map((one) => one.perReplica)),
            `${unit} of one replica, declared for ${claim}`,
            shown,
          ),
        ]),
    ...(unit === "MB/s" ? [atLeast(total, traffic, `MB/s of network traffic, declared for ${claim}`, shown)] : []),
  ];
}

type Figures = readonly (number | undefined)[];
const sum = (figures: Figures): number | undefined =>
  figures.reduce<number | undefined>((all, one) => (all === undefined || one === undefined ? undefined : all + one), 0);
const least = (figures: Figures): number | undefined =>
  figures.includes(undefined) ? undefined : Math.min(...figures.map((one) => one ?? 0));
