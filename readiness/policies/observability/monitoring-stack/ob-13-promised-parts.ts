import { monitoringParts, type MonitoringPart, type PartNeed } from "../../../../catalog/monitoring/parts";
import { isObject, type Json, type JsonObject } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Subject } from "../../../inventory/subject";
import { atLeast, equals, holds } from "../../../policy/comparison";
import { change, remove, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, forClaim, unknown, type Known, type Verdict } from "../../../policy/verdict";
import { releaseOf } from "../../../policy-terms/targets";

interface PromisedPart extends Subject {
  readonly region: string | undefined;
  readonly claims: readonly string[];
  readonly name: string;
  readonly part: MonitoringPart | undefined;
}

/** Parts that reports of deployed applications promise, once in each region. */
function promisedParts({ clusters, commitments, namespaces }: Platform): readonly PromisedPart[] {
  const promised = commitments.monitoring.filter(({ application }) =>
    namespaces.some(({ name }) => name === application),
  );
  const names = [...new Set(promised.flatMap(({ parts }) => parts))].sort();
  return clusters.flatMap(({ stack, address, constructPath, region }) =>
    names.map((name) => ({
      stack,
      address,
      constructPath,
      label: `${name} in ${region ?? "a region that is not known"}`,
      region,
      name,
      claims: promised.filter(({ parts }) => parts.includes(name)).map(({ claim }) => claim),
      part: monitoringParts.find(({ part }) => part === name),
    })),
  );
}

const at = (values: JsonObject, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((inner, step) => (isObject(inner) ? inner[step] : undefined), values);

function verdictOf(need: PartNeed, values: JsonObject): Verdict {
  const found = at(values, need.path) ?? (need.default as Json | undefined);
  const what = `value ${need.path.join(".")}`;
  const shown = { field: need.path.join(".") };
  if (found === undefined)
    return fail({ expected: `${what} is set`, actual: "nothing, and the chart's default is none", ...shown });
  if (need.atLeast !== undefined) return atLeast(need.atLeast, Number(found), what, shown);
  if (need.includes !== undefined)
    return holds(String(found).includes(need.includes), `${what} names ${need.includes}`, String(found), shown);
  return equals(need.equals as Known, found, what, shown);
}

const metrics = releaseOf("kube-prometheus-stack");

export default policy({
  id: "OB-13",
  severity: "error",
  title: "Each part of the monitoring stack that a report promises runs in both regions",
  because: "without the part its metrics, logs, traces or notifications are missing in the incident that needs them",
  remedy: "install the chart in stacks/monitoring.ts with the values of catalog/monitoring/parts.json",
  proves: ["CA-16", "CA-26", "FF-08", "FF-09", "FF-10", "FG-17", "FG-18", "FL-18", "XB-02"],
  subjects: promisedParts,
  check: (subject, platform) =>
    runs(subject, platform).flatMap((verdict) => subject.claims.map((claim) => forClaim(claim, verdict))),
  mutants: [
    remove("no cost monitoring", releaseOf("opencost")),
    change("two Alertmanagers", metrics, set("values.0.alertmanager.alertmanagerSpec.replicas", 2)),
    change("one Prometheus, as the chart has it", metrics, unset("values.0.prometheus.prometheusSpec.replicas")),
    change("no cAdvisor", metrics, set("values.0.kubelet.serviceMonitor.cAdvisor", false)),
    change("traces in memory", releaseOf("jaeger"), set(badgerPath(), true)),
    change("logs on some nodes", releaseOf("alloy"), set("values.0.controller.tolerations", [])),
    change("costs without our Prometheus", releaseOf("opencost"), set("values.0.opencost.prometheus.external.url", "")),
  ],
  boundary: {
    holds: change("four Alertmanagers", metrics, set("values.0.alertmanager.alertmanagerSpec.replicas", 4)),
    breaks: change("one trace collector", releaseOf("opentelemetry-collector"), set("values.0.replicaCount", 1)),
  },
});

function badgerPath(): string[] {
  return ["values", "0", "userconfig", "extensions", "jaeger_storage", "backends", "badger", "badger", "ephemeral"];
}

function runs({ part, name, region, claims }: PromisedPart, platform: Platform): Verdict[] {
  if (part === undefined) return [unknown(`${claims.join(", ")}: catalog/monitoring/parts.json does not know ${name}`)];
  const release = platform.releases.find((one) => one.region === region && one.chart === part.chart);
  if (release === undefined)
    return [fail({ expected: `${claims.join(", ")}: a release of chart ${part.chart}`, actual: "there is none" })];
  if (release.valuesUnknown !== undefined) return [unknown(`values of ${part.chart}: ${release.valuesUnknown.reason}`)];
  return part.needs.map((need) => verdictOf(need, release.values));
}
