import { evaluation } from "../../../catalog/monitoring/evaluation";
import { faultsOf } from "../../../models/slo/guards";
import { declaredObjectives } from "../objectives";
import { entriesOf, listed, type Draft, type Refusal, withoutValues } from "./draft";

/** Rules between the fields of objectives, and everything that would make their alerts silent or wrong. */
export function objectiveRefusals(draft: Draft): Refusal[] {
  const { objectives } = draft;
  if (objectives === undefined) return [];
  const strange = componentRefusals(draft);
  // A measure of no component gives no indicator to judge.
  if (Object.keys(draft.components ?? {}).length === 0) return latencyRefusals(draft);
  // What a strange component measures is not judged; the rest is.
  const known = withoutValues(
    draft,
    strange.map(({ path }) => path.slice(0, -1)),
  );
  const [first] = declaredObjectives(known, true).declared;
  const windowFaults = first ? faultsOf(first.objective, evaluation).filter(({ field }) => field === "windowDays") : [];
  // Factors follow from the window: with a wrong one, targets are judged by that of an objective that names none.
  const judged = windowFaults.length > 0 ? withoutValues(known, [["objectives", "windowDays"]]) : known;
  const { declared, unmeasured } = declaredObjectives(judged, true);
  return [
    ...latencyRefusals(draft),
    ...strange,
    ...orderRefusals(draft),
    ...emptyIndicators(draft),
    ...unmeasured,
    ...windowFaults.map(({ field, ...rest }) => ({ path: ["objectives", field], ...rest })),
    ...declared.flatMap(({ path, objective }) =>
      faultsOf(objective, evaluation)
        .filter(({ field }) => field !== "windowDays")
        .map(({ found, allowed, because }) => ({ path, ...asWritten(path, found, allowed), because })),
    ),
  ];
}

/** In the words of the file: it has a rate of errors where the objective has a target, and milliseconds. */
function asWritten(path: Refusal["path"], found: unknown, allowed: string): Pick<Refusal, "found" | "allowed"> {
  const field = String(path.at(-1));
  if (typeof found !== "number") return { found, allowed };
  if (field.endsWith("Ms")) return { found: `${Math.round(found * 1000)} ms`, allowed };
  const [, least] = /^more than ([\d.]+)$/.exec(allowed) ?? [];
  if (field !== "errorRate" || least === undefined) return { found, allowed };
  const rest = (share: number): number => Number((1 - share).toFixed(6));
  return { found: rest(found), allowed: `less than ${rest(Number(least))}` };
}

function latencyRefusals({ objectives }: Draft): Refusal[] {
  if (objectives === undefined || "latencyP95Ms" in objectives || "latencyP99Ms" in objectives) return [];
  return [
    {
      path: ["objectives"],
      found: "no latency",
      allowed: "latencyP95Ms, latencyP99Ms or both",
      because: "an answer that comes too late is none",
    },
  ];
}

/** A percentile is never below a lower one. */
function orderRefusals({ objectives }: Draft): Refusal[] {
  const all = [
    { path: ["objectives"], value: objectives },
    ...entriesOf(objectives?.indicators).map(([name, value]) => ({ path: ["objectives", "indicators", name], value })),
  ];
  return all.flatMap(({ path, value }) => {
    const [p95, p99] = [value?.latencyP95Ms, value?.latencyP99Ms];
    return p95 === undefined || p99 === undefined || p95 <= p99
      ? []
      : [
          {
            path: [...path, "latencyP95Ms"],
            found: p95,
            allowed: `at most latencyP99Ms, ${p99}`,
            because: "the 95th percentile is never above the 99th",
          },
        ];
  });
}

const objectiveFields = [
  "latencyMeanMs",
  "latencyP95Ms",
  "latencyP99Ms",
  "errorRate",
  "freshnessMinutes",
  "queueAgeSeconds",
  "minimumPerSecond",
] as const;

function emptyIndicators({ objectives }: Draft): Refusal[] {
  return entriesOf(objectives?.indicators).flatMap(([name, indicator]) =>
    objectiveFields.some((field) => field in indicator)
      ? []
      : [
          {
            path: ["objectives", "indicators", name],
            found: "no objective",
            allowed: listed(objectiveFields, ""),
            because: "an indicator without an objective promises nothing",
          },
        ],
  );
}

function componentRefusals({ objectives, components, entry }: Draft): Refusal[] {
  if (components === undefined) return [];
  const all = [
    { path: ["objectives", "measuredBy"], measure: objectives?.measuredBy },
    ...entriesOf(objectives?.indicators).map(([name, { measuredBy }]) => ({
      path: ["objectives", "indicators", name, "measuredBy"],
      measure: measuredBy,
    })),
  ];
  return all.flatMap(({ path, measure }): Refusal[] => {
    if (measure === undefined) return [];
    if ("probe" in measure)
      return entry !== undefined
        ? []
        : [
            {
              path: [...path, "probe"],
              found: measure.probe,
              allowed: "a measure of a component: the application has no entry",
              because: "the blackbox exporter probes the address that customers use",
            },
          ];
    const [field, name] =
      "scrapeOf" in measure
        ? ["scrapeOf", measure.scrapeOf]
        : ["component", "component" in measure ? measure.component : undefined];
    return name === undefined || name in components
      ? []
      : [
          {
            path: [...path, field],
            found: name,
            allowed: `a component of this application: ${listed(Object.keys(components), "it has none")}`,
            because: "its metrics are read",
          },
        ];
  });
}
