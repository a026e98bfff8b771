import { expectedMonitoring } from "../../../../catalog/monitoring";
import { peakOf, prometheusOf } from "../../../figures/monitoring/monitoring";
import { above, atLeast } from "../../../policy/comparison";
import { change, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, unknown, type Verdict } from "../../../policy/verdict";
import { releaseOf } from "../../../policy-terms/targets";

const spec = (path: string) => `values.0.prometheus.prometheusSpec.${path}`;
const metrics = releaseOf("kube-prometheus-stack");

export default policy({
  id: "OB-09",
  severity: "warning",
  title: "Prometheus has disk and memory for what it scrapes",
  because:
    "a full volume ends the samples of every alert at once, and so does a Prometheus that runs out of memory while it reads them",
  remedy: "raise prometheusVolumeGiB or the memory of Prometheus in catalog/monitoring and its chart, or scrape less",
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
    return [
      ...peak.unknown.map((reason) => unknown(`what is scraped in ${region}: ${reason}`)),
      atLeast(Math.ceil(sized.diskGiB), deployed.retentionSizeGiB, "GiB at which old samples are removed", {
        arithmetic: words,
      }),
      above(deployed.retentionSizeGiB, deployed.volumeGiB, "GiB of the volume"),
      atLeast(Math.ceil(sized.memoryMiB), deployed.memoryMiB, "MiB that Prometheus requests", { arithmetic: words }),
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
  ],
  boundary: {
    holds: change("samples of half the volume", metrics, set(spec("retentionSize"), "49GiB")),
    breaks: change("samples of the whole volume", metrics, set(spec("retentionSize"), "50GiB")),
  },
});
