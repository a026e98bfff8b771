import { type JsonObject, isObject, objectOf, objectsOf, textsOf } from "../../readiness/inventory/json";

/** Something wrong that synthesis did not write, put into one stack to see that the proof finds it. */
export interface Fault {
  readonly name: string;
  /** The part of the proof that has to find it. */
  readonly part: "terraform" | "kubernetes" | "charts";
  /** The layer or application whose stack of the primary region gets it. */
  readonly stack: (name: string, terraform: JsonObject) => boolean;
  /** @returns the changed stack, or undefined when it holds nothing that could be changed so */
  readonly plant: (terraform: JsonObject) => JsonObject | undefined;
  /** What the failure must name: resource and reason. */
  readonly named: readonly RegExp[];
}

type Change = (body: JsonObject) => JsonObject;

/** Changes the first resource of a type, in the order of names. */
function changing(terraform: JsonObject, type: string, change: Change): JsonObject | undefined {
  const resources = objectOf(terraform["resource"]);
  const bodies = objectOf(resources[type]);
  const [name] = Object.keys(bodies).sort();
  return name === undefined
    ? undefined
    : { ...terraform, resource: { ...resources, [type]: { ...bodies, [name]: change(objectOf(bodies[name])) } } };
}

/** Changes each resource of a type: which of the charts are at hand differs from machine to machine, the project's own one always is. */
function changingEach(terraform: JsonObject, type: string, change: Change): JsonObject | undefined {
  const resources = objectOf(terraform["resource"]);
  const bodies = Object.entries(objectOf(resources[type])).map(([name, body]): [string, JsonObject] => [
    name,
    change(objectOf(body)),
  ]);
  return bodies.length === 0
    ? undefined
    : { ...terraform, resource: { ...resources, [type]: Object.fromEntries(bodies) } };
}

/** Changes the first manifest of a kind in the releases of local charts. */
function changingManifest(terraform: JsonObject, kind: string, change: Change): JsonObject | undefined {
  const resources = objectOf(terraform["resource"]);
  for (const [name, release] of Object.entries(objectOf(resources["helm_release"])).sort(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    const [text = "{}"] = textsOf(objectOf(release)["values"]);
    const values: unknown = JSON.parse(text);
    const manifests = isObject(values) ? objectsOf(values["manifests"]) : [];
    const at = manifests.findIndex((manifest) => manifest["kind"] === kind);
    if (at < 0) continue;
    const changed = manifests.map((manifest, index) => (index === at ? change(manifest) : manifest));
    const body = { ...objectOf(release), values: [JSON.stringify({ ...objectOf(values), manifests: changed })] };
    return {
      ...terraform,
      resource: { ...resources, helm_release: { ...objectOf(resources["helm_release"]), [name]: body } },
    };
  }
  return undefined;
}

/** A block is written as an object, or as a list of one. */
const inBlock = (value: JsonObject[string], change: Change): JsonObject =>
  change(objectOf(Array.isArray(value) ? (value as readonly unknown[])[0] : value));
const inSpec = (body: JsonObject, change: Change): JsonObject => ({ ...body, spec: inBlock(body["spec"], change) });
const inPod = (body: JsonObject, change: Change): JsonObject =>
  inSpec(body, (spec) => ({
    ...spec,
    template: inBlock(spec["template"], (template) => ({ ...template, spec: inBlock(template["spec"], change) })),
  }));

/** The stack of an application in the primary region: the first that holds what the fault changes. */
const application: Fault["stack"] = (_name, terraform) => {
  const { layer, role } = objectOf(objectOf(terraform["//"])["plimsoll"]);
  return layer === "application" && role === "primary";
};

export const faults: readonly Fault[] = [
  {
    name: "an IAM policy that does not parse",
    part: "terraform",
    stack: (name) => name === "edge",
    plant: (terraform) =>
      changing(terraform, "aws_iam_role_policy", (body) => ({
        ...body,
        policy: '{"Version":"2012-10-17","Statement":[',
      })),
    named: [/edge/, /aws_iam_role_policy\./, /JSON/i],
  },
  {
    name: "a subnet outside its VPC",
    part: "terraform",
    stack: (name) => name === "network-us-east-1",
    plant: (terraform) => changing(terraform, "aws_subnet", (body) => ({ ...body, cidr_block: "192.168.7.0/24" })),
    named: [/network-us-east-1/, /aws_subnet\./, /InvalidSubnet\.Range/],
  },
  {
    name: "a wrong attribute by addOverride",
    part: "terraform",
    stack: (name) => name === "network-us-east-1",
    plant: (terraform) => changing(terraform, "aws_vpc", (body) => ({ ...body, enable_dns_hostname: true })),
    named: [/network-us-east-1/, /enable_dns_hostname/, /unsupported|extraneous|not expected/i],
  },
  {
    name: "a Kubernetes field that does not exist",
    part: "kubernetes",
    stack: application,
    plant: (terraform) =>
      changingManifest(terraform, "ExternalSecret", (object) => ({
        ...object,
        spec: { ...objectOf(object["spec"]), refreshIntervall: "1h" },
      })),
    named: [/\S+-us-east-1 helm_release\./, /ExternalSecret/, /refreshIntervall/],
  },
  {
    name: "a selector that does not match its template",
    part: "kubernetes",
    stack: application,
    plant: (terraform) =>
      changing(terraform, "kubernetes_deployment_v1", (body) =>
        inSpec(body, (spec) => ({ ...spec, selector: { match_labels: { app: "of-another-owner" } } })),
      ),
    named: [/\S+-us-east-1 kubernetes_deployment_v1\./, /Deployment/, /selector.*does not match template/s],
  },
  {
    name: "a CRD field of the wrong type",
    part: "kubernetes",
    stack: application,
    plant: (terraform) =>
      changingManifest(terraform, "ExternalSecret", (object) => ({
        ...object,
        spec: { ...objectOf(object["spec"]), data: "all of it" },
      })),
    named: [/\S+-us-east-1 helm_release\./, /ExternalSecret/, /spec\.data/],
  },
  {
    name: "a pod that no pool can hold",
    part: "kubernetes",
    stack: application,
    plant: (terraform) =>
      changing(terraform, "kubernetes_deployment_v1", (body) =>
        inPod(body, (pod) => ({ ...pod, node_selector: { "node.kubernetes.io/instance-type": "u7i-12tb.224xlarge" } })),
      ),
    named: [/\S+-us-east-1 kubernetes_deployment_v1\./, /not rolled out/, /nodes are available/],
  },
  {
    name: "a disruption budget that blocks the drain",
    part: "kubernetes",
    stack: application,
    plant: (terraform) =>
      changingEach(terraform, "helm_release", (body) => ({
        ...body,
        values: textsOf(body["values"]).map((text) => text.replace(/"minAvailable":\d+/, '"minAvailable":"100%"')),
      })),
    named: [/drain of /, /\S+-us-east-1 helm_release\./, /disruption budget/i],
  },
  {
    name: "a chart value that the chart does not read",
    part: "charts",
    stack: (name) => name === "platform-us-east-1",
    plant: (terraform) =>
      changingEach(terraform, "helm_release", (body) => ({
        ...body,
        values: [JSON.stringify({ ...objectOf(JSON.parse(textsOf(body["values"])[0] ?? "{}")), replicaCounts: 7 })],
      })),
    named: [/platform-us-east-1 helm_release\./, /does not read the value replicaCounts/],
  },
];
