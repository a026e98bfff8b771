import { type JsonObject, objectOf, objectsOf, textOf } from "../../../inventory/json";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Platform } from "../../../inventory/platform";
import { contentOf } from "../../../references/content";
import { change, manifest, remove, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";

const specOf = ({ object }: PlacedObject): JsonObject => objectOf(object["spec"]);
const inNamespace = (item: PlacedObject): string => item.object.metadata.namespace ?? "";

function judgeScaler(scaler: PlacedObject, platform: Platform): Verdict[] {
  return objectsOf(specOf(scaler)["triggers"]).flatMap((trigger) => {
    const wanted = objectOf(trigger["authenticationRef"]);
    const [kind, name] = [textOf(wanted["kind"]) ?? "TriggerAuthentication", textOf(wanted["name"])];
    if (name === undefined) return [];
    const there = platform.objects.some(
      ({ region, object }) =>
        region === scaler.region &&
        object.kind === kind &&
        object.metadata.name === name &&
        (kind === "ClusterTriggerAuthentication" || object.metadata.namespace === inNamespace(scaler)),
    );
    return [
      there
        ? pass(`${kind} ${name}`)
        : fail({
            expected: `${kind} ${name} in namespace ${inNamespace(scaler)}`,
            actual: "none",
            message: `${scaler.label} in ${scaler.region} authenticates by ${kind} ${name}, which does not exist: its queue is not measured and nothing is scaled`,
          }),
    ];
  });
}

function judgeAuthentication(authentication: PlacedObject, platform: Platform): Verdict[] {
  return objectsOf(specOf(authentication)["secretTargetRef"]).map((target) => {
    const [name, key] = [textOf(target["name"]) ?? "none", textOf(target["key"]) ?? "none"];
    const content = contentOf(platform, authentication.region, inNamespace(authentication), "Secret", name);
    const there = content !== undefined && (content.keys === undefined || content.keys.includes(key));
    return there
      ? pass(`key ${key} of Secret ${name}`)
      : fail({
          expected: `key ${key} in Secret ${name}`,
          actual: content === undefined ? "no such Secret" : (content.keys?.join(", ") ?? "none"),
          message: `${authentication.label} in ${authentication.region} reads key ${key} of Secret ${name}, which does not exist: its queue is not measured and nothing is scaled`,
        });
  });
}

const scalers = manifest("ScaledObject");
const authentications = manifest("TriggerAuthentication");

export default policy({
  id: "WL-24",
  severity: "error",
  proves: ["FG-08"],
  title: "Scalers find their credentials, and the Secrets and keys of these exist",
  because: "a scaler that cannot log in to its queue keeps the replicas as they are, however long the queue gets",
  remedy: "let scale.queue of the component make ScaledObject, TriggerAuthentication and ExternalSecret together",
  subjects: (platform) =>
    platform.objects.filter(({ object }) =>
      /^(ScaledObject|ScaledJob|(Cluster)?TriggerAuthentication)$/.test(object.kind),
    ),
  check: (item, platform) =>
    item.object.kind.startsWith("Scaled") ? judgeScaler(item, platform) : judgeAuthentication(item, platform),
  mutants: [
    change("an authentication that does not exist", scalers, (object) =>
      set("spec.triggers.0.authenticationRef", { name: "ghost" })(object),
    ),
    remove("no authentication", authentications),
    change("a Secret that does not exist", authentications, set("spec.secretTargetRef.name", "ghost")),
    change(
      "the Secret has other keys",
      manifest("ExternalSecret", (_o, id) => id.endsWith("-queue")),
      set("spec.target.template.data", { host: "x" }),
    ),
  ],
  boundary: {
    holds: change("a further key that the Secret has", authentications, set("spec.secretTargetRef.0.key", "tls")),
    breaks: change("a key that it does not have", authentications, set("spec.secretTargetRef.0.key", "host")),
  },
});
