import { objectOf, objectsOf, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import { CONTAINER, deployments, ownWorkloads, POD } from "../_own";

/** Classes that every cluster has. Source: Kubernetes, "Guaranteed Scheduling For Critical Add-On Pods", read 2026-11-28. */
const builtInPriorities = ["system-cluster-critical", "system-node-critical"];

/** Name of an object that a pod cannot do without, by what it loses. */
interface Named {
  readonly kind: string;
  readonly name: string;
  readonly where: string;
}

const named = (kind: string, name: string | undefined, where: string, known: readonly string[] = []): Named[] =>
  name === undefined || known.includes(name) ? [] : [{ kind, name, where }];

function namesOf({ pod: { spec, serviceAccount }, volumeClaimTemplates }: Workload): readonly Named[] {
  const volumes = objectsOf(spec["volumes"]);
  const claims = volumes.map((volume) => textOf(objectOf(volume["persistentVolumeClaim"])["claimName"]));
  const classes = [
    ...volumeClaimTemplates.map(({ storageClass }) => storageClass),
    ...volumes.map((volume) =>
      textOf(objectOf(objectOf(objectOf(volume["ephemeral"])["volumeClaimTemplate"])["spec"])["storageClassName"]),
    ),
  ];
  return [
    ...named("ServiceAccount", serviceAccount, "serviceAccountName", ["default"]),
    ...named("PriorityClass", textOf(spec["priorityClassName"]), "priorityClassName", builtInPriorities),
    ...named("RuntimeClass", textOf(spec["runtimeClassName"]), "runtimeClassName"),
    ...claims.flatMap((name) => named("PersistentVolumeClaim", name, "volumes")),
    ...classes.flatMap((name) => named("StorageClass", name, "volumes", [""])),
  ];
}

function judgeName({ kind, name, where }: Named, workload: Workload, platform: Platform): Verdict {
  const clusterWide = ["PriorityClass", "RuntimeClass", "StorageClass"].includes(kind);
  const there = platform.objects.some(
    ({ region, object }) =>
      region === workload.region &&
      object.kind === kind &&
      object.metadata.name === name &&
      (clusterWide || object.metadata.namespace === workload.namespace),
  );
  return there
    ? pass(`${kind} ${name}`)
    : fail({
        expected: `${kind} ${name}${clusterWide ? "" : ` in namespace ${workload.namespace}`}`,
        actual: "nothing in the region makes it",
        message: `${workload.label} in ${workload.region}: ${where} names ${kind} ${name}, which does not exist: no pod is created or started`,
      });
}

/** The API server refuses a mount of a volume that the pod does not have. */
function judgeMounts({ pod: { spec }, volumeClaimTemplates, label, region }: Workload): Verdict {
  const have = [
    ...objectsOf(spec["volumes"]).map((volume) => textOf(volume["name"])),
    ...volumeClaimTemplates.map(({ name }) => name),
  ];
  const mounts = [...objectsOf(spec["initContainers"]), ...objectsOf(spec["containers"])]
    .flatMap((container) => objectsOf(container["volumeMounts"]))
    .map((mount) => textOf(mount["name"]) ?? "");
  const missing = mounts.filter((name) => !have.includes(name));
  return missing.length === 0
    ? pass(`${mounts.length} mounts`)
    : fail({
        expected: `volume ${missing.join(", ")}`,
        actual: have.join(", ") || "no volume",
        message: `${label} in ${region} mounts volume ${missing.join(", ")}, which the pod does not have: the API server refuses it`,
      });
}

const claims = resource("kubernetes_stateful_set_v1");

export default policy({
  id: "WL-22",
  severity: "error",
  proves: ["CA-03"],
  title: "Accounts, classes, claims and volumes that a pod names exist",
  because: "a pod that names a class, claim or account that does not exist is never created or stays Pending",
  remedy: "correct the name, or make the object in a stack that deploys before",
  subjects: (platform) => ownWorkloads(platform),
  check: (workload, platform) => [
    judgeMounts(workload),
    ...namesOf(workload).map((one) => judgeName(one, workload, platform)),
  ],
  mutants: [
    change("an account that does not exist", deployments, set(`${POD}.service_account_name`, "ghost")),
    change("a priority class that does not exist", deployments, set(`${POD}.priority_class_name`, "ghost")),
    change("a runtime that does not exist", deployments, set(`${POD}.runtime_class_name`, "gvisor")),
    change(
      "a claim that does not exist",
      deployments,
      set(`${POD}.volume`, [{ name: "data", persistent_volume_claim: { claim_name: "ghost" } }]),
    ),
    change(
      "a storage class that does not exist",
      claims,
      set("spec.volume_claim_template.spec.storage_class_name", "io9"),
    ),
    change(
      "a mount without a volume",
      deployments,
      set(`${CONTAINER}.volume_mount`, [{ name: "ghost", mount_path: "/x" }]),
    ),
  ],
  boundary: {
    holds: change(
      "a class that every cluster has",
      deployments,
      set(`${POD}.priority_class_name`, "system-cluster-critical"),
    ),
    breaks: change("a letter less", deployments, set(`${POD}.priority_class_name`, "system-cluster-critica")),
  },
});
