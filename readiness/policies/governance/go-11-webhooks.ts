import { type JsonObject, numberOf, objectOf, objectsOf, textOf, textsOf } from "../../inventory/json";
import { matches, selectorOf } from "../../inventory/kubernetes/selector";
import type { PlacedObject } from "../../inventory/kubernetes/object";
import type { Platform } from "../../inventory/platform";
import type { Subject } from "../../inventory/subject";
import { add } from "../../policy/mutation";
import type { JsonObject as Draft } from "../../policy/json";
import { policy, wholePlatform } from "../../policy/policy";
import { fail, notApplicable, pass, type Verdict } from "../../policy/verdict";

/** Kinds without which nothing starts, the webhook's own backend included. */
const vital = [
  "pods",
  "*",
  "*/*",
  "nodes",
  "services",
  "leases",
  "endpointslices",
  "namespaces",
  "deployments",
  "replicasets",
  "daemonsets",
  "events",
];

const touches = (webhook: JsonObject): readonly string[] =>
  objectsOf(webhook["rules"]).flatMap((rule) =>
    textsOf(rule["resources"]).filter((one) => vital.includes(one.split("/")[0] ?? "") || one === "*/*"),
  );

/** Namespaces that must be left out: the one of the backend, and that of the system's pods. */
function covered(webhook: JsonObject, region: string, backend: string, platform: Platform): readonly string[] {
  const selector = selectorOf(webhook["namespaceSelector"]);
  return ["kube-system", backend].filter((name) => {
    const namespace = platform.namespaces.find((one) => one.region === region && one.name === name);
    // The API server sets this label on every namespace.
    return matches(selector, { ...namespace?.labels, "kubernetes.io/metadata.name": name });
  });
}

function judgeWebhook(configuration: PlacedObject, webhook: JsonObject, platform: Platform): Verdict[] {
  const client = objectOf(webhook["clientConfig"]);
  const service = objectOf(client["service"]);
  const [name, namespace] = [textOf(service["name"]), textOf(service["namespace"]) ?? ""];
  const who = `webhook ${textOf(webhook["name"]) ?? ""} in ${configuration.region}`;
  const there = platform.services.some(
    (one) => one.region === configuration.region && one.name === name && one.namespace === namespace,
  );
  const fails = (textOf(webhook["failurePolicy"]) ?? "Fail") === "Fail";
  const resources = touches(webhook);
  const reached = name === undefined ? [] : covered(webhook, configuration.region, namespace, platform);
  const seconds = numberOf(webhook["timeoutSeconds"]) ?? 10;
  return [
    name === undefined || there
      ? pass(name ?? "outside of the cluster")
      : fail({
          expected: `Service ${namespace}/${name} of ${who}`,
          actual: "none",
          message: `${who} calls Service ${namespace}/${name}, which does not exist${fails ? ": the API server refuses what it should admit" : ""}`,
        }),
    fails && resources.length > 0 && (reached.length > 0 || name === undefined)
      ? fail({
          expected: `failurePolicy Ignore, or a namespaceSelector without ${reached.join(", ") || "kube-system"}`,
          actual: `Fail on ${resources.join(", ")} of ${reached.join(", ") || "all namespaces"}`,
          message: `${who} fails closed on ${resources.join(", ")} of ${reached.join(", ") || "all namespaces"}: while its backend is down no pod starts, its own backend included`,
        })
      : pass(textOf(webhook["failurePolicy"]) ?? "Fail"),
    seconds > 15 ? fail({ expected: "timeoutSeconds of at most 15", actual: `${seconds}` }) : pass(`${seconds} s`),
  ];
}

const isConfiguration = ({ object }: PlacedObject): boolean =>
  /^(Mutating|Validating)WebhookConfiguration$/.test(object.kind);

const webhook = (name: string, more: Draft, resources: string[] = ["pods"]) =>
  add(name, /^platform-/, "kubernetes_validating_webhook_configuration_v1", "webhook", {
    metadata: { name: "guard" },
    webhook: [
      {
        name: "guard.example.com",
        admission_review_versions: ["v1"],
        side_effects: "None",
        client_config: { service: { name: "api", namespace: "storefront", path: "/" } },
        rule: [{ api_groups: [""], api_versions: ["v1"], operations: ["CREATE"], resources }],
        ...more,
      },
    ],
  });
const without = (names: string[]): Draft => ({
  namespace_selector: { match_expressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: names }] },
});

export default policy({
  id: "GO-11",
  severity: "error",
  proves: ["CA-02"],
  title: "No webhook can stop pods of the system or of its own backend",
  because:
    "a webhook that fails closed on pods of all namespaces with its backend in the cluster keeps the backend itself from starting again",
  remedy: "set failurePolicy Ignore, or leave kube-system and the backend's namespace out by a namespaceSelector",
  equivalents: ["hardeneks (part)"],
  subjects: (platform): readonly Subject[] => {
    const found = platform.objects.filter(isConfiguration);
    return found.length > 0 ? found : [wholePlatform];
  },
  check: (subject, platform): Verdict | readonly Verdict[] => {
    const configuration = platform.objects.find((one) => one === subject);
    return configuration
      ? objectsOf(configuration.object["webhooks"]).flatMap((one) => judgeWebhook(configuration, one, platform))
      : notApplicable("no stack makes a webhook; those of charts are recorded with the chart");
  },
  mutants: [
    webhook("fails closed on all pods", { failure_policy: "Fail" }),
    webhook("fails closed by default", {}),
    webhook("fails closed on everything", without(["kube-system"]), ["*"]),
    webhook("calls a Service that does not exist", {
      failure_policy: "Ignore",
      client_config: { service: { name: "ghost", namespace: "kube-system" } },
    }),
    webhook("an address outside of the cluster", { client_config: { url: "https://guard.example.com/" } }),
    webhook("half a minute for each call", { failure_policy: "Ignore", timeout_seconds: 30 }),
  ],
  boundary: {
    holds: webhook("both namespaces are left out", without(["kube-system", "storefront"])),
    breaks: webhook("the backend's namespace is not", without(["kube-system"])),
  },
});
