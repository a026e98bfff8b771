import { createRequire } from "node:module";
import type { ApplicationLiteral } from "../../config/application/schema";
import { objectivesOf } from "../../config/application/objectives";
import { signalRules } from "../../config/application/signals";
import { validate } from "../../config/application/validate";
import { onCall } from "../../config/on-call";
import { onCallViolations } from "../../config/on-call-limits";

const orders = (
  createRequire(__filename)("../fixtures/platform/apps/orders") as { default: { literal: ApplicationLiteral } }
).default.literal;
const operator = (
  createRequire(__filename)("../fixtures/platform/apps/operator") as { default: { literal: ApplicationLiteral } }
).default.literal;

/** What is refused when the objectives are changed: path and what is allowed. */
function refused(changed: object, literal: ApplicationLiteral = orders): string[] {
  const { refusals } = validate({ ...literal, objectives: { ...literal.objectives, ...changed } });
  return refusals.map(({ path, allowed }) => `${path.join(".")}: ${allowed}`);
}
const measured = { component: "api", histogram: "h_seconds", buckets: [0.1, 0.5, 1], failed: { status: "5.." } };
const indicator = (value: object) => ({ indicators: { work: value } });
const ratioSuch = "a ratio above 0.5 and at most 0.9999, such as 0.9995";
const at = "objectives.";

describe("objectives of an application", () => {
  const bad: readonly (readonly [string, object, readonly string[]])[] = [
    ["an availability of 1", { availability: 1 }, [`${at}availability: ${ratioSuch}`]],
    ["an availability that nothing keeps", { availability: 0.999999 }, [`${at}availability: ${ratioSuch}`]],
    ["a latency that nothing measures", { latencyP95Ms: 1 }, [`${at}latencyP95Ms: 5 to 600000 ms`]],
    ["an availability of a half", { availability: 0.5 }, [`${at}availability: ${ratioSuch}`]],
    [
      "an availability in percent",
      { availability: 99.9 },
      [`${at}availability: ${ratioSuch} (write 0.999: it is a share, and not 99.9 %)`],
    ],
    [
      "an availability as a text",
      { availability: "99.9 %" },
      [`${at}availability: ${ratioSuch} (write 0.999: it is text, and 99.9 % as a number is wanted)`],
    ],
    ["no error at all", { errorRate: 0 }, [`${at}errorRate: a ratio of at least 0.0001 and below 0.5, such as 0.001`]],
    ["an error rate that no burn rate can exceed", { errorRate: 0.2 }, [`${at}errorRate: less than 0.0694`]],
    ["an availability that no burn rate can exceed", { availability: 0.9 }, [`${at}availability: more than 0.9306`]],
    ["a latency of 0", { latencyP95Ms: 0 }, [`${at}latencyP95Ms: 5 to 600000 ms`]],
    ["half a millisecond", { latencyP95Ms: 0.5 }, [`${at}latencyP95Ms: 5 to 600000 ms`]],
    ["a p95 above the p99", { latencyP95Ms: 500, latencyP99Ms: 250 }, [`${at}latencyP95Ms: at most latencyP99Ms, 250`]],
    ["a window longer than the retention", { windowDays: 90 }, [`${at}windowDays: at most 35 days`]],
    ["a window of three days", { windowDays: 3 }, [`${at}windowDays: 7 to 365 days`]],
    ["a window in weeks", { windowDays: "4w" }, [`${at}windowDays: 7 to 365 days`]],
    ["all of the time", { timeShare: 1 }, [`${at}timeShare: a ratio between 0.5 and 1, such as 0.99`]],
    [
      "a threshold that is no bucket",
      { measuredBy: { ...measured, buckets: [0.1, 1] } },
      [`${at}latencyP95Ms: a bucket of h_seconds: 0.1, 1 s`],
    ],
    [
      "no bucket below the threshold",
      { measuredBy: { ...measured, buckets: [1, 2], roundToBucket: "down" } },
      [`${at}latencyP95Ms: measuredBy with a bucket of at most 500 ms`],
    ],
    ["rounding up", { measuredBy: { ...measured, roundToBucket: "up" } }, [`${at}measuredBy.roundToBucket: down`]],
    [
      "buckets in disorder",
      { measuredBy: { ...measured, buckets: [0.5, 0.1] } },
      [`${at}measuredBy.buckets: ascending bounds, each once`],
    ],
    [
      "a bucket of 0",
      { measuredBy: { ...measured, buckets: [0, 0.5] } },
      [`${at}measuredBy.buckets.0: seconds above 0`],
    ],
    [
      "a histogram without buckets",
      { measuredBy: { component: "api", histogram: "h_seconds", failed: { status: "5.." } } },
      [`${at}latencyP95Ms: measuredBy with buckets`],
    ],
    [
      "an error rate without failures",
      { measuredBy: { component: "api", histogram: "h_seconds", buckets: [0.1, 0.5, 1] } },
      [`${at}errorRate: measuredBy with failed`],
    ],
    [
      "a latency of a counter",
      { measuredBy: { component: "api", counter: "c_total", failed: { status: "5.." } } },
      [`${at}latencyP95Ms: measuredBy with histogram`],
    ],
    ["a measure of nothing", { measuredBy: { component: "api" } }, [`${at}measuredBy: histogram, counter or gauge`]],
    [
      "a component that is not there",
      { measuredBy: { ...measured, component: "apis" } },
      [`${at}measuredBy.component: a component of this application: api, web, worker`],
    ],
    [
      "a metric with its ending",
      { measuredBy: { ...measured, histogram: "h_seconds_bucket" } },
      [
        `${at}measuredBy.histogram: a metric name of letters, digits, underscores and colons, without _bucket, _count or _sum`,
      ],
    ],
    [
      "a metric with a hyphen",
      { measuredBy: { ...measured, histogram: "h-seconds" } },
      [
        `${at}measuredBy.histogram: a metric name of letters, digits, underscores and colons, without _bucket, _count or _sum`,
      ],
    ],
    [
      "the bucket's own label",
      { measuredBy: { ...measured, matching: { le: "1" } } },
      [`${at}measuredBy.matching.le: a label name of letters, digits and underscores, and not le`],
    ],
    [
      "an expression that RE2 rejects",
      { measuredBy: { ...measured, matching: { a: "(?=x)" } } },
      [`${at}measuredBy.matching.a: a regular expression that RE2 accepts`],
    ],
    [
      "an open bracket",
      { measuredBy: { ...measured, matching: { a: "(" } } },
      [`${at}measuredBy.matching.a: a regular expression that RE2 accepts`],
    ],
    [
      "an indicator without a metric",
      indicator({ errorRate: 0.01 }),
      [`${at}indicators.work.errorRate: an objective with measuredBy`],
    ],
    [
      "an indicator without an objective",
      indicator({ measuredBy: measured }),
      [
        `${at}indicators.work: errorRate, freshnessMinutes, latencyMeanMs, latencyP95Ms, latencyP99Ms, minimumPerSecond, queueAgeSeconds`,
      ],
    ],
    [
      "an unknown unit",
      indicator({ latencyP95Seconds: 1, errorRate: 0.01, measuredBy: measured }),
      [
        `${at}indicators.work.latencyP95Seconds: only these settings: errorRate, freshnessMinutes, latencyMeanMs, latencyP95Ms, latencyP99Ms, measuredBy, minimumPerSecond, queueAgeSeconds, timeShare`,
      ],
    ],
    [
      "freshness of a histogram",
      indicator({ freshnessMinutes: 5, measuredBy: measured }),
      [`${at}indicators.work.freshnessMinutes: measuredBy with gauge`],
    ],
    [
      "a queue's age of a counter",
      indicator({ queueAgeSeconds: 5, measuredBy: { component: "api", counter: "c_total" } }),
      [`${at}indicators.work.queueAgeSeconds: measuredBy with gauge`],
    ],
    [
      "a throughput of a histogram",
      indicator({ minimumPerSecond: 5, measuredBy: measured }),
      [`${at}indicators.work.minimumPerSecond: measuredBy with counter`],
    ],
    [
      "a throughput of 0",
      indicator({ minimumPerSecond: 0, measuredBy: { component: "api", counter: "c_total" } }),
      [`${at}indicators.work.minimumPerSecond: more than 0 events a second`],
    ],
    [
      "a window, targets and a component that are wrong at once",
      {
        windowDays: 90,
        latencyP95Ms: 250,
        measuredBy: measured,
        indicators: {
          strange: { errorRate: 0.01, measuredBy: { ...measured, component: "apis" } },
          spent: { errorRate: 0.2, measuredBy: measured },
          stale: { freshnessMinutes: 5, measuredBy: measured },
          nothing: { errorRate: 0.01, measuredBy: { component: "api" } },
        },
      },
      [
        `${at}windowDays: at most 35 days`,
        `${at}latencyP95Ms: a bucket of h_seconds: 0.1, 0.5, 1 s`,
        `${at}indicators.strange.measuredBy.component: a component of this application: api, web, worker`,
        `${at}indicators.spent.errorRate: less than 0.0694`,
        `${at}indicators.stale.freshnessMinutes: measuredBy with gauge`,
        `${at}indicators.nothing.measuredBy: histogram, counter or gauge`,
      ],
    ],
    [
      "two faults at once",
      { availability: 1, windowDays: 90 },
      [`${at}availability: ${ratioSuch}`, `${at}windowDays: at most 35 days`],
    ],
  ];
  it.each(bad)("with %s get one message each", (_, changed, expected) => {
    expect(refused(changed).sort()).toEqual([...expected].sort());
  });

  it("need an entry to be probed", () => {
    expect(refused({ measuredBy: { probe: "/health" } }, operator)).toEqual([
      "objectives.measuredBy.probe: a measure of a component: the application has no entry",
    ]);
  });

  it("take the OpenTelemetry histogram and its next lower bucket where nothing is declared", () => {
    const [, latency] = objectivesOf({ ...orders, objectives: { ...orders.objectives, latencyP95Ms: 300 } });
    expect(latency).toMatchObject({
      name: "latency-p95",
      target: 0.95,
      indicator: {
        kind: "latency",
        thresholdSeconds: 0.25,
        histogram: { metric: "http_server_request_duration_seconds" },
      },
    });
  });

  it("are measured by the blackbox exporter where an application exposes no metrics", () => {
    const probed = objectivesOf({ ...orders, objectives: { ...orders.objectives, measuredBy: { probe: "/health" } } });
    expect(probed.slice(0, 3).map(({ name, indicator: { kind } }) => [name, kind])).toEqual([
      ["availability", "availability"],
      ["latency-p95", "sampled-latency"],
      ["errors", "availability"],
    ]);
  });

  it("record request rate and latency for baselines", () => {
    expect(
      signalRules({ ...orders, objectives: { ...orders.objectives, measuredBy: measured } }).map((rule) =>
        "record" in rule ? rule.record : rule.alert,
      ),
    ).toEqual(["application:requests:rate5m", "application:request_latency_mean:rate5m"]);
  });
});

describe("on-call values", () => {
  const faults = (changed: object): string[] =>
    onCallViolations({ ...onCall, ...changed }).map(({ path, allowed }) => `${path}: ${allowed}`);
  it("accept the examples", () => expect(faults({})).toEqual([]));
  it.each<readonly [string, object, string]>([
    ["a zone that is none", { timeZone: "Berlin" }, "onCall.timeZone: an IANA time zone, such as Europe/Berlin"],
    [
      "an end before the start",
      { businessHours: { start: "09:00", end: "08:00", days: "monday" } },
      "onCall.businessHours.end: HH:MM, after the start",
    ],
    [
      "a clock of 24 hours and more",
      { businessHours: { start: "24:00", end: "25:00", days: "monday" } },
      "onCall.businessHours.start: HH:MM",
    ],
    [
      "working days",
      { businessHours: { start: "09:00", end: "10:00", days: "workdays" } },
      "onCall.businessHours.days: a weekday or a range, such as monday:friday",
    ],
    [
      "runbooks over http",
      { runbookBaseUrl: "http://docs.example.com" },
      "onCall.runbookBaseUrl: an https address without a slash at its end",
    ],
  ])("refuse %s", (_, changed, expected) => expect(faults(changed)).toContain(expected));
});
