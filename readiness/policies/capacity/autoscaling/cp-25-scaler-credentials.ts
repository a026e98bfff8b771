import { isObject, objectOf, objectsOf, textOf, type JsonObject } from "../../../inventory/json";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Platform } from "../../../inventory/platform";
import { change, manifest, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";

/** Parameters that the server compares with what it knows, character by character. */
const compared = ["username", "password"];

/** What External Secrets writes into the Secret under this name. */
function templateOf(secret: string, { region, object }: PlacedObject, platform: Platform): JsonObject | undefined {
  const found = platform.objects.find(
    (one) =>
      one.region === region &&
      one.object.kind === "ExternalSecret" &&
      one.object.metadata.namespace === object.metadata.namespace &&
      textOf(objectOf(objectOf(one.object["spec"])["target"])["name"]) === secret,
  );
  return found === undefined ? undefined : objectOf(found.object["spec"]);
}

function judgeReference(reference: JsonObject, authentication: PlacedObject, platform: Platform): Verdict {
  const [parameter, name, key] = ["parameter", "name", "key"].map((field) => textOf(reference[field]) ?? "");
  const spec = templateOf(name ?? "", authentication, platform);
  if (spec === undefined) return unknown(`no ExternalSecret writes ${name}`);
  const written = textOf(objectOf(objectOf(objectOf(spec["target"])["template"])["data"])[key ?? ""]);
  const fetched = /^\{\{ \.(\w+) \}\}$/.exec(written ?? "")?.[1];
  const source = objectsOf(spec["data"]).find((one) => textOf(one["secretKey"]) === fetched);
  const property = source && textOf(objectOf(source["remoteRef"])["property"]);
  const expected = `${parameter} of KEDA as one field of a secret, unchanged`;
  if (fetched === undefined) return fail({ expected, actual: written ?? "nothing" });
  return property === undefined
    ? fail({ expected, actual: `all of the secret behind ${fetched}: a URL holds it percent-encoded` })
    : pass(`${parameter} is the field ${property}`);
}

const queues = manifest(
  "ExternalSecret",
  ({ metadata }) => isObject(metadata) && /-queue$/.test(String(metadata["name"])),
);
const password = "spec.target.template.data.password";

export default policy({
  id: "CP-25",
  severity: "error",
  proves: ["CA-18"],
  title: "A scaler logs in with the credentials that its queue knows",
  because:
    "KEDA hands over what it reads and decodes nothing: a password that was taken from a connection URL is percent-encoded there, the queue refuses it, and the workers stay at their minimum while tasks pile up",
  remedy: "fetch username and password as properties of the secret, and render each with {{ .name }} alone",
  subjects: (platform): readonly PlacedObject[] =>
    platform.objects.filter(({ object }) => object.kind === "TriggerAuthentication"),
  check: (authentication, platform) =>
    objectsOf(objectOf(authentication.object["spec"])["secretTargetRef"])
      .filter(({ parameter }) => compared.includes(textOf(parameter) ?? ""))
      .map((reference) => judgeReference(reference, authentication, platform)),
  mutants: [
    change("an encoded password", queues, set(password, "{{ .password | urlquery }}")),
    change("a password cut from a URL", queues, set(password, "{{ (.password | urlParse).userinfo }}")),
    change(
      "a whole URL as the password",
      queues,
      set("spec.data", [{ secretKey: "password", remoteRef: { key: "u" } }]),
    ),
    change("no password", queues, set("spec.target.template.data", { username: "{{ .username }}" })),
  ],
  boundary: {
    holds: change("another address", queues, set("spec.target.template.data.address", "queue.example:6379")),
    breaks: change("a space behind it", queues, set(password, "{{ .password }} ")),
  },
});
