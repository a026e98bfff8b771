import type { Commitments } from "./commitments";

/** Every promise about an application: claim, key and value. A promise without a figure of its own has none. */
export interface CommitmentValue {
  readonly application: string;
  readonly claim: string;
  readonly key: string;
  readonly value?: number | string | boolean;
}

const alertFigures = ["above", "below", "for", "window"] as const;

/**
 * The promises as one list. Keys: the figure of the platform or of an application, `<component> <figure>` of a workload,
 * `objectives.<figure>`, the path of a declaration, the unit of a throughput, `<secret> characters`, `<alert> <figure>`,
 * `<component> <feature>`, `step <job>` and `probe <path>`.
 */
export function commitmentValues(commitments: Commitments): readonly CommitmentValue[] {
  const { platform, applications, workloads, features, declarations, objectives } = commitments;
  const figured = (entries: Commitments["objectives"], prefix = ""): CommitmentValue[] =>
    entries.flatMap(({ application, figures }) =>
      figures.map(({ claim, figure, value }) => ({ application, claim, key: `${prefix}${figure}`, value })),
    );
  return [
    ...platform.map(({ application, claim, figure, value }) => ({ application, claim, key: figure, value })),
    ...figured(applications),
    ...workloads.flatMap((workload) => figured([workload], `${workload.component} `)),
    ...features.map(({ application, claim, component, feature }) => ({
      application,
      claim,
      key: `${component} ${feature}`,
    })),
    ...declarations.map(({ application, claim, path, value }) => ({ application, claim, key: path, value })),
    ...figured(objectives, "objectives."),
    ...commitments.throughput.map(({ application, claim, unit, total }) => ({
      application,
      claim,
      key: unit,
      value: total,
    })),
    ...commitments.secrets.map(({ application, claim, secret, minimumLength }) => ({
      application,
      claim,
      key: `${secret} characters`,
      value: minimumLength,
    })),
    ...commitments.alerts.flatMap((alert): CommitmentValue[] => {
      const { application, claim } = alert;
      const figures = alertFigures.flatMap((figure) => {
        const value = alert[figure];
        return value === undefined ? [] : [{ application, claim, key: `${alert.alert} ${figure}`, value }];
      });
      return figures.length === 0 ? [{ application, claim, key: alert.alert }] : figures;
    }),
    ...commitments.steps.map(({ application, claim, step }) => ({ application, claim, key: `step ${step}` })),
    ...commitments.probes.map(({ application, claim, path }) => ({ application, claim, key: `probe ${path}` })),
  ];
}
