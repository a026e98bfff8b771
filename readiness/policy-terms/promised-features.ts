import type { Feature } from "../../catalog/claims/commitments";
import { claimsOf } from "../figures/capacity/workloads";
import { objectOf, objectsOf, textOf } from "../inventory/json";
import type { PlacedObject } from "../inventory/kubernetes/object";
import type { Platform } from "../inventory/platform";
import type { Workload } from "../inventory/facts/kubernetes/workload-graph";
import { rulesBoundTo } from "./bound-rules";
import { antiAffinity, HOST } from "./capacity/spread";

/** What a workload has, in the words in which reports promise it. */
export function featuresOf(workload: Workload, platform: Platform, feature: Feature): readonly string[] {
  const [main] = workload.containers;
  switch (feature) {
    case "nodes":
      return antiAffinity(workload, HOST) === "required" ? ["one-each"] : ["shared"];
    case "probes":
      return main ? (["liveness", "readiness", "startup"] as const).filter((role) => main[role] !== undefined) : [];
    case "scale":
      return (workload.autoscaler?.metrics ?? []).flatMap(({ name, utilizationPercent }) =>
        name !== undefined && utilizationPercent !== undefined ? [name] : [],
      );
    case "volumes":
      return claimsOf(platform, workload).length > 0 ? ["kept"] : [];
    case "pool":
      return [
        ...(Object.keys(workload.pod.nodeSelector).length > 0 ? ["node selection"] : []),
        ...(workload.pod.tolerations.length > 0 ? ["toleration"] : []),
      ];
    case "registries":
      return [...(reachesAmazon(workload, platform) ? ["Amazon"] : []), ...(reachesGoogle(workload) ? ["Google"] : [])];
    case "rights":
      return rightsOf(workload, platform);
    case "flags":
      return (main?.environmentFrom ?? [])
        .flatMap(({ configMap }) =>
          objectsIn(workload, platform, "ConfigMap")
            .filter(({ object }) => object.metadata.name === configMap)
            .flatMap(({ object }) => Object.keys(objectOf(object["data"]))),
        )
        .sort();
    case "secrets":
      return (main?.environment ?? [])
        .flatMap(({ name, value, secret }) =>
          secret !== undefined ? [name] : value?.startsWith("/var/run/secrets/") ? [name.replace(/_FILE$/, "")] : [],
        )
        .sort();
    case "entry":
      return objectsIn(workload, platform, "TargetGroupBinding").some(
        ({ object }) => textOf(objectOf(objectOf(object["spec"])["serviceRef"])["name"]) === workload.name,
      )
        ? ["load balancer"]
        : [];
  }
}

const objectsIn = ({ region, namespace }: Workload, platform: Platform, kind: string): readonly PlacedObject[] =>
  platform.objects.filter(
    (one) => one.region === region && one.object.kind === kind && one.object.metadata.namespace === namespace,
  );

/** By the role of its service account: no key is stored. */
function reachesAmazon(workload: Workload, platform: Platform): boolean {
  const identity = platform.podIdentities.find(
    ({ region, namespace, serviceAccount }) =>
      region === workload.region && namespace === workload.namespace && serviceAccount === workload.pod.serviceAccount,
  );
  return (
    identity?.role !== undefined &&
    platform.iamStatements.some(
      (statement) =>
        !statement.trust &&
        statement.effect === "Allow" &&
        statement.actions.includes("ecr:BatchGetImage") &&
        statement.resource.resources("role").some((role) => role === identity.role),
    )
  );
}

/** By a token of its own that Google exchanges. */
const reachesGoogle = ({ pod, containers }: Workload): boolean =>
  containers.some(({ environment }) => environment.some(({ name }) => name === "GOOGLE_APPLICATION_CREDENTIALS")) &&
  objectsOf(pod.spec["volumes"]).some((volume) =>
    objectsOf(objectOf(volume["projected"])["sources"]).some((source) =>
      /iam\.googleapis\.com/.test(textOf(objectOf(source["serviceAccountToken"])["audience"]) ?? ""),
    ),
  );

/** `group/resource` of what its service account may watch or update. */
function rightsOf(workload: Workload, platform: Platform): string[] {
  const rules = rulesBoundTo(workload, platform);
  return [
    ...new Set(
      rules
        .filter(({ verbs }) => verbs.includes("watch") || verbs.includes("update"))
        .flatMap(({ apiGroups, resources }) =>
          apiGroups.flatMap((group) => resources.map((resource) => `${group}/${resource}`)),
        ),
    ),
  ].sort();
}
