import { type ExitCode, exitCodes } from "../exit-codes";
import { Output } from "../output";
import { type FullReport, reportOf, type ReportOptions } from "../report";
import { textTable } from "../table";

export interface FigureOptions extends ReportOptions {
  readonly json?: boolean;
  /** Lines of cost that are shown. */
  readonly top?: string;
}

type Section = (report: FullReport, options: FigureOptions) => { json: unknown; text: readonly string[] };

/** Prints one part of the report. Exit code 2 when a limit of this part is exceeded. */
async function show(options: FigureOptions, section: Section, exceeded: (report: FullReport) => boolean) {
  const report = await reportOf(options);
  const output = new Output(options.json === true);
  const { json, text } = section(report, options);
  output.json(json);
  output.lines(text);
  return exceeded(report) ? exitCodes.refused : exitCodes.done;
}

export const cost = (options: FigureOptions): Promise<ExitCode> =>
  show(
    options,
    costSection,
    ({
      models: {
        cost: { budget, ceiling },
      },
    }) => [budget, ...ceiling].some(({ outcome }) => outcome === "fail"),
  );

const costSection: Section = ({ environment, models: { cost: section } }, { top = "15" }) => {
  const { budget, ceiling, totals, lines } = section;
  const byScenario = (entries: Readonly<Record<string, { steady: number; peak: number; failover: number }>>) =>
    Object.entries(entries)
      .sort(([, a], [, b]) => b.steady - a.steady)
      .map(([name, { steady, peak, failover }]) => [name, steady, peak, failover]);
  const scenarios = ["steady", "peak", "failover"];
  const mostExpensive = [...lines].sort((a, b) => (b.usdPerMonth?.steady ?? 0) - (a.usdPerMonth?.steady ?? 0));
  return {
    json: section,
    text: [
      `USD a month, ${environment}:`,
      ...[budget, ...ceiling].map(
        ({ scenario, usdPerMonth, limitUsdPerMonth, outcome }) =>
          `  ${scenario.padEnd(9)} ${usdPerMonth.toFixed(2).padStart(9)} ${outcome === "notApplicable" ? "in an account; no bill while emulated" : `of ${limitUsdPerMonth.toFixed(2)} (${outcome})`}`,
      ),
      "",
      ...textTable(["region", ...scenarios], byScenario(totals.byRegion)),
      "",
      ...textTable(["application", ...scenarios], byScenario(totals.byApplication)),
      "",
      ...textTable(
        ["most expensive", "steady", "arithmetic"],
        mostExpensive
          .slice(0, Number(top))
          .map(({ address, usdPerMonth, arithmetic }) => [address, usdPerMonth?.steady ?? "not known", arithmetic]),
      ),
    ],
  };
};

export const recovery = (options: FigureOptions): Promise<ExitCode> =>
  show(
    options,
    recoverySection,
    ({
      models: {
        recovery: { takeovers, points, scenarios, stores },
      },
    }) => [...takeovers, ...points, ...scenarios, ...stores].some(({ outcome }) => outcome === "fail"),
  );

const minutes = (value: number | null): string => (value === null ? "not known" : value.toFixed(1));

const recoverySection: Section = ({ environment, models: { recovery: section } }) => ({
  json: section,
  text: [
    `Recovery of ${environment}, worst case:`,
    ...textTable(
      ["application", "in", "RTO min", "minutes", "outcome", "steps"],
      section.takeovers.map(({ application, region, rtoMinutes, minutes: found, outcome, steps }) => [
        application,
        region,
        rtoMinutes === null ? "none" : String(rtoMinutes),
        minutes(found),
        outcome,
        steps.map(({ name, seconds }) => `${name} ${seconds ?? "?"} s`).join(", "),
      ]),
    ),
    "",
    ...textTable(
      ["application", "in", "loss", "RPO h", "hours", "outcome", "schedule"],
      section.points.map(({ application, region, loss, rpoHours, hours, outcome, schedule }) => [
        application,
        region,
        loss,
        rpoHours === null ? "none" : String(rpoHours),
        minutes(hours),
        outcome,
        schedule ?? "none",
      ]),
    ),
    "",
    ...scenarioTables(section),
  ],
});

type Recoveries = FullReport["models"]["recovery"];

const scenarioTables = ({ scenarios, stores }: Pick<Recoveries, "scenarios" | "stores">): readonly string[] => [
  ...textTable(
    ["application", "loss of", "RTO min", "best", "expected", "worst", "limit", "outcome", "assumed steps"],
    scenarios.map((one) => [
      one.application,
      one.scenario,
      one.rtoMinutes === null ? "none" : String(one.rtoMinutes),
      ...[one.bestMinutes, one.expectedMinutes, one.worstMinutes, one.limitMinutes].map(minutes),
      one.outcome,
      `${one.steps.filter(({ mark }) => mark === "assumed").length} of ${one.steps.length}`,
    ]),
  ),
  "",
  ...textTable(
    ["application", "store", "loss", "RPO min", "minutes", "outcome", "arithmetic"],
    stores.map((one) => [
      one.application,
      `${one.kind} ${one.store}`,
      one.loss,
      one.rpoMinutes === null ? "none" : String(one.rpoMinutes),
      minutes(one.minutes),
      one.outcome,
      one.arithmetic,
    ]),
  ),
];

export const capacity = (options: FigureOptions): Promise<ExitCode> =>
  show(
    options,
    capacitySection,
    ({
      models: {
        capacity: { regions, takeovers },
      },
    }) => [...regions, ...takeovers].some(({ verdict }) => verdict !== "fits"),
  );

const capacitySection: Section = ({ environment, models: { capacity: section } }) => ({
  json: section,
  text: [
    `Every workload at its maximum, ${environment}:`,
    ...textTable(
      ["region", "scenario", "verdict", "nodes", "tightest"],
      section.regions.flatMap(({ region, scenarios }) =>
        scenarios.map(({ name, verdict, pools }) => {
          const [tightest] = [...pools].sort((a, b) => b.tightest.share - a.tightest.share);
          return [
            region,
            name,
            verdict,
            String(pools.reduce((sum, { nodes }) => sum + nodes, 0)),
            tightest
              ? `${tightest.tightest.resource} of ${tightest.pool}, ${(tightest.tightest.share * 100).toFixed(0)} %`
              : "",
          ];
        }),
      ),
    ),
    ...section.takeovers.map(
      ({ from, to, verdict, because }) => `${to} carries the peak of ${from}: ${verdict}, ${because}`,
    ),
    ...section.regions.map(
      ({ region, steady, drain }) =>
        `${region}: ${steady.nodes} nodes at the minimum; drain ${drain.outcome}: ${drain.because}`,
    ),
    ...section.regions.flatMap(({ region, unknown }) => unknown.map((reason) => `${region}: not known: ${reason}`)),
  ],
});

export const apps = (options: FigureOptions): Promise<ExitCode> => show(options, appsSection, () => false);

const appsSection: Section = ({ findings, models }) => {
  const names = Object.keys(models.cost.totals.byApplication).sort();
  const rows = names.map((name) => {
    const takeover = models.recovery.takeovers.find(({ application }) => application === name);
    const point = models.recovery.points.filter(({ application }) => application === name);
    const stacks = Object.keys(models.cost.totals.byRegion).map((region) => `${name}-${region}`);
    const own = findings.filter(({ stack }) => stacks.includes(stack));
    const lost = point.map(({ hours }) => hours);
    return {
      name,
      usdPerMonth: models.cost.totals.byApplication[name]?.steady ?? null,
      recoveryMinutes: takeover?.minutes ?? null,
      rtoMinutes: takeover?.rtoMinutes ?? null,
      dataLossHours: lost.length === 0 || lost.includes(null) ? null : Math.max(...lost.map(Number)),
      findings: own.filter(({ waiver }) => waiver === null).length,
      waived: own.filter(({ waiver }) => waiver !== null).length,
    };
  });
  // Nothing takes over where no traffic arrives.
  const without = new Set(
    models.recovery.takeovers
      .filter(({ outcome }) => outcome === "notApplicable")
      .map(({ application }) => application),
  );
  return {
    json: rows,
    text: textTable(
      ["application", "USD/month", "recovery min", "of", "data loss h", "findings", "waived"],
      rows.map((row) => [
        row.name,
        row.usdPerMonth ?? "not known",
        without.has(row.name) ? "no entry" : minutes(row.recoveryMinutes),
        String(row.rtoMinutes ?? "none"),
        minutes(row.dataLossHours),
        String(row.findings),
        String(row.waived),
      ]),
    ),
  };
};
