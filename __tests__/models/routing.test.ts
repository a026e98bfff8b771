import fc from "fast-check";
import {
  contains,
  deliveries,
  hoursOfAWeek,
  inhibits,
  matches,
  type Routing,
  type TimeInterval,
} from "../../models/routing";

const night: TimeInterval = {
  name: "library-hours",
  time_intervals: [
    { times: [{ start_time: "09:00", end_time: "17:00" }], weekdays: ["monday:friday"], location: "Europe/Berlin" },
  ],
};
const routing: Routing = {
  receivers: [{ name: "default" }, { name: "chat" }, { name: "page" }, { name: "books" }],
  time_intervals: [night],
  route: {
    receiver: "default",
    routes: [
      { receiver: "chat", matchers: ['severity=~"critical|warning"'], continue: true },
      {
        receiver: "page",
        matchers: ['severity="critical"'],
        mute_time_intervals: ["library-hours"],
        routes: [{ receiver: "books", matchers: ['owner="books"'] }],
      },
    ],
  },
};
const monday = new Date("2026-11-30T10:00:00Z");
const sunday = new Date("2026-11-29T10:00:00Z");
const at = (labels: Record<string, string>, when = sunday) =>
  deliveries(routing, labels, when).map(({ receiver, muted }) => `${receiver}${muted ? " muted" : ""}`);

describe("the evaluator of a routing tree", () => {
  it("ends at the deepest route that matches, and at each sibling that continues", () => {
    expect(at({ severity: "critical" })).toEqual(["chat", "page"]);
    expect(at({ severity: "critical", owner: "books" })).toEqual(["chat", "books"]);
    expect(at({ severity: "warning" })).toEqual(["chat"]);
    expect(at({})).toEqual(["default"]);
  });

  it("mutes by the interval of the route itself, which children do not inherit", () => {
    expect(at({ severity: "critical" }, monday)).toEqual(["chat", "page muted"]);
    expect(at({ severity: "critical", owner: "books" }, monday)).toEqual(["chat", "books"]);
  });

  it("always ends somewhere", () => {
    const value = fc.constantFrom("critical", "warning", "", "books", "x");
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("severity", "owner", "other"), value),
        (labels) => deliveries(routing, labels, monday).length > 0,
      ),
    );
  });

  it("refuses an interval that is not there", () => {
    const broken: Routing = { ...routing, time_intervals: [] };
    expect(() => deliveries(broken, { severity: "critical" }, monday)).toThrow("no time interval library-hours");
  });
});

describe("matchers", () => {
  it("anchor expressions, and take an absent label for an empty one", () => {
    expect(matches('a=~"b.*"', { a: "abc" })).toBe(false);
    expect(matches('a=~"b.*"', { a: "bc" })).toBe(true);
    expect(matches('a!="x"', {})).toBe(true);
    expect(matches('a=""', {})).toBe(true);
    expect(matches('a!~"|x"', {})).toBe(false);
    expect(() => matches("a", {})).toThrow("not a matcher: a");
  });
});

describe("time intervals", () => {
  it("begin and end at the minute, in their time zone", () => {
    const inside = (time: string) => contains(night, new Date(time));
    expect([inside("2026-11-30T08:00:00Z"), inside("2026-11-30T07:59:00Z")]).toEqual([true, false]);
    expect([inside("2026-11-30T15:59:00Z"), inside("2026-11-30T16:00:00Z")]).toEqual([true, false]);
    expect([inside("2026-11-29T10:00:00Z"), inside("2026-07-06T07:00:00Z")]).toEqual([false, true]);
  });

  it("hold forty hours of a week", () => {
    expect(hoursOfAWeek()).toHaveLength(168);
    expect(hoursOfAWeek().filter((hour) => contains(night, hour))).toHaveLength(40);
  });
});

describe("inhibition", () => {
  const rule = {
    source_matchers: ['alertname="DatabaseDown"'],
    target_matchers: ['severity="warning"'],
    equal: ["application"],
  };
  it("needs source, target and equal labels", () => {
    const source = { alertname: "DatabaseDown", application: "library" };
    expect(inhibits(rule, source, { severity: "warning", application: "library" })).toBe(true);
    expect(inhibits(rule, source, { severity: "warning", application: "shop" })).toBe(false);
    expect(inhibits(rule, source, { severity: "critical", application: "library" })).toBe(false);
    expect(inhibits(rule, { ...source, alertname: "Other" }, { severity: "warning", application: "library" })).toBe(
      false,
    );
  });
});
