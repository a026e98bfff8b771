import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import type { Platform } from "../../../inventory/platform";
import { type ContentReference, contentReferences } from "../../../references/pod-references";
import { contentOf } from "../../../references/content";
import { asObject } from "../../../policy/json";
import { change, manifest, remove, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, pass, type Verdict } from "../../../policy/verdict";
import { CONTAINER, deployments, ownWorkloads, POD } from "../_own";

function judge({ kind, name, keys, where }: ContentReference, workload: Workload, platform: Platform): Verdict {
  const content = contentOf(platform, workload.region, workload.namespace, kind, name);
  if (content === undefined)
    return fail({
      expected: `${kind} ${name} in namespace ${workload.namespace}`,
      actual: "nothing in the region makes it",
      message: `${workload.label} in ${workload.region}: ${where} reads ${kind} ${name}, which does not exist: its pods never start`,
    });
  const missing = content.keys === undefined ? [] : keys.filter((key) => !content.keys?.includes(key));
  return missing.length === 0
    ? pass(`${kind} ${name}`)
    : fail({
        expected: `key ${missing.join(", ")} in ${kind} ${name}`,
        actual: content.keys?.join(", ") ?? "none",
        message: `${workload.label} in ${workload.region}: ${where} reads key ${missing.join(", ")} of ${kind} ${name}, which has ${content.keys?.join(", ") ?? "none"}: its pods never start`,
      });
}

const externals = manifest("ExternalSecret", (object) => asObject(object["metadata"])["namespace"] === "storefront");
const secretVariable = (name: string, key: string) =>
  set(`${CONTAINER}.env`, [{ name: "TOKEN", value_from: { secret_key_ref: { name, key } } }]);
const ofAgent = resource(
  "kubernetes_deployment_v1",
  (block, _id, stack) => stack.startsWith("storefront-") && asObject(block["metadata"])["name"] === "api",
);

export default policy({
  id: "WL-21",
  severity: "error",
  proves: ["FG-12", "CA-28"],
  title: "Each ConfigMap, Secret and key that a pod reads exists in its namespace",
  because:
    "a pod that names a missing ConfigMap, Secret or key stays in CreateContainerConfigError, and every object is valid",
  remedy: "declare the secret or flag in the application file, or correct the name and key that the pod reads",
  subjects: (platform) => ownWorkloads(platform),
  check: (workload, platform): Verdict | readonly Verdict[] => {
    const references = contentReferences(workload);
    return references.length === 0
      ? notApplicable("it reads no ConfigMap and no Secret")
      : references.map((one) => judge(one, workload, platform));
  },
  mutants: [
    change(
      "a ConfigMap that does not exist",
      deployments,
      set(`${CONTAINER}.env_from`, [{ config_map_ref: { name: "ghost" } }]),
    ),
    change("a variable from a Secret that does not exist", deployments, secretVariable("ghost", "TOKEN")),
    change("a key that its Secret does not have", ofAgent, secretVariable("api-secrets", "GHOST")),
    change(
      "a volume of a Secret that does not exist",
      deployments,
      set(`${POD}.volume`, [{ name: "ghost", secret: { secret_name: "ghost" } }]),
    ),
    change(
      "a projected ConfigMap that does not exist",
      deployments,
      set(`${POD}.volume`, [{ name: "ghost", projected: { sources: [{ config_map: { name: "ghost" } }] } }]),
    ),
    change("pull secrets that does not exist", deployments, set(`${POD}.image_pull_secrets`, [{ name: "ghost" }])),
    remove("ExternalSecrets are gone", externals),
    change("the flags are called otherwise", resource("kubernetes_config_map_v1"), set("metadata.name", "other")),
    change("the Secret is called otherwise", externals, set("spec.target.name", "other")),
  ],
  boundary: {
    holds: change("a key that its Secret has", ofAgent, secretVariable("api-secrets", "API_KEY")),
    breaks: change("the key in other case", ofAgent, secretVariable("api-secrets", "api_key")),
  },
});
