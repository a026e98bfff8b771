import { annotation } from "../../../../contract";
import { recorded } from "../../../../models/slo/compile";
import { type Json, numberOf, objectOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Namespace } from "../../../inventory/facts/kubernetes/namespaces";
import { asObject } from "../../../policy/json";
import { change, type JsonObject, type Mutation } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, pass, type Verdict } from "../../../policy/verdict";
import { eachRule, prometheusRules, recordingsOf } from "../_alerts";

interface Counted {
  readonly slo: string;
  readonly bad: string;
  readonly all: string;
}

/** Bad and all events of each objective of the application. */
function countedIn({ name, region }: Namespace, platform: Platform): readonly Counted[] {
  const own = recordingsOf(platform).filter((one) => one.region === region && one.labels["application"] === name);
  const exprOf = (record: string, slo: string): string =>
    own.find((one) => one.record === record && one.labels["slo"] === slo)?.expr ?? "";
  return own
    .filter(({ record }) => record === recorded.objective)
    .map(({ labels }) => labels["slo"] ?? "")
    .map((slo) => ({ slo, bad: exprOf(recorded.bad, slo), all: exprOf(recorded.all, slo) }));
}

/** Seconds that the objective of that name promises. */
function promisedSeconds({ annotations }: Namespace, slo: string): number | undefined {
  const declared = objectOf(JSON.parse(annotations[annotation.objectives] ?? "{}") as Json);
  const [, indicator, kind = ""] = /^(?:(.+)-)?latency-(p95|p99|mean)$/.exec(slo) ?? [];
  const values = indicator === undefined ? declared : objectOf(objectOf(declared["indicators"])[indicator]);
  const milliseconds = numberOf(
    values[{ p95: "latencyP95Ms", p99: "latencyP99Ms", mean: "latencyMeanMs" }[kind] ?? ""],
  );
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

const balanced = (expr: string): boolean => {
  const bare = expr.replace(/"(?:[^"\\]|\\.)*"/g, "");
  return [..."(){}[]"].every(
    (_, index, signs) =>
      index % 2 === 1 || bare.split(signs[index] ?? "").length === bare.split(signs[index + 1] ?? "").length,
  );
};
/** Status codes that a failing answer has: what chooses by text chooses by what the program calls a failure. */
const choosesFailures = (bad: string): boolean =>
  [...bad.matchAll(/\b\w*(?:code|status)\w*=~?"([^"]+)"/g)].every(
    ([, value = ""]) => !/\d/.test(value) || new RegExp(`^(?:${value})$`).test("500"),
  );
const limits = (bad: string): readonly number[] =>
  [...bad.matchAll(/\ble="([\d.]+)"|> bool ([\d.]+)/g)].map(([, bucket, seconds]) => Number(bucket ?? seconds));

function problem({ slo, bad, all }: Counted, namespace: Namespace): string | undefined {
  const seconds = promisedSeconds(namespace, slo);
  const late = limits(bad).filter((limit) => seconds !== undefined && limit > seconds);
  const judgedTime = all.startsWith("0 * ");
  if (!balanced(bad) || !balanced(all)) return "brackets that do not close: Prometheus refuses the whole object";
  if (slo === "availability" && judgedTime && !bad.startsWith("1 - "))
    return "time in which it answers, counted as time in which it does not";
  if (late.length > 0) return `events up to ${late.join(", ")} s counted as good, promised are ${seconds ?? "?"} s`;
  if (!choosesFailures(bad)) return "answers that are no failures of the program";
  if (judgedTime || bad.startsWith(`${all} - `) || bad.endsWith(` or 0 * ${all}`)) return undefined;
  return `bad events of other series than all events (${all})`;
}

const inRecording = (
  name: string,
  edit: (expr: string) => string,
  record: string = recorded.bad,
  stack = /./,
): Mutation =>
  change(
    name,
    { ...prometheusRules, where: (_, __, of) => stack.test(of) },
    eachRule((rule: JsonObject) => {
      if (rule["record"] === record) rule["expr"] = edit(String(rule["expr"]));
    }),
  );

export default policy({
  id: "OB-29",
  severity: "error",
  proves: ["CA-21", "FF-11", "XB-03"],
  title: "Recordings of objectives count as bad what breaks the promise",
  because:
    "every alert and report of an objective reads these recordings: with a threshold of ten seconds, the answers to wrong requests or the reverse of a probe they show that all is well, or alert without end",
  remedy: "leave the recordings to models/slo, which makes them of the objective and its measure",
  subjects: ({ namespaces }) =>
    namespaces.filter(({ annotations }) => annotations[annotation.objectives] !== undefined),
  check: (namespace, platform): Verdict | readonly Verdict[] => {
    const counted = countedIn(namespace, platform).filter(({ bad, all }) => bad !== "" && all !== "");
    if (counted.length === 0) return notApplicable("no objective is recorded (OB-02)");
    return counted.map((one) => {
      const found = problem(one, namespace);
      return found === undefined
        ? pass(one.slo)
        : fail({
            expected: `${one.slo} counts what breaks its promise`,
            actual: one.bad,
            message: `${namespace.label} in ${namespace.region}: ${one.slo} counts ${found}`,
          });
    });
  },
  mutants: [
    inRecording("the reverse of a probe", (expr) => expr.replace(/^1 - /, "")),
    inRecording("ten seconds are fast", (expr) => expr.replace(/le="[\d.]+"/, 'le="10"')),
    inRecording("a mean of an hour", (expr) => expr.replace(/> bool [\d.]+/, "> bool 3600")),
    inRecording("wrong requests of callers", (expr) => expr.replace('=~"5..', '=~"4..')),
    inRecording("a bracket more", (expr) => `(${expr}`, recorded.all),
    inRecording(
      "all events of another range, in the secondary",
      (expr) => expr.replaceAll("[5m]", "[1h]"),
      recorded.all,
      /-eu-west-1$/,
    ),
  ],
  boundary: {
    holds: change(
      "a label more of the recording",
      prometheusRules,
      eachRule((rule) => {
        if (rule["record"] === recorded.bad) asObject(rule["labels"])["note"] = "x";
      }),
    ),
    breaks: inRecording("one bracket", (expr) => `${expr})`),
  },
});
