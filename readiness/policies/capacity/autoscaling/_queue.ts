import { objectOf, objectsOf, textOf } from "../../../inventory/json";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Platform } from "../../../inventory/platform";
import type { Autoscaler } from "../../../inventory/facts/kubernetes/workload-graph";
import { holds } from "../../../policy/comparison";
import type { Verdict } from "../../../policy/verdict";

/** KEDA asks a queue with credentials of the same namespace; without them it scales nothing, and says so only in its log. */
export function hasCredentials(autoscaler: Autoscaler, platform: Platform): Verdict[] {
  const around = platform.objects.filter(
    ({ region, object }) => region === autoscaler.region && object.metadata.namespace === autoscaler.namespace,
  );
  return objectsOf(objectOf(autoscaler.object["spec"])["triggers"]).flatMap((trigger) => {
    const { name, kind } = objectOf(trigger["authenticationRef"]);
    const resource = trigger["type"] === "cpu" || trigger["type"] === "memory";
    const what = `trigger ${textOf(trigger["type"]) ?? ""}: a TriggerAuthentication of the namespace`;
    if (resource) return [];
    const found = around.find(({ object }) => object.kind === "TriggerAuthentication" && object.metadata.name === name);
    if (name === undefined || kind === "ClusterTriggerAuthentication" || !found)
      return [holds(false, what, textOf(name) ?? "none", { field: "scale.queue" })];
    return objectsOf(objectOf(found.object["spec"])["secretTargetRef"]).map((reference) => {
      const [secret, key] = [textOf(reference["name"]), textOf(reference["key"])];
      const made = around.some((external) => makes(external, secret, key));
      return holds(
        made,
        `an ExternalSecret that makes ${secret ?? "the secret"}/${key ?? ""}`,
        made ? "there is one" : "there is none",
        { field: "scale.queue" },
      );
    });
  });
}

function makes({ object }: PlacedObject, secret: string | undefined, key: string | undefined): boolean {
  if (object.kind !== "ExternalSecret") return false;
  const spec = objectOf(object["spec"]);
  const target = objectOf(spec["target"]);
  const template = objectOf(objectOf(target["template"])["data"]);
  const keys =
    Object.keys(template).length > 0
      ? Object.keys(template)
      : objectsOf(spec["data"]).map((entry) => textOf(entry["secretKey"]));
  return (textOf(target["name"]) ?? object.metadata.name) === secret && keys.includes(key ?? "");
}
