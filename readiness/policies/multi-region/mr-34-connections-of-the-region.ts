import { objectOf, objectsOf, textOf } from "../../inventory/json";
import type { PlacedObject } from "../../inventory/kubernetes/object";
import type { Platform } from "../../inventory/platform";
import { asObject } from "../../policy/json";
import { change, manifest, set, update } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, pass, type Verdict } from "../../policy/verdict";

/** What the rotation writes into the secret of a store: constructs/aws/functions/store-credentials. */
const CREDENTIALS = ["username", "password", "monitorUsername", "monitorPassword"];

/** Names of the secrets whose values the rotation of stores makes; copies in the other region have the same names. */
function secretsOfStores(platform: Platform): readonly string[] {
  return platform
    .ofType("aws_lambda_function")
    .filter((one) => one.has("environment.variables.STORES"))
    .flatMap((one) => {
      const text = one.expanded("environment.variables.STORES") ?? "";
      return [...text.matchAll(/"([^"{}:]+)":\{/g)].flatMap(([, name]) => name ?? []);
    });
}

const specOf = (external: PlacedObject) => objectOf(external.object["spec"]);

/** Values of stores' secrets that an ExternalSecret reads: key of the secret, and the field of it. */
function readings(external: PlacedObject, stores: readonly string[]): { key: string; property: string | undefined }[] {
  const { data, dataFrom } = specOf(external);
  return [
    ...objectsOf(data).map(({ remoteRef }) => objectOf(remoteRef)),
    ...objectsOf(dataFrom).map(({ extract }) => objectOf(extract)),
  ].flatMap((reference) => {
    const key = textOf(reference["key"]) ?? "";
    return stores.includes(key) ? [{ key, property: textOf(reference["property"]) }] : [];
  });
}

/** Addresses in the URLs of a text, as far as they are written: `${…}` is one that is known after deployment. */
const hosts = (text: string): string[] => {
  const compact = text.replace(/\{\{.*?\}\}/g, (expression) => expression.replaceAll(" ", ""));
  return [...compact.matchAll(/:\/\/[^\s"@]*@(\$\{[^}]*\}|\{\{[^}]*\}\}|[^:/\s"]+)/g)].flatMap(
    ([, host]) => host ?? [],
  );
};

function judgeAddresses(external: PlacedObject): Verdict[] {
  const texts = Object.entries(objectOf(objectOf(objectOf(specOf(external)["target"])["template"])["data"]));
  return texts.flatMap(([name, text]) =>
    hosts(textOf(text) ?? "").map((host) =>
      host.startsWith("${")
        ? pass(`${name} has the address of a store of the stacks`)
        : fail({
            expected: `${name} with the address of a store of ${external.region}, taken from its stack`,
            actual: host,
            message: `${external.label} connects to ${host} in both regions: pods of the standby then wait for a store that their network policies forbid`,
          }),
    ),
  );
}

const connections = manifest("ExternalSecret", (object) => JSON.stringify(object).includes("://{{"));
const template = "spec.target.template.data";
const replacing = (from: RegExp, to: string) =>
  update(template, (data) =>
    Object.fromEntries(Object.entries(objectOf(data)).map(([name, text]) => [name, String(text).replace(from, to)])),
  );

export default policy({
  id: "MR-34",
  severity: "error",
  proves: ["CA-07", "FG-02", "FG-03", "FL-28"],
  title: "A connection takes credentials from its secret, and its address from the region",
  because:
    "a secret has one value in both regions: an address in it sends the standby's pods to the primary, which their network policies forbid, and no comparison of the regions shows it, because both are equal",
  remedy:
    "read username and password of the store's secret as properties, and compose the URL with the endpoint that the region's stores stack exports",
  subjects: (platform) => {
    const stores = secretsOfStores(platform);
    return platform.objects.filter((one) => one.object.kind === "ExternalSecret" && readings(one, stores).length > 0);
  },
  check: (external, platform) => [
    ...readings(external, secretsOfStores(platform)).map(({ key, property }) =>
      property !== undefined && CREDENTIALS.includes(property)
        ? pass(`${property} of ${key}`)
        : fail({
            expected: `${CREDENTIALS.slice(0, 2).join(" or ")} of ${key}`,
            actual: property ?? "all of it",
            message: `${external.label} reads ${property ?? "the whole value"} of ${key}, which is the same in both regions and which no rotation writes`,
            field: "spec.data",
          }),
    ),
    ...judgeAddresses(external),
  ],
  mutants: [
    change(
      "the whole value",
      connections,
      update("spec.data", (data) =>
        objectsOf(data).map(({ secretKey, remoteRef }) => ({
          secretKey: textOf(secretKey) ?? "",
          remoteRef: { key: textOf(objectOf(remoteRef)["key"]) ?? "" },
        })),
      ),
    ),
    change("the address out of the secret", connections, replacing(/@\$\{[^}]*\}/, "@{{ .DATABASE_URL_host }}")),
    change("one address for both regions", connections, replacing(/@\$\{[^}]*\}/, "@main.db.example.org")),
    change("a field that no rotation writes", connections, set("spec.data.0.remoteRef.property", "host")),
    change("every field at once", connections, (object) => {
      const spec = asObject(object["spec"]);
      const key = textOf(objectOf(objectsOf(spec["data"])[0]?.["remoteRef"])["key"]) ?? "";
      spec["dataFrom"] = [{ extract: { key } }];
    }),
  ],
  boundary: {
    holds: change("another database of the same store", connections, replacing(/\/main/, "/other")),
    breaks: change("another store, by name", connections, replacing(/@\$\{[^}]*\}:\d+\/main/, "@db:5432/other")),
  },
});
