import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Platform } from "../../../inventory/platform";
import { change, resource, set, type Target, together } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, pass } from "../../../policy/verdict";
import { type SecretUse, secretOf, usesOf } from "../../../policy-terms/secret-uses";
import { deployments, releaseOf } from "../../../policy-terms/targets";

/** Another carrier may come in any order: what is of the same release, Helm applies together. */
const readersOf = (external: PlacedObject, platform: Platform): readonly SecretUse[] =>
  usesOf(external, platform).filter(({ carrier }) => carrier !== external.resource);

const noOrder = set("depends_on", []);
/** A workload follows its service account, which follows the release. */
const unordered = (name: string, workloads: Target) =>
  together(name, change("", workloads, noOrder), change("", resource("kubernetes_service_account_v1"), noOrder));

export default policy({
  id: "DE-45",
  severity: "error",
  proves: ["CA-10", "FG-12", "FL-21"],
  title: "What reads a delivered Secret depends on the release that delivers it",
  because:
    "in another order pods wait for a Secret that nothing has asked for yet until their rollout or their release times out, and a teardown removes the Secret while they still run",
  remedy: "add the release with the ExternalSecret to depends_on of the workload or of the chart's release",
  subjects: (platform): readonly PlacedObject[] =>
    platform.objects.filter(({ object }) => object.kind === "ExternalSecret"),
  check: (external, platform) => {
    const readers = readersOf(external, platform);
    if (readers.length === 0) return notApplicable("only its own release reads it");
    return readers.map(({ carrier, where }) =>
      platform.after(carrier).includes(external.resource)
        ? pass(`${where} comes after ${secretOf(external)}`)
        : fail({
            expected: `${where} depends on ${external.resource.address}, which delivers ${secretOf(external)}`,
            actual: `nothing orders ${carrier.address} after it`,
          }),
    );
  },
  mutants: [
    unordered("deployments in any order", deployments),
    unordered("jobs in any order", resource("kubernetes_job_v1")),
    change("Velero before its password", releaseOf("velero"), noOrder),
    change("Grafana before its password", releaseOf("grafana"), noOrder),
    change("exporters before their credentials", releaseOf("prometheus-redis-exporter"), noOrder),
  ],
  boundary: {
    holds: change("the release alone", releaseOf("grafana"), (block) => {
      const after = Array.isArray(block["depends_on"]) ? block["depends_on"] : [];
      block["depends_on"] = after.filter((one) => String(one).includes("grafana-admin"));
    }),
    breaks: change("all but the release", releaseOf("grafana"), (block) => {
      const after = Array.isArray(block["depends_on"]) ? block["depends_on"] : [];
      block["depends_on"] = after.filter((one) => !String(one).includes("grafana-admin"));
    }),
  },
});
