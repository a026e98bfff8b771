import { alertingSection } from "../../readiness/figures/alerting/alerting";
import { alertingMarkdown, channelsText } from "../../readiness/figures/alerting/alerting-text";
import { takeInventory } from "../../readiness/inventory/inventory";
import { judgedFacts, synthesised } from "../harness";

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

it("names hours where a channel is not told at each of them", () => {
  expect(channelsText({ hoursByChannel: { Slack: 168, "e-mail": 40 } })).toBe("Slack, e-mail (40 of 168 h)");
  expect(channelsText({ hoursByChannel: {} })).toBe("nobody");
});

it("writes targets whole, not rounded to 100 %", () => {
  expect(alertingMarkdown(section).join("\n")).toContain("99.9 %");
});
