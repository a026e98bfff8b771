import { alertingSection } from "../../../readiness/figures/alerting/alerting";
import { alertingMarkdown, channelsText, measuredByText } from "../../../readiness/report/text/alerting";
import { measuredBy } from "../../../readiness/figures/alerting/measured-by";
import { takeInventory } from "../../../readiness/inventory/inventory";
import { judgedFacts, synthesised } from "../../harness";

const section = alertingSection(takeInventory(synthesised("production"), judgedFacts()));

describe("objectives of the fixture platform", () => {
  it("have the window and the budget that their rules compute", () => {
    expect(section.objectives.length).toBeGreaterThan(3);
    for (const { target, windowDays, budgetMinutes, burnRates, regions } of section.objectives) {
      expect(windowDays).toBe(30);
      expect(budgetMinutes).toBeCloseTo(30 * 1440 * (1 - target), 1);
      expect(burnRates.map(({ threshold }) => threshold)).toEqual(
        [14.4, 6, 3, 1].map((factor) => Number((factor * (1 - target)).toPrecision(6))),
      );
      expect(regions).toHaveLength(2);
    }
  });

  it.each([
    ["orders", "availability", "blackbox exporter"],
    ["orders", "errors", "application metrics"],
    ["ledger", "metrics-endpoint-latency-p95", "application metrics"],
    ["operator", "availability", "kube-state-metrics"],
  ])("of %s, %s, say that they are measured by %s", (application, objective, source) => {
    const figures = section.objectives.find((one) => one.application === application && one.objective === objective);
    expect(figures?.measuredBy).toEqual([source]);
    expect(alertingMarkdown(section).join("\n")).toContain(`| ${application} | ${objective} | ${source} |`);
  });
});

describe("alerts of the fixture platform", () => {
  it("tell somebody at each hour, pages go to PagerDuty", () => {
    for (const { severity, hoursByChannel } of section.alerts) {
      const told = Object.values(hoursByChannel);
      expect(told.length).toBeGreaterThan(0);
      expect(Math.max(...told)).toBe(168);
      if (severity === "critical") expect(hoursByChannel["PagerDuty"]).toBe(168);
    }
  });

  it("are listed once for both regions, the most urgent first", () => {
    const keys = section.alerts.map(({ alert, application, priority, owner }) =>
      [alert, application, priority, owner].join(" "),
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect(section.alerts[0]?.severity).toBe("critical");
    expect(section.alerts.at(-1)?.severity).toBe("none");
  });
});

it("names hours where a channel is not notified at each of them", () => {
  expect(channelsText({ hoursByChannel: { Slack: 168, "e-mail": 40 } })).toBe("Slack, e-mail (40 of 168 h)");
  expect(channelsText({ hoursByChannel: {} })).toBe("none");
});

it.each([
  ['1 - avg(avg_over_time(probe_http_ssl{application="a"}[5m]))', ["blackbox exporter"]],
  ['sum(rate(aws_applicationelb_httpcode_target_5_xx_count_sum{dimension="probe_success"}[5m]))', ["load balancer"]],
  ["probe_success and requests_total", ["application metrics", "blackbox exporter"]],
  ["vector(1)", []],
])("reads from %s what measures it", (expr, sources) => {
  expect(measuredBy([expr])).toEqual(sources);
});

it("says of an objective that nothing records that its measure is unknown", () => {
  expect(measuredByText({ measuredBy: [] })).toBe("unknown");
});

it("writes targets whole, not rounded to 100 %", () => {
  expect(alertingMarkdown(section).join("\n")).toContain("99.9 %");
});
