import { expectedMonitoring } from "../../../catalog/monitoring";
import { prometheusSeconds } from "../../../models/duration";
import { peakOf, prometheusOf } from "../../figures/monitoring/monitoring";
import { above, atLeast } from "../../policy/comparison";
import { change, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, unknown, type Verdict } from "../../policy/verdict";
import { releaseOf } from "../../policy-terms/targets";
import { eachRule, prometheusRules } from "./_alerts";
import { expressionsOf } from "./_metrics";

const DAY = 86_400;

/** Furthest that an expression looks back: its longest range and its longest offset. */
function looksBack(expr: string): number {
  const longest = (pattern: RegExp): number =>
    Math.max(0, ...[...expr.matchAll(pattern)].map(([, duration = ""]) => prometheusSeconds(duration) ?? 0));
  return longest(/\[(\w+)(?::\w*)?\]/g) + longest(/\boffset (\w+)/g);
}

const spec = (path: string) => `values.0.prometheus.prometheusSpec.${path}`;
const metrics = releaseOf("kube-prometheus-stack");

export default policy({
  id: "OB-09",
  severity: "warning",
  title: "Prometheus has disk and memory for what it scrapes, and keeps the longest window",
  because:
    "a full volume ends the samples of every alert at once, and a window longer than the retention is computed from a part of it",
  remedy:
    "raise prometheusVolumeGiB, retentionDays or the memory of Prometheus in catalog/monitoring and its chart, or scrape less",
  proves: ["FF-22"],
  subjects: ({ clusters }) => clusters,
  check: ({ region = "" }, platform): Verdict | Verdict[] => {
    const deployed = prometheusOf(platform, region);
    if (deployed === undefined)
      return fail({ expected: "a release of kube-prometheus-stack", actual: "there is none" });
    const peak = peakOf(platform, region);
    if (peak === undefined) return unknown(`how many nodes and pods ${region} has at its peak is not known`);
    const sized = expectedMonitoring(peak);
    const words = `${Math.round(sized.series)} series of ${peak.nodes} nodes and ${peak.pods} pods`;
    const most = Math.max(
      0,
      ...expressionsOf(platform).flatMap((one) => (one.region === region ? looksBack(one.expr) : [])),
    );
    return [
      ...peak.unknown.map((reason) => unknown(`what is scraped in ${region}: ${reason}`)),
      atLeast(Math.ceil(sized.diskGiB), deployed.retentionSizeGiB, "GiB at which old samples are removed", {
        arithmetic: words,
      }),
      above(deployed.retentionSizeGiB, deployed.volumeGiB, "GiB of the volume"),
      atLeast(Math.ceil(sized.memoryMiB), deployed.memoryMiB, "MiB that Prometheus requests", { arithmetic: words }),
      atLeast(most / DAY, deployed.retentionDays, "days of retention, against the furthest look back"),
    ];
  },
  mutants: [
    change(
      "a small volume",
      metrics,
      set(spec("storageSpec.volumeClaimTemplate.spec.resources.requests.storage"), "20Gi"),
    ),
    change("samples are removed early", metrics, set(spec("retentionSize"), "10GiB")),
    change("memory for a tenth", metrics, set(spec("resources.requests.memory"), "256Mi")),
    change("the chart's own retention", metrics, set(spec("retention"), "10d")),
    change(
      "a rule that looks back two months",
      prometheusRules,
      eachRule((rule) => {
        if (rule["alert"] === "NodeNotReady") rule["expr"] = `${String(rule["expr"])} or avg_over_time(up[60d]) < 0`;
      }),
    ),
  ],
  boundary: {
    holds: change("just the longest window", metrics, set(spec("retention"), "30d")),
    breaks: change("a day less", metrics, set(spec("retention"), "29d")),
  },
});
