import type { AlertCommitment } from "../../../../catalog/claims/commitments";
import { prometheusSeconds } from "../../../../models/duration";
import type { Platform } from "../../../inventory/platform";
import type { Subject } from "../../../inventory/subject";
import { equals, holds } from "../../../policy/comparison";
import { change, type JsonObject } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, forClaim, type Verdict } from "../../../policy/verdict";
import { type Alert, alertsOf, eachRule, prometheusRules, withoutRules } from "../_alerts";

interface PromisedAlert extends Subject {
  readonly region: string | undefined;
  readonly promise: AlertCommitment;
}

/** Alerts that reports of deployed applications promise, in each region. */
const promisedAlerts = ({ clusters, commitments, namespaces }: Platform): readonly PromisedAlert[] =>
  clusters.flatMap(({ stack, address, constructPath, region }) =>
    commitments.alerts
      .filter(({ application }) => namespaces.some(({ name }) => name === application))
      .map((promise) => ({
        stack,
        address,
        constructPath,
        label: `alert ${promise.alert} of ${promise.application} in ${region ?? "a region that is not known"}`,
        region,
        promise,
      })),
  );

/** Whether the expression compares with the figure in that direction. */
const compares = (expr: string, sign: ">" | "<", figure: number): boolean =>
  [...expr.matchAll(/(?<![<>=!])([<>])=?\s*(\d+(?:\.\d+)?)(?![\w.])/g)].some(
    ([, found, value]) => found === sign && Number(value) === figure,
  );

function figures({ expr, delay }: Alert, { claim, above, below, window, for: duration }: AlertCommitment): Verdict[] {
  const compared = (sign: ">" | "<", figure: number): Verdict =>
    holds(compares(expr, sign, figure), `${claim}: fires ${sign} ${figure}`, expr);
  return [
    ...(above === undefined ? [] : [compared(">", above)]),
    ...(below === undefined ? [] : [compared("<", below)]),
    ...(window === undefined ? [] : [holds(expr.includes(`[${window}]`), `${claim}: counts over ${window}`, expr)]),
    ...(duration === undefined
      ? []
      : [
          equals(
            prometheusSeconds(duration),
            prometheusSeconds(delay ?? "0s"),
            `${claim}: seconds until the alert fires`,
          ),
        ]),
  ];
}

const ofAlert = (alert: string, edit: (rule: JsonObject) => void) =>
  change(
    `${alert} changed`,
    prometheusRules,
    eachRule((rule) => {
      if (rule["alert"] === alert) edit(rule);
    }),
  );
const named = (name: string, mutation: ReturnType<typeof change>) => ({ ...mutation, name });
const expression = (alert: string, from: string, to: string) =>
  ofAlert(alert, (rule) => (rule["expr"] = String(rule["expr"]).replace(from, to)));

export default policy({
  id: "OB-11",
  severity: "error",
  title: "Each alert that a report promises is deployed with its figures",
  because: "an alert with another threshold or delay reports an incident later than its owner was promised",
  remedy:
    "set expr and for of the rule in catalog/alerts to the figures of catalog/claims/commitments.json; a promise changes in its report first",
  proves: [
    ...["CA-20", "FF-11", "FF-12", "FF-13", "FF-14", "FF-15", "FG-05", "FG-15", "FG-16"],
    ...["FL-19", "FL-34", "XB-03", "XB-04", "XB-05"],
  ],
  subjects: promisedAlerts,
  check: ({ region, promise }, platform) => {
    const found = alertsOf(platform).filter(
      ({ name, region: place, labels }) =>
        name === promise.alert &&
        place === region &&
        (labels["application"] === undefined || labels["application"] === promise.application),
    );
    const said =
      found.length === 0
        ? [fail({ expected: `${promise.claim}: alert ${promise.alert}`, actual: "no such rule" })]
        : [
            holds(true, `${promise.claim}: alert ${promise.alert}`, "there is one"),
            ...found.flatMap((alert) => figures(alert, promise)),
          ];
    return said.map((verdict) => forClaim(promise.claim, verdict));
  },
  mutants: [
    change(
      "one alert less",
      prometheusRules,
      withoutRules((rule) => rule["alert"] === "AlertmanagerClusterBroken"),
    ),
    named("a higher threshold", expression("NodeDiskAlmostFull", "> 0.9", "> 0.95")),
    named("the other direction", expression("AlertmanagerClusterBroken", "< 3", "> 3")),
    named("a longer window", expression("PrometheusRuleFailures", "[5m]", "[1h]")),
    named(
      "of another application",
      ofAlert("NodeDiskAlmostFull", (rule) => ((rule["labels"] as JsonObject)["application"] = "storefront")),
    ),
  ],
  boundary: {
    holds: named(
      "the same minute in seconds",
      ofAlert("NodeDiskAlmostFull", (rule) => (rule["for"] = "60s")),
    ),
    breaks: named(
      "a second later",
      ofAlert("NodeDiskAlmostFull", (rule) => (rule["for"] = "61s")),
    ),
  },
});
