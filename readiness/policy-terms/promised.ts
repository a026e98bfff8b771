import { type Commitment, platformCommitments, workloadCommitments } from "../../catalog/claims/commitments";
import type { Platform } from "../inventory/platform";
import type { Subject } from "../inventory/subject";
import type { Workload } from "../inventory/facts/kubernetes/workload-graph";
import { equals } from "../policy/comparison";
import { fail, forClaim, unknown, type Known, type Verdict } from "../policy/verdict";

/** What was found for a figure of a report, and where it is declared. */
export interface Found {
  readonly value: Known;
  readonly field: string;
  /** Why the value is only known after deployment, where it is. */
  readonly undecided?: string | undefined;
}

/** Figures that a report promises of the workload. */
export function promisesOf(
  platform: Platform,
  workload: { readonly namespace: string; readonly name: string },
  prefix: string,
): readonly Commitment[] {
  return workloadCommitments(platform.commitments, workload.namespace, workload.name, prefix);
}

/** Figures of the platform that reports of deployed applications promise: an application that is not there asks for nothing. */
export const platformPromises = ({ commitments, namespaces }: Platform, prefix: string): readonly Commitment[] =>
  platformCommitments(commitments, prefix).filter(({ application }) =>
    namespaces.some(({ name }) => name === application),
  );

/** One verdict a promise; a figure that `found` does not hold is unknown, never kept. */
export function asPromised(promises: readonly Commitment[], found: Readonly<Record<string, Found>>): Verdict[] {
  return promises.map((promise) => forClaim(promise.claim, kept(promise, found)));
}

function kept({ claim, figure, value }: Commitment, found: Readonly<Record<string, Found>>): Verdict {
  const actual = found[figure];
  if (!actual) return unknown(`${claim} promises ${figure} ${value}, and no clause reads that figure`);
  if (actual.undecided !== undefined)
    return unknown(`${claim} promises ${figure} ${value}: ${actual.undecided}`, actual.field);
  if (actual.value === undefined || actual.value === null)
    return fail({
      expected: `${claim} promises ${figure} ${value}`,
      actual: "nothing is written",
      field: actual.field,
    });
  return equals(value, actual.value, `${claim} promises ${figure}`, { field: actual.field });
}

/** A component that a report promises and that a region does not run. */
export interface AbsentWorkload extends Subject {
  readonly absent: string;
}

/** Promised components without a workload, by region of a cluster. An application that is not deployed promises nothing. */
export function absentWorkloads(platform: Platform): readonly AbsentWorkload[] {
  const deployed = new Set(platform.namespaces.map(({ name }) => name));
  return platform.clusters.flatMap((cluster) =>
    platform.commitments.workloads
      .filter(({ application }) => deployed.has(application))
      .filter(
        ({ application, component }) =>
          !platform.workloads.some(
            (workload: Workload) =>
              workload.region === cluster.region && workload.namespace === application && workload.name === component,
          ),
      )
      .map(({ application, component, figures }) => ({
        stack: cluster.stack,
        address: cluster.address,
        constructPath: cluster.constructPath,
        label: `${application}/${component} in ${cluster.region ?? "a region that is not known"}`,
        absent: `${[...new Set(figures.map(({ claim }) => claim))].join(", ")}: ${application}/${component} runs in every region`,
      })),
  );
}
