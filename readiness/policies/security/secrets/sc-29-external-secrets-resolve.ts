import { arrayOf, objectOf, objectsOf, textOf, textsOf } from "../../../inventory/json";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Platform } from "../../../inventory/platform";
import { remoteKeys } from "../../../permissions/called/secrets";
import { addManifest, change, manifest, remove, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import { specOf } from "./_external-secrets";

const storeOf = (external: PlacedObject, platform: Platform): PlacedObject | undefined => {
  const wanted = objectOf(specOf(external)["secretStoreRef"]);
  const kind = textOf(wanted["kind"]) ?? "SecretStore";
  return platform.objects.find(
    ({ region, object }) =>
      region === external.region &&
      object.kind === kind &&
      object.metadata.name === textOf(wanted["name"]) &&
      (kind === "ClusterSecretStore" || object.metadata.namespace === external.object.metadata.namespace),
  );
};

/** A cluster store admits the namespaces that one of its conditions names; without conditions all of them. */
function admits(store: PlacedObject, namespace: string): boolean {
  const conditions = objectsOf(specOf(store)["conditions"]);
  return (
    conditions.length === 0 ||
    conditions.some(
      (one) =>
        textsOf(one["namespaces"]).includes(namespace) ||
        arrayOf(one["namespaceRegexes"]).some((form) => new RegExp(textOf(form) ?? "^$").test(namespace)) ||
        one["namespaceSelector"] !== undefined,
    )
  );
}

function judgeStore(external: PlacedObject, platform: Platform): Verdict {
  const store = storeOf(external, platform);
  const name = textOf(objectOf(specOf(external)["secretStoreRef"])["name"]) ?? "none";
  const namespace = external.object.metadata.namespace ?? "";
  const lost = `no Secret is made from ${external.label} in ${external.region}`;
  if (store === undefined)
    return fail({
      expected: `store ${name} in ${external.region}`,
      actual: "none",
      message: `store ${name} does not exist: ${lost}`,
    });
  if (!admits(store, namespace))
    return fail({
      expected: `store ${name} admits namespace ${namespace}`,
      actual: "none of its conditions does",
      message: `store ${name} does not admit namespace ${namespace}: ${lost}`,
    });
  const region = textOf(objectOf(objectOf(specOf(store)["provider"])["aws"])["region"]);
  return region === undefined || region === external.region
    ? pass(`store ${name}`)
    : fail({
        expected: `store ${name} reads ${external.region}`,
        actual: region,
        message: `store ${name} of ${external.region} reads secrets of ${region}: it fails with that region`,
      });
}

function judgeKeys(external: PlacedObject, platform: Platform): Verdict {
  const missing = remoteKeys(specOf(external)).filter(
    (key) =>
      !platform.secrets.some(
        ({ name, region, replicas }) =>
          name === key &&
          (region === external.region || replicas.some((replica) => replica.region === external.region)),
      ),
  );
  return missing.length === 0
    ? pass("every secret is in the region")
    : fail({
        expected: `secret ${missing.join(", ")} in ${external.region}`,
        actual: "no stack makes or replicates it there",
        field: "secrets",
        message: `${external.label} in ${external.region} reads ${missing.join(", ")}, which does not exist there: no Secret is made and its pods never start`,
      });
}

function judgeTarget(external: PlacedObject, platform: Platform): Verdict {
  const target = targetOf(external);
  const others = platform.objects.filter(
    (other) =>
      other !== external &&
      other.object.kind === "ExternalSecret" &&
      other.region === external.region &&
      other.object.metadata.namespace === external.object.metadata.namespace &&
      targetOf(other) === target,
  );
  return others.length === 0
    ? pass(`Secret ${target}`)
    : fail({
        expected: `one ExternalSecret for Secret ${target}`,
        actual: [external, ...others].map(({ label }) => label).join(", "),
      });
}

const targetOf = (external: PlacedObject): string =>
  textOf(objectOf(specOf(external)["target"])["name"]) ?? external.object.metadata.name ?? "";

const externals = manifest("ExternalSecret");
const stores = manifest("ClusterSecretStore");

export default policy({
  id: "SC-29",
  severity: "error",
  proves: ["FG-12", "FL-06", "CA-28"],
  title: "Each ExternalSecret reads secrets that exist in its region, from a store there",
  because:
    "external-secrets makes no Secret when one key of an ExternalSecret is missing or its store does not admit the namespace: the pods never start",
  remedy: "declare the secret in the application file, and let the secret store name the namespace and its own region",
  subjects: (platform) => platform.objects.filter(({ object }) => object.kind === "ExternalSecret"),
  check: (external, platform) => [
    judgeStore(external, platform),
    judgeKeys(external, platform),
    judgeTarget(external, platform),
  ],
  mutants: [
    change("a secret that does not exist", externals, set("spec.data.remoteRef.key", "acme/production/ghost/KEY")),
    change("a store that does not exist", externals, set("spec.secretStoreRef.name", "ghost")),
    remove("no store", stores),
    change("a store that admits other namespaces", stores, set("spec.conditions", [{ namespaces: ["orders"] }])),
    change("a store of another region", stores, set("spec.provider.aws.region", "eu-north-1")),
    change("secrets are not replicated", resource("aws_secretsmanager_secret"), (block) => {
      delete block["replica"];
    }),
    addManifest("two of one Secret", externals, {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: { name: "second", namespace: "storefront" },
      spec: {
        secretStoreRef: { kind: "ClusterSecretStore", name: "secrets-manager" },
        target: { name: "api-secrets" },
      },
    }),
  ],
  boundary: {
    holds: change("a store without conditions", stores, set("spec.conditions", [])),
    breaks: change("a store with one condition too few", stores, set("spec.conditions.0.namespaces", ["velero"])),
  },
});
