import { minorOf, removalOf, servedFrom } from "../../../../catalog/kubernetes/removed-apis";
import { atLeast, holds } from "../../../policy/comparison";
import { addManifest, change, set, together, type JsonObject } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { manifest, resource } from "../../../policy/target";
import { pass, unknown } from "../../../policy/verdict";

export default policy({
  id: "WL-10",
  severity: "error",
  title: "The cluster serves the API version of every object",
  because:
    "the API server refuses an object of a removed version: the release that carries it fails, first of all the one after an upgrade",
  remedy: "write the object in the API version that replaces it, or take a chart release that does",
  proves: ["FF-23"],
  equivalents: ["kube-score stable-version", "pluto", "kubent"],
  subjects: (platform) => platform.objects,
  check: ({ object, region }, platform) => {
    const removal = removalOf(object.apiVersion, object.kind);
    const first = servedFrom(object.apiVersion, object.kind);
    if (!removal && first === undefined) return pass(`${object.apiVersion} ${object.kind} is in no removal`);
    const cluster = platform.clusters.find((candidate) => candidate.region === region);
    const version = minorOf(cluster?.version);
    if (!removal)
      return atLeast(
        minorOf(first),
        version,
        `minor version of Kubernetes that serves ${object.apiVersion} ${object.kind}`,
        {
          field: "kubernetesVersion",
        },
      );
    const gone = minorOf(removal.removedIn);
    if (version === undefined || gone === undefined)
      return unknown(`the Kubernetes version of the cluster in ${region} is not known`, "kubernetesVersion");
    const instead = removal.replacement === null ? "" : `; ${removal.replacement} replaces it`;
    return holds(
      version < gone,
      `Kubernetes below ${removal.removedIn} for ${object.apiVersion} ${object.kind}`,
      `Kubernetes ${cluster?.version ?? ""}${instead}`,
      { field: "kubernetesVersion" },
    );
  },
  mutants: [
    withObject("a CronJob of batch/v1beta1", "batch/v1beta1", "CronJob"),
    withObject("a disruption budget of policy/v1beta1", "policy/v1beta1", "PodDisruptionBudget"),
    withObject("priority levels of flowcontrol v1beta3", "flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema"),
    clustersAt("1.35", "a version that does not serve a kind yet"),
    together(
      "a version that the next Kubernetes release drops, after the upgrade",
      withObject("", "storage.k8s.io/v1beta1", "VolumeAttributesClass"),
      clustersAt("1.37"),
    ),
  ],
  boundary: {
    holds: together(
      "the last version that serves it",
      withObject("", "resource.k8s.io/v1beta1", "DeviceClass"),
      clustersAt("1.37"),
    ),
    breaks: together(
      "the first version that does not",
      withObject("", "resource.k8s.io/v1beta1", "DeviceClass"),
      clustersAt("1.38"),
    ),
  },
});

function withObject(name: string, apiVersion: string, kind: string) {
  const object: JsonObject = { apiVersion, kind, metadata: { name: "example" } };
  return addManifest(name, manifest("TargetGroupBinding"), object);
}

function clustersAt(version: string, name = `Kubernetes ${version}`) {
  return change(name, resource("aws_eks_cluster"), set("version", version));
}
