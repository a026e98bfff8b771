import { alertGroups, type CataloguedAlert, type CataloguedGroup } from "../../catalog/alerts";
import { evaluation } from "../../catalog/monitoring/evaluation";
import { burnRates, detectionBy, thresholdOf } from "../../models/slo/burn-rates";
import { NO_DATA_ALERT } from "../../models/slo/compile";
import { prometheusDuration, prometheusSeconds } from "../../models/duration";
import type { Objective, RuleGroup } from "../../models/slo/types";
import { countsEvents, seriesOf, type Series } from "./objective-series";

/** One test of `promtool test rules`. */
interface PromtoolTest {
  readonly name: string;
  readonly interval: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly promql_expr_test: readonly {
    readonly expr: string;
    readonly eval_time: string;
    readonly exp_samples: readonly { readonly labels: string; readonly value: number }[];
  }[];
}

/** A file of `promtool test rules` with the rule groups that it loads. */
export interface TestFile {
  readonly name: string;
  readonly groups: readonly RuleGroup[];
  readonly tests: readonly PromtoolTest[];
  /** Of evaluation. */
  readonly step: string;
}

const STEP = "30s";

/** Whether an alert fires at a time, with any labels. */
const expectation = (
  alert: string,
  at: string,
  fires: boolean,
  labels = "",
): PromtoolTest["promql_expr_test"][number] => ({
  expr: `count(ALERTS{alertname="${alert}",alertstate="firing"${labels}}) > bool 0`,
  eval_time: at,
  exp_samples: fires ? [{ labels: "{}", value: 1 }] : [],
});

const test = (name: string, series: Series, ...expected: PromtoolTest["promql_expr_test"]): PromtoolTest => ({
  name,
  interval: STEP,
  input_series: Object.entries(series).map(([key, values]) => ({ series: key, values })),
  promql_expr_test: expected,
});

/** Each alert of the catalogue: at its figure, just below it, and without any series. */
export function catalogueTests(groups: readonly RuleGroup[]): readonly TestFile[] {
  return alertGroups.flatMap((group) => {
    const rules = groups.find(({ name }) => name === nameOf(group));
    if (rules === undefined) return [];
    const steps = [...new Set(group.rules.map(({ test: { step } }) => step ?? STEP))];
    return steps.map((step) => ({
      name: step === STEP ? nameOf(group) : `${nameOf(group)}-${step}`,
      step,
      groups: [rules],
      tests: group.rules.filter((rule) => (rule.test.step ?? STEP) === step).flatMap(testsOf),
    }));
  });
}

const nameOf = ({ group, scope }: CataloguedGroup): string =>
  scope === group ? `${group}.alerts` : `${scope}.${group}`;

function testsOf({ alert, test: { after, fires, quiet, absent, step } }: CataloguedAlert): readonly PromtoolTest[] {
  const tests = [
    test(`${alert} fires`, fires, expectation(alert, after, true)),
    ...(Object.keys(quiet).length === 0 ? [] : [test(`${alert} is quiet`, quiet, expectation(alert, after, false))]),
    test(`${alert} without series`, {}, expectation(alert, after, absent === "fires")),
  ];
  return tests.map((one) => ({ ...one, interval: step ?? STEP }));
}

const BEGIN_SECONDS = 0;

/** Each objective: the fast alert at twice its threshold within the computed time, not below it, not without traffic; and the alert on absence. */
export function objectiveTests(
  application: string,
  objectives: readonly Objective[],
  groups: readonly RuleGroup[],
): TestFile {
  return {
    name: `${application}.objectives`,
    step: STEP,
    groups: groups.filter(({ name }) => name.startsWith(`${application}.objectives`)),
    tests: objectives.flatMap(objectiveTest),
  };
}

function objectiveTest(objective: Objective): readonly PromtoolTest[] {
  const [page] = burnRates;
  if (!page) return [];
  const { service, name, indicator } = objective;
  const labels = `,slo="${name}"`;
  const share = countsEvents(indicator) ? Math.min(1, 2 * thresholdOf(page, objective)) : 1;
  // Without an hour of history the windows hold the incident alone: the alert is not later than computed.
  const detected = detectionBy(page, objective, share, evaluation).seconds;
  const at = prometheusDuration(BEGIN_SECONDS + Math.ceil(detected / 30) * 30);
  const below = countsEvents(indicator) ? 0.9 * thresholdOf(page, objective) : 0;
  const noData = prometheusDuration((prometheusSeconds("30m") ?? 0) + 300);
  return [
    test(`${service} ${name} burns`, seriesOf(objective, share), expectation(page.alert, at, true, labels)),
    test(
      `${service} ${name} below the threshold`,
      seriesOf(objective, below),
      expectation(page.alert, "45m", false, labels),
      expectation(NO_DATA_ALERT, "45m", false, labels),
    ),
    test(
      `${service} ${name} without data`,
      {},
      expectation(page.alert, noData, false, labels),
      expectation(NO_DATA_ALERT, noData, true, labels),
    ),
    ...(countsEvents(indicator)
      ? [
          test(
            `${service} ${name} without traffic`,
            still(seriesOf(objective, share)),
            expectation(page.alert, "45m", false, labels),
          ),
        ]
      : []),
  ];
}

/** The same series, whose counters stand still. */
const still = (series: Series): Series =>
  Object.fromEntries(Object.entries(series).map(([key, values]) => [key, values.replace(/^0\+[\d.]+x/, "7x")]));

/** An hour of normal traffic: nothing but the dead man's switch fires. */
export function normalHourTest(groups: readonly RuleGroup[], normal: Series): TestFile {
  const expr = 'count by (alertname) (ALERTS{alertname!="Watchdog",alertstate="firing"})';
  return {
    name: "normal-hour",
    step: STEP,
    groups,
    tests: [
      {
        name: "an hour of normal traffic",
        interval: STEP,
        input_series: Object.entries(normal).map(([series, values]) => ({
          series,
          values: (values === "now" ? "0+30x100000" : values).replace(/x\d+$/, "x140"),
        })),
        // An empty Prometheus has no history: alerts on absence fire until their window of 30 minutes is full.
        promql_expr_test: ["40m", "55m", "70m"].map((eval_time) => ({ expr, eval_time, exp_samples: [] })),
      },
    ],
  };
}
