import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import {
  burnRates,
  compile,
  detection,
  detectionBy,
  errorBudgetMinutes,
  eventRates,
  exhaustionSeconds,
  factorOf,
  faultsOf,
  isSatisfiable,
  selectorOf,
  selectorText,
  thresholdOf,
  type Evaluation,
  type Indicator,
  type Objective,
} from "../../models/slo";
import { fromOpenSlo, toOpenSlo } from "../../models/slo/openslo";

const evaluation: Evaluation = {
  scrapeIntervalSeconds: 30,
  evaluationIntervalSeconds: 30,
  longEvaluationIntervalSeconds: 300,
  retentionDays: 32,
  minimumEvents: 100,
};
const counter = (metric: string, ...codes: string[]) => ({
  metric,
  matchers: codes.map((value) => ({ label: "code", operator: "=~" as const, value })),
});
const ratio: Indicator = {
  kind: "success-ratio",
  total: counter("loans_total"),
  failed: counter("loans_total", "5.."),
};
const latency: Indicator = {
  kind: "latency",
  histogram: { metric: "loan_seconds", matchers: [], buckets: [0.1, 0.5, 1, 5] },
  thresholdSeconds: 0.5,
};
const objective = (changed: Partial<Objective> = {}): Objective => ({
  name: "loans",
  service: "library",
  description: "Books are lent",
  indicator: ratio,
  target: 0.999,
  windowDays: 30,
  ...changed,
});
const context = {
  owner: "books",
  runbookUrl: (alert: string) => `https://runbooks.example/${alert}`,
  dashboardUrl: "https://grafana.example/d/library",
};
const rulesOf = (...objectives: Objective[]) =>
  compile("library", objectives, evaluation, context).flatMap(({ rules }) => rules);
const exprOf = (name: string, objectives: Objective[] = [objective()]): string =>
  rulesOf(...objectives).find((rule) => ("alert" in rule ? rule.alert : rule.record) === name)?.expr ?? "";

describe("burn rates", () => {
  it("have the factors of the Site Reliability Workbook at 30 days", () => {
    expect(burnRates.map((rate) => factorOf(rate, 30))).toEqual([14.4, 6, 3, 1]);
  });

  it("leave a budget of 43.2 minutes in 30 days at 99.9 %", () => {
    expect(errorBudgetMinutes(objective())).toBe(43.2);
  });

  it("are unsatisfiable exactly where the threshold reaches all events", () => {
    const [page] = burnRates;
    expect(page && isSatisfiable(page, { target: 0.93, windowDays: 30 })).toBe(false);
    expect(page && isSatisfiable(page, { target: 0.9306, windowDays: 30 })).toBe(true);
  });

  it("detect a total outage of 99.9 % in minutes, and before the budget is spent", () => {
    const found = detection(objective(), 1, evaluation);
    expect(found.alert).toBe("ErrorBudgetBurn2PercentIn1h");
    expect(found.seconds).toBe(387);
    expect(found.seconds).toBeLessThan(exhaustionSeconds(objective(), 1));
  });

  it("never detect a share at or below the threshold", () => {
    for (const rate of burnRates)
      expect(detectionBy(rate, objective(), thresholdOf(rate, objective()), evaluation).seconds).toBe(Infinity);
  });

  it("detect a larger share no later, for every objective", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.94, max: 0.99999, noNaN: true }),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        (target, a, b) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          expect(detection({ target, windowDays: 30 }, high, evaluation).seconds).toBeLessThanOrEqual(
            detection({ target, windowDays: 30 }, low, evaluation).seconds,
          );
        },
      ),
    );
  });

  it("detect every share that spends the budget within the window before it is spent", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.94, max: 0.9999, noNaN: true }),
        fc.double({ min: 1.2, max: 1 / 0.06, noNaN: true }),
        (target, burn) => {
          const share = Math.min(1, burn * (1 - target));
          const { seconds } = detection({ target, windowDays: 30 }, share, evaluation);
          // A total outage of 99.99 % spends 4.3 minutes: two of them are the `for` of the fastest alert.
          if (exhaustionSeconds({ target, windowDays: 30 }, share) > 1800)
            expect(seconds).toBeLessThan(exhaustionSeconds({ target, windowDays: 30 }, share));
        },
      ),
    );
  });
});

describe("indicators", () => {
  it("fill in zero where nothing fails, so that the ratio does not vanish", () => {
    expect(eventRates(ratio, "5m")).toEqual({
      bad: 'sum(rate(loans_total{code=~"5.."}[5m])) or 0 * sum(rate(loans_total[5m]))',
      all: "sum(rate(loans_total[5m]))",
    });
  });

  it("count all events as bad where the counter of good ones is absent", () => {
    const good: Indicator = {
      kind: "success-ratio",
      total: counter("loans_total"),
      good: counter("loans_total", "2.."),
    };
    expect(eventRates(good, "5m").bad).toBe(
      'sum(rate(loans_total[5m])) - (sum(rate(loans_total{code=~"2.."}[5m])) or 0 * sum(rate(loans_total[5m])))',
    );
  });

  it("match whole buckets as Prometheus 2 and 3 write them", () => {
    const whole: Indicator = { ...latency, thresholdSeconds: 5 };
    expect(eventRates(whole, "5m").bad).toContain('le=~"5(\\\\.0)?"');
    expect(eventRates(latency, "5m").bad).toContain('le="0.5"');
  });

  const gauge = { metric: "g", matchers: [] };
  it.each<readonly [Indicator, string]>([
    [{ kind: "availability", up: gauge }, "1 - avg(avg_over_time(g[5m]))"],
    [{ kind: "sampled-latency", duration: gauge, thresholdSeconds: 2 }, "avg(avg_over_time((g > bool 2)[5m:30s]))"],
    [{ kind: "sampled-mean-latency", duration: gauge, thresholdSeconds: 2 }, "avg(avg_over_time(g[5m])) > bool 2"],
    [
      { kind: "mean-latency", histogram: gauge, thresholdSeconds: 2 },
      "sum(rate(g_sum[5m])) / (sum(rate(g_count[5m])) > 0) > bool 2 or 0 * sum(rate(g_count[5m]))",
    ],
    [{ kind: "freshness", timestamp: gauge, thresholdSeconds: 60 }, "time() - max(g) > bool 60"],
    [{ kind: "throughput", work: gauge, minimumPerSecond: 3 }, "sum(rate(g[5m])) < bool 3"],
    [{ kind: "queue-age", age: gauge, thresholdSeconds: 60 }, "max(g) > bool 60"],
  ])("%j are judged over time", (indicator, bad) => {
    expect(eventRates(indicator, "5m").bad).toBe(bad);
  });

  it("read back the selectors that they write", () => {
    const text = fc.string({ unit: fc.constantFrom("a", '"', "\\", ",", "}", "=", ".", "\n"), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("=", "!=", "=~", "!~"), text), { maxLength: 3 }), (matchers) => {
        const selector = {
          metric: "m_total",
          matchers: matchers.map(([operator, value]) => ({ label: "l", operator: operator as "=", value })),
        };
        expect(selectorOf(selectorText(selector))).toEqual(selector);
      }),
    );
    expect([selectorOf("sum(m)"), selectorOf("m[5m]"), selectorOf("m{a=b}")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("rules", () => {
  it("weigh hours by their events and guard against low traffic", () => {
    expect(exprOf("slo:error_ratio:rate1h")).toBe(
      'avg_over_time(slo:bad_events:rate5m{application="library"}[1h]) / (avg_over_time(slo:events:rate5m{application="library"}[1h]) > 0)',
    );
    expect(exprOf("ErrorBudgetBurn2PercentIn1h")).toBe(
      'slo:error_ratio:rate1h{application="library"} > 14.4 * (1 - slo:objective:ratio{application="library"}) and slo:error_ratio:rate5m{application="library"} > 14.4 * (1 - slo:objective:ratio{application="library"}) and avg_over_time(slo:events:rate5m{application="library"}[1h]) * 3600 > 100',
    );
  });

  it("are shared by all objectives of a service: two more objectives are six more rules", () => {
    const more = rulesOf(objective(), objective({ name: "returns" }), objective({ name: "fees" })).length;
    expect(more - rulesOf(objective()).length).toBe(6);
  });

  it("record each window once", () => {
    const names = rulesOf(objective()).flatMap((rule) =>
      "record" in rule && rule.labels?.["slo"] === undefined ? [rule.record] : [],
    );
    expect(names).toEqual([...new Set(names)]);
  });

  it("link every alert to a runbook, a dashboard and an owner", () => {
    const alerts = rulesOf(objective()).flatMap((rule) => ("alert" in rule ? [rule] : []));
    expect(alerts.map(({ alert }) => alert)).toEqual([
      "ErrorBudgetBurn2PercentIn1h",
      "ErrorBudgetBurn5PercentIn6h",
      "ObjectiveWithoutData",
      "ErrorBudgetBurn10PercentIn1d",
      "ErrorBudgetBurn10PercentIn3d",
    ]);
    for (const { alert, annotations, labels } of alerts) {
      expect(annotations["runbook_url"]).toBe(`https://runbooks.example/${alert}`);
      expect(labels).toMatchObject({ owner: "books", severity: expect.stringMatching(/critical|warning/) as unknown });
    }
  });

  it("refuse objectives of two windows in one service", () => {
    expect(() => rulesOf(objective(), objective({ windowDays: 28 }))).toThrow(
      "library: objectives of one window, found 2 objectives of 2",
    );
  });
});

describe("guards", () => {
  const cases: readonly (readonly [string, Partial<Objective>, string])[] = [
    ["an objective of 1", { target: 1 }, "more than 0 and less than 1, such as 0.999"],
    ["an objective of 0", { target: 0 }, "more than 0 and less than 1, such as 0.999"],
    ["no number", { target: Number.NaN }, "more than 0 and less than 1, such as 0.999"],
    ["a target that cannot alert", { target: 0.93 }, "more than 0.9306"],
    ["a window longer than the retention", { windowDays: 33 }, "at most 32 days"],
    ["a window of two days", { windowDays: 2 }, "a whole number of days, at least 7"],
    ["half a day", { windowDays: 7.5 }, "a whole number of days, at least 7"],
    [
      "a threshold that is no bucket",
      { indicator: { ...latency, thresholdSeconds: 0.2 } },
      "a bucket of loan_seconds: 0.1, 0.5, 1, 5 s",
    ],
    ["a threshold of 0", { indicator: { kind: "queue-age", age: counter("a"), thresholdSeconds: 0 } }, "more than 0"],
    [
      "a throughput of 0",
      { indicator: { kind: "throughput", work: counter("a"), minimumPerSecond: 0 } },
      "more than 0",
    ],
  ];
  it.each(cases)("find %s", (_, changed, allowed) => {
    expect(faultsOf(objective(changed), evaluation).map((fault) => fault.allowed)).toEqual([allowed]);
  });

  it("accept the closest good ones", () => {
    for (const changed of [
      { target: 0.9306 },
      { windowDays: 32 },
      { windowDays: 7, target: 0.99 },
      { indicator: latency },
    ])
      expect(faultsOf(objective(changed), evaluation)).toEqual([]);
  });

  it("find scrapes that leave a range without two samples", () => {
    expect(faultsOf(objective(), { ...evaluation, scrapeIntervalSeconds: 151 }).map(({ allowed }) => allowed)).toEqual([
      "at most every 150s",
    ]);
    expect(faultsOf(objective(), { ...evaluation, scrapeIntervalSeconds: 150 })).toEqual([]);
  });
});

describe("OpenSLO", () => {
  const selector = { metric: "m", matchers: [] };
  const all: readonly Objective[] = [
    objective(),
    objective({ name: "latency", indicator: latency }),
    objective({ name: "up", indicator: { kind: "availability", up: selector } }),
    objective({ name: "fresh", indicator: { kind: "freshness", timestamp: selector, thresholdSeconds: 60 } }),
    objective({ name: "work", indicator: { kind: "throughput", work: selector, minimumPerSecond: 2 } }),
  ];

  it("is written so that it is read back as it was", () => {
    expect(fromOpenSlo(toOpenSlo(all), evaluation)).toEqual({ objectives: all, faults: [] });
  });

  const foreign = `apiVersion: openslo/v1
kind: SLO
metadata:
  name: loans
spec:
  service: library
  indicator:
    metadata:
      name: loans-ratio
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: Prometheus
            spec:
              query: loans_total{code=~"2.."}
        total:
          metricSource:
            type: Prometheus
            spec:
              query: loans_total
  timeWindow:
    - duration: 4w
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - targetPercent: 99.5
`;
  it("reads a document of another program", () => {
    const { objectives } = fromOpenSlo(foreign, evaluation);
    expect(objectives).toMatchObject([
      {
        name: "loans",
        target: 0.995,
        windowDays: 28,
        indicator: { kind: "success-ratio", good: { metric: "loans_total" } },
      },
    ]);
  });

  const bad: readonly (readonly [string, string, string, string])[] = [
    ["another version", "openslo/v1", "openslo/v2alpha", "1 apiVersion: openslo/v1"],
    ["another kind", "kind: SLO", "kind: Service", "2 kind: SLO"],
    ["a full percentage", "99.5", "100", "28 spec.objectives.0.targetPercent: must be < 100"],
    [
      "two targets",
      "- targetPercent: 99.5",
      "- targetPercent: 99.5\n      target: 0.9",
      "28 spec.objectives.0: exactly one of target, targetPercent",
    ],
    ["an unknown unit", "4w", "4y", '24 spec.timeWindow.0.duration: must match pattern "^[1-9][0-9]*[dw]$"'],
    ["a calendar window", "isRolling: true", "isRolling: false", "25 spec.timeWindow.0.isRolling: true"],
    ["a window longer than the retention", "4w", "90d", "24 spec.timeWindow.0.duration: at most 32 days"],
    [
      "an indicator without a metric",
      "ratioMetric:",
      "ratioMetrics:",
      "12 spec.indicator.spec.ratioMetrics: a field of OpenSLO v1",
    ],
    [
      "good and bad",
      "        total:",
      "        bad:\n          metricSource: { type: Prometheus, spec: { query: x } }\n        total:",
      "12 spec.indicator.spec.ratioMetric: exactly one of good, bad",
    ],
    [
      "another data source",
      "type: Prometheus\n            spec:\n              query: loans_total\n",
      "type: Graphite\n            spec:\n              query: loans_total\n",
      "20 spec.indicator.spec.ratioMetric.total.metricSource.type: Prometheus, prometheus",
    ],
    [
      "a query of its own range",
      "query: loans_total\n",
      "query: rate(loans_total[5m])\n",
      '22 spec.indicator.spec.ratioMetric.total.metricSource.spec.query: one selector, such as http_requests_total{code=~"5.."}',
    ],
    ["an alert that cannot fire", "99.5", "90", "28 spec.objectives.0: more than 0.9256"],
    ["broken YAML", "spec:\n  service", "spec: [\n  service", "6 : valid YAML"],
  ];
  it.each(bad)("names the line of %s", (_, from, to, expected) => {
    const text = foreign.replace(from, to);
    expect(text).not.toBe(foreign);
    const { objectives, faults } = fromOpenSlo(text, evaluation);
    expect(objectives).toEqual([]);
    expect(faults.map(({ line, path, allowed }) => `${line} ${path}: ${allowed}`)).toContain(expected);
  });

  it("tells all faults of all documents at once, and two objectives of one name", () => {
    const { faults } = fromOpenSlo(
      `${foreign}---\n${foreign}---\n${foreign.replace("kind: SLO", "kind: SLI")}`,
      evaluation,
    );
    expect(faults.map(({ line, path }) => [line, path])).toEqual([
      [33, "metadata.name"],
      [60, "kind"],
    ]);
  });

  it("validates by the schema of this project, whose sources it names", () => {
    const schema = parse(readFileSync(join(__dirname, "../../models/slo/openslo/openslo-v1.schema.json"), "utf8")) as {
      $comment: string;
    };
    expect(schema.$comment).toContain("aa5cb78d");
  });
});
