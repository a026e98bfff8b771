import { type JsonValue, change, manifest, remove, set, update } from "../../../policy/mutation";
import { objectOf, textsOf } from "../../../inventory/json";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import { holds } from "../../../policy/comparison";
import { policy } from "../../../policy/policy";

const ofOther = manifest("Probe", (object) => objectOf(object["metadata"])["name"] === "probe-other-region");
const addresses = "spec.targets.staticConfig.static";
const inRegion = (region: string) =>
  manifest(
    "Probe",
    (object, _, stack) => objectOf(object["metadata"])["name"] === "probe-other-region" && stack.endsWith(region),
  );
const appended = (text: string) =>
  update(addresses, (list) => (list as JsonValue[]).map((address) => `${String(address)}${text}`));

const asks = ({ object }: PlacedObject, address: string): boolean =>
  object.kind === "Probe" &&
  textsOf(objectOf(objectOf(objectOf(object["spec"])["targets"])["staticConfig"])["static"]).includes(address);

export default policy({
  id: "OB-23",
  severity: "error",
  title: "Each region's own address of an application is asked from the other region",
  because:
    "the address that customers use leads to the region that serves: a standby whose certificate, listener or pods are broken is seen by nothing until a failover leads there",
  remedy: "keep the probe of the other region that stacks/alerting/rules.ts makes for each application with an entry",
  proves: ["CA-26"],
  subjects: (platform) =>
    platform.ofType("aws_route53_health_check").filter((check) => check.text("fqdn") !== undefined),
  check: (check, { objects, environment }) => {
    const host = check.text("fqdn") ?? "";
    const address = `https://${host}${check.text("resource_path") ?? "/"}`;
    const [own] = Object.values(environment.regions).filter(({ name }) => host.includes(`.${name}.`));
    return holds(
      objects.some((one) => one.region !== own?.name && asks(one, address)),
      `a Probe of ${address} in the other region`,
      "none",
    );
  },
  mutants: [
    remove("no probe of the other region", ofOther),
    remove("none from the secondary", inRegion("eu-west-1")),
    remove("none from the primary", inRegion("us-east-1")),
    change(
      "each region asks a host that does not exist",
      ofOther,
      set(addresses, ["https://other.example.com/health"]),
    ),
  ],
  boundary: {
    holds: change(
      "a further address",
      ofOther,
      update(addresses, (list) => [...(list as JsonValue[]), "https://further.example.com/"]),
    ),
    breaks: change("another path", ofOther, appended("z")),
  },
});
