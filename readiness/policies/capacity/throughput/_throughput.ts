import { annotation } from "../../../../contract";
import { throughputCommitments, type ThroughputCommitment } from "../../../../catalog/claims/commitments";
import type { Verdict as Fit } from "../../../../models/capacity";
import { throughputOf, type RegionThroughput } from "../../../figures/throughput/throughput";
import { workloadName } from "../../../figures/capacity/workloads";
import type { Platform } from "../../../inventory/platform";
import type { Subject } from "../../../inventory/subject";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { atLeast } from "../../../policy/comparison";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";
import { missingFacts } from "../../../policy-terms/capacity/capacity-verdicts";

/** Where a component declares it, in the annotation of its Deployment. */
export const THROUGHPUT = ["metadata", "annotations", annotation.component, "throughput"];

/** A claim in a region that runs its application, or one of whose components declares it. */
export interface ClaimedThroughput extends Subject {
  readonly claim: string;
  readonly region: RegionThroughput;
  readonly workloads: readonly Workload[];
}

const declaredClaims = ({ component }: Workload): readonly string[] =>
  (component?.throughput?.carries ?? []).flatMap((one) => one.claim ?? []);

/** Every claim about throughput, in each region: those that are committed to, and those that components name. */
export function claimedThroughput(platform: Platform): readonly ClaimedThroughput[] {
  return throughputOf(platform).flatMap((region) => {
    const deployed = platform.namespaces.filter((namespace) => namespace.region === region.region);
    const committed = platform.commitments.throughput
      .filter(({ application }) => deployed.some(({ name }) => name === application))
      .map(({ claim }) => claim);
    return [...new Set([...committed, ...region.workloads.flatMap(declaredClaims)])].sort().map((claim) => {
      const workloads = region.workloads.filter((workload) => declaredClaims(workload).includes(claim));
      const { stack, address, constructPath } = workloads[0] ?? region.subject;
      return { stack, address, constructPath, label: `${claim} in ${region.region}`, claim, region, workloads };
    });
  });
}

/** Everything that the claim takes: it is declared as committed, and the region carries it. */
export function carries({ claim, region, workloads }: ClaimedThroughput, platform: Platform): Verdict[] {
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
