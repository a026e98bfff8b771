import type { ProbeCommitment } from "../../../../catalog/claims/commitments";
import { objectOf, textOf, textsOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Subject } from "../../../inventory/subject";
import { atMost, holds, oneOf } from "../../../policy/comparison";
import { change, manifest, remove, set, update } from "../../../policy/mutation";
import { prometheusSeconds } from "../../../../models/duration";
import { policy } from "../../../policy/policy";
import { fail, forClaim } from "../../../policy/verdict";

/** Seconds between two questions, at most: alerts on a probe wait for a minute. */
const INTERVAL_SECONDS = 60;

interface PromisedProbe extends Subject {
  readonly region: string | undefined;
  readonly promise: ProbeCommitment;
}

const promisedProbes = ({ clusters, commitments, namespaces }: Platform): readonly PromisedProbe[] =>
  clusters.flatMap(({ stack, address, constructPath, region }) =>
    commitments.probes
      .filter(({ application }) => namespaces.some(({ name }) => name === application))
      .map((promise) => ({
        stack,
        address,
        constructPath,
        label: `probe of ${promise.application}${promise.path} from ${region ?? "a region that is not known"}`,
        region,
        promise,
      })),
  );

const probes = manifest("Probe");
const targets = "spec.targets.staticConfig.static";

export default policy({
  id: "OB-17",
  severity: "error",
  title: "Each endpoint that a report promises is probed at its public address, from both regions",
  because:
    "a pod that answers its kubelet says nothing of DNS, certificate and load balancer, which customers pass first",
  remedy: "let the application's objectives or indicators measure the path by measuredBy.probe",
  proves: ["CA-26"],
  subjects: promisedProbes,
  check: ({ region, promise }, platform) => {
    const wanted = `https://${promise.application}.${platform.environment.domain}${promise.path}`;
    const found = platform.objects.filter(
      ({ object, region: place }) =>
        object.kind === "Probe" &&
        place === region &&
        textsOf(objectOf(objectOf(objectOf(object["spec"])["targets"])["staticConfig"])["static"]).includes(wanted),
    );
    if (found.length === 0)
      return forClaim(
        promise.claim,
        fail({ expected: `${promise.claim}: a Probe of ${wanted}`, actual: "there is none" }),
      );
    const said = found.flatMap(({ object }) => {
      const { prober, interval, module } = objectOf(object["spec"]);
      const known = platform.releases
        .filter((release) => release.region === region && release.chart === "prometheus-blackbox-exporter")
        .flatMap((release) => Object.keys(objectOf(objectOf(release.values["config"])["modules"])));
      const url = textOf(objectOf(prober)["url"]) ?? "no prober";
      return [
        holds(
          platform.releases.some(
            (release) =>
              release.region === region &&
              release.chart === "prometheus-blackbox-exporter" &&
              url.startsWith(
                `${textOf(release.values["fullnameOverride"]) ?? release.name ?? ""}.${release.namespace ?? ""}.`,
              ),
          ),
          "asked by the blackbox exporter of the region",
          url,
        ),
        // What the exporter asks without a module: the one of its configuration that is called so.
        oneOf(known, textOf(module) ?? "http_2xx", "module of the blackbox exporter that the probe asks for"),
        atMost(INTERVAL_SECONDS, prometheusSeconds(textOf(interval) ?? ""), `seconds between two probes of ${wanted}`),
      ];
    });
    return said.map((verdict) => forClaim(promise.claim, verdict));
  },
  mutants: [
    remove("no probes", probes),
    change(
      "of another path",
      probes,
      update(targets, (list) => (list as string[]).map((url) => `${url}z`)),
    ),
    change("by a module that the exporter does not have", probes, set("spec.module", "http_3xx")),
    change("asked of another prober", probes, set("spec.prober.url", "prober.elsewhere.svc:9115")),
  ],
  boundary: {
    holds: change("once a minute", probes, set("spec.interval", "1m")),
    breaks: change("a second later", probes, set("spec.interval", "61s")),
  },
});
