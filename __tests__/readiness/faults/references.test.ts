import { asObject, type JsonObject } from "../../../readiness/policy/json";
import { change, changeStack, manifest, remove, resource, set } from "../../../readiness/policy/mutation";
import { describeFaults } from "./planted-faults";

const CONTAINER = "spec.template.spec.container";
const POD = "spec.template.spec";
const deployment = "kubernetes_deployment_v1";
const of = (application: string) => (_block: object, _id: string, stack: string) => stack.startsWith(`${application}-`);
const namespaced = (namespace: string) => (object: JsonObject) =>
  asObject(object["metadata"])["namespace"] === namespace;
const schedules = (edit: (schedule: JsonObject) => void) => (block: JsonObject) => {
  const values = JSON.parse(String((block["values"] as string[])[0])) as JsonObject;
  for (const schedule of Object.values(asObject(values["schedules"]))) edit(asObject(schedule));
  block["values"] = [JSON.stringify(values)];
};
const velero = (block: JsonObject): boolean => block["chart"] === "velero";

describeFaults("references, cluster-wide kinds, backups and supply chain", [
  {
    name: "a ConfigMap that does not exist",
    refusedBy: "WL-21",
    says: /reads ConfigMap ghost, which does not exist: its pods never start/,
    plant: (here) =>
      change("m", resource(deployment, here()), set(`${CONTAINER}.env_from`, [{ config_map_ref: { name: "ghost" } }])),
  },
  {
    name: "a key that its Secret does not have",
    refusedBy: "WL-21",
    says: /reads key GHOST of Secret api-secrets, which has /,
    plant: (here) =>
      change(
        "m",
        resource(deployment, here(of("storefront"))),
        set(`${CONTAINER}.env`, [{ name: "T", value_from: { secret_key_ref: { name: "api-secrets", key: "GHOST" } } }]),
      ),
  },
  {
    name: "ExternalSecrets that are removed",
    refusedBy: "WL-21",
    says: /Secret .*-secrets, which does not exist/,
    plant: (here) => remove("m", manifest("ExternalSecret", here(namespaced("storefront")))),
  },
  {
    name: "a remote secret that does not exist",
    refusedBy: "SC-29",
    says: /reads .*ghost.*, which does not exist there/,
    plant: (here) =>
      change("m", manifest("ExternalSecret", here()), set("spec.data.remoteRef.key", "acme/production/ghost/KEY")),
  },
  {
    name: "a secret store of another name",
    refusedBy: "SC-29",
    says: /store ghost does not exist/,
    plant: (here) => change("m", manifest("ExternalSecret", here()), set("spec.secretStoreRef.name", "ghost")),
  },
  {
    name: "a priority class that does not exist",
    refusedBy: "WL-22",
    says: /names PriorityClass ghost, which does not exist/,
    plant: (here) => change("m", resource(deployment, here()), set(`${POD}.priority_class_name`, "ghost")),
  },
  {
    name: "a binding to a port that its Service does not have",
    refusedBy: "WL-23",
    says: /sends traffic to port 8081 of Service .*no target is registered/,
    plant: (here) => change("m", manifest("TargetGroupBinding", here()), set("spec.serviceRef.port", 8081)),
  },
  {
    name: "a paused rollout",
    refusedBy: "WL-28",
    says: /the rollout is paused: no new revision reaches its pods/,
    plant: (here) => change("m", resource(deployment, here()), set("spec.paused", true)),
  },
  {
    name: "a limit range below the requests",
    refusedBy: "WL-29",
    says: /its memory is above the maximum of the namespace, so no pod is created/,
    plant: (here) =>
      change("m", resource("kubernetes_limit_range_v1", here()), set("spec.limit.max", { memory: "64Mi" })),
  },
  {
    name: "a quota without claims",
    refusedBy: "WL-29",
    says: /allows persistentvolumeclaims 0, and the namespace needs/,
    plant: (here) =>
      change(
        "m",
        resource("kubernetes_resource_quota_v1", here()),
        set(["spec", "hard", "persistentvolumeclaims"], "0"),
      ),
  },
  {
    name: "readiness that is asked after an hour",
    refusedBy: "WL-30",
    says: /first readiness probe/,
    plant: (here) =>
      change("m", resource(deployment, here()), set(`${CONTAINER}.readiness_probe.initial_delay_seconds`, 3600)),
  },
  {
    name: "the node's DNS in pods",
    refusedBy: "WL-31",
    says: /has dnsPolicy Default: its pods do not resolve names of Services/,
    plant: (here) => change("m", resource(deployment, here()), set(`${POD}.dns_policy`, "Default")),
  },
  {
    name: "a scheduler that does not run",
    refusedBy: "WL-31",
    says: /has schedulerName volcano/,
    plant: (here) => change("m", resource(deployment, here()), set(`${POD}.scheduler_name`, "volcano")),
  },
  {
    name: "a depends_on that leads nowhere",
    refusedBy: "DE-21",
    says: /depends on aws_iam_role\.ghost, which is not in the stack/,
    plant: (here) => change("m", resource("aws_iam_role_policy", here()), set("depends_on", ["aws_iam_role.ghost"])),
  },
  {
    name: "a priority class for everybody",
    refusedBy: "WL-33",
    says: /is the global default with 1000000/,
    plant: (_here, stacks) =>
      changeStack("m", new RegExp(`^platform-.*${stacks.source}`), (terraform) => {
        asObject(terraform["resource"])["kubernetes_priority_class_v1"] = {
          all: { metadata: { name: "all" }, value: 1_000_000, global_default: true },
        };
      }),
  },
  {
    name: "a webhook that fails closed on all pods",
    refusedBy: "GO-11",
    says: /fails closed on pods .*no pod starts, its own backend included/,
    plant: (_here, stacks) =>
      changeStack("m", new RegExp(`^platform-.*${stacks.source}`), (terraform) => {
        asObject(terraform["resource"])["kubernetes_mutating_webhook_configuration_v1"] = {
          all: {
            metadata: { name: "all" },
            webhook: [
              {
                name: "w.example.com",
                failure_policy: "Fail",
                client_config: { service: { name: "api", namespace: "storefront" } },
                rule: [{ api_groups: [""], api_versions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
              },
            ],
          },
        };
      }),
  },
  {
    name: "a deny-all in kube-system",
    refusedBy: "GO-12",
    says: /cuts off .*coredns/,
    plant: (_here, stacks) =>
      changeStack("m", new RegExp(`^platform-.*${stacks.source}`), (terraform) => {
        asObject(asObject(terraform["resource"])["kubernetes_network_policy_v1"])["deny"] = {
          metadata: { name: "deny", namespace: "kube-system" },
          spec: { pod_selector: {}, policy_types: ["Ingress", "Egress"] },
        };
      }),
  },
  {
    name: "Amazon Linux 2 nodes",
    refusedBy: "SU-13",
    says: /EKS releases AL2_x86_64 up to 1\.32, and the cluster has 1\.36/,
    plant: (here) => change("m", resource("aws_eks_node_group", here()), set("ami_type", "AL2_x86_64")),
  },
  {
    name: "a chart repository of another owner",
    refusedBy: "SU-14",
    says: /which is not a trusted repository/,
    plant: (here) =>
      change("m", resource("helm_release", here(velero)), set("repository", "https://charts.example.com")),
  },
  {
    name: "a provider of another owner",
    refusedBy: "SU-14",
    says: /is taken from example\/aws/,
    plant: (_here, stacks) =>
      changeStack(
        "m",
        new RegExp(`^network-.*${stacks.source}`),
        set("terraform.required_providers.aws.source", "example/aws"),
      ),
  },
  {
    name: "a program after a resource",
    refusedBy: "SU-15",
    says: /provisioner local-exec runs with the credentials/,
    plant: (here) =>
      change("m", resource(deployment, here()), set("provisioner", [{ "local-exec": { command: "true" } }])),
  },
  {
    name: "paused backups",
    refusedBy: "DR-01",
    says: /an enabled schedule .* that includes/,
    plant: (here) =>
      change(
        "m",
        resource("helm_release", here(velero)),
        schedules((schedule) => {
          schedule["paused"] = true;
        }),
      ),
  },
  {
    name: "backups of an hour",
    refusedBy: "DR-02",
    says: /no schedule that runs covers it/,
    plant: (here) => change("m", resource("helm_release", here(velero)), schedules(set("template.ttl", "1h0m0s"))),
  },
  {
    name: "an autoscaler bound to ten nodes",
    refusedBy: "WL-32",
    says: /max-nodes-total/,
    plant: (here) =>
      change(
        "m",
        resource(
          "helm_release",
          here((block) => block["chart"] === "cluster-autoscaler"),
        ),
        set(["values", "0", "extraArgs", "max-nodes-total"], 10),
      ),
  },
  {
    name: "a node group that is updated at once",
    refusedBy: "DE-22",
    says: /percent of the nodes that an update replaces at once/,
    plant: (here) =>
      change("m", resource("aws_eks_node_group", here()), set("update_config", { max_unavailable_percentage: 100 })),
  },
]);
