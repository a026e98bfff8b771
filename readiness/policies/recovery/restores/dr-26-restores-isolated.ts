import { restoreTestNames } from "../../../../catalog/kubernetes/restored-kinds";
import { type RestoreTest, restoreTests } from "../../../figures/recovery/restore-tests";
import { isIdle } from "../../../figures/recovery/restore-scratch";
import type { Platform } from "../../../inventory/platform";
import type { Namespace } from "../../../inventory/facts/kubernetes/namespaces";
import { atMost, equals, holds } from "../../../policy/comparison";
import { add, addManifest, change, manifest, remove, resource, set, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";
import { edited, tests } from "./_restore-tests";
import { covers, inSchedules, veleroReleases } from "../_velero";

const { scratch } = restoreTestNames;
/** More than the volumes of all applications; their pods would not fit. */
const MOST_PODS = 10;
const ofScratch = (type: string) => resource(type, (_, id) => id.startsWith("restore-scratch_"));
const denied = ofScratch("kubernetes_network_policy_v1");
const quota = ofScratch("kubernetes_resource_quota_v1");
const machine = tests("namespaces");
const modifiers = manifest("ConfigMap", (block) => JSON.stringify(block).includes("resourceModifierRules"));
/** Takes one kind of workload out of the modifiers. */
const runs = (name: string, index: number) =>
  change(
    name,
    modifiers,
    set(
      ["data", "resource-modifiers.yaml", "resourceModifierRules", String(index), "conditions", "groupResource"],
      "no",
    ),
  );

export default policy({
  id: "DR-26",
  severity: "error",
  proves: ["FF-25"],
  title: "The namespace that restores are tried in runs nothing and has no traffic",
  because:
    "a restored worker takes messages from the queue of production, and a restored target answers customers with old data",
  remedy: "keep RestoreScratch in the ServicesStack, and what catalog/charts/velero/restore-test.ts gives to Velero",
  subjects: (platform) => platform.backups,
  check: (system, platform) => {
    const all = restoreTests(platform).filter(({ region }) => region === system.region);
    const namespace = platform.namespaces.find(({ name, region }) => name === scratch && region === system.region);
    if (namespace === undefined)
      return fail({ expected: `a namespace ${scratch} in ${system.region ?? "the region"}`, actual: "none" });
    return [
      ...restoredInto(all),
      ...unreached(namespace, platform),
      atMost(MOST_PODS, Math.min(...namespace.quotas.map(({ hard }) => Number(hard["pods"]))), "pods by its quota"),
      ...isIdle(all, system.region, platform).map(({ kind, is }) =>
        holds(is, `restored ${kind} run nothing`, "they run"),
      ),
      holds(
        !system.schedules.some((schedule) => covers(schedule, scratch)),
        "the scratch is in no backup",
        "a schedule backs it up",
      ),
    ];
  },
  mutants: [
    remove("no namespace", ofScratch("kubernetes_namespace_v1")),
    change("restored beside the application", machine, edited(`"scratch":"${scratch}"`, '"scratch":"shop"')),
    remove("no default deny", denied),
    change("everybody reaches it", denied, set("spec.ingress", [{}])),
    change("it reaches everything", denied, set("spec.egress", [{}])),
    change("only ways in are denied", denied, set("spec.policy_types", ["Ingress"])),
    addManifest("behind the load balancer", manifest("MutatingAdmissionPolicyBinding"), {
      apiVersion: "elbv2.k8s.aws/v1beta1",
      kind: "TargetGroupBinding",
      metadata: { name: "entry", namespace: scratch },
      spec: { serviceRef: { name: "api", port: 80 }, targetGroupARN: "arn" },
    }),
    add("a service of its own", /^platform-/, "kubernetes_service_v1", "scratch", {
      metadata: { name: "api", namespace: scratch },
      spec: { selector: { app: "api" }, port: [{ port: 80 }] },
    }),
    add("rights in AWS", /^platform-/, "aws_eks_pod_identity_association", "scratch", {
      cluster_name: "c",
      namespace: scratch,
      service_account: "default",
      role_arn: "arn",
    }),
    remove("no quota", quota),
    remove("no resource modifiers", modifiers),
    change("other resource modifiers", machine, edited(/"modifiers":"[^"]+"/g, '"modifiers":"other"')),
    runs("Deployments run", 0),
    runs("StatefulSets run", 1),
    runs("CronJobs run", 2),
    change("backed up again", veleroReleases, inSchedules(update("template.includedNamespaces", () => ["*"]))),
  ],
  boundary: {
    holds: change("nine pods", quota, set("spec.hard.pods", String(MOST_PODS - 1))),
    breaks: change("eleven pods", quota, set("spec.hard.pods", String(MOST_PODS + 1))),
  },
});

function restoredInto(all: readonly RestoreTest[]): Verdict[] {
  const names = all.flatMap(({ stores }) =>
    stores.filter(({ kind }) => kind === "namespace").map((one) => one.scratch ?? "none"),
  );
  return [equals([scratch], [...new Set(names)], "namespaces that restores are tried in")];
}

/** Nothing routes to it, and no policy of it lets anything through. */
function unreached(namespace: Namespace, platform: Platform): Verdict[] {
  const ways = namespace.networkPolicies.filter(({ ingress, egress }) => ingress.length + egress.length > 0);
  const routed = platform.objects.filter(
    ({ region, object }) =>
      region === namespace.region &&
      object.metadata.namespace === scratch &&
      ["Ingress", "Service", "TargetGroupBinding", "ScaledObject"].includes(object.kind),
  );
  const associated = platform
    .ofType("aws_eks_pod_identity_association")
    .filter((one) => one.region === namespace.region && one.text("namespace") === scratch);
  return [
    holds(
      namespace.deniesIngressByDefault && namespace.deniesEgressByDefault,
      "all traffic is denied by default",
      "some is not",
    ),
    holds(ways.length === 0, "no way in or out", ways.map(({ name }) => name).join(", ")),
    holds(routed.length === 0, "nothing routes to it or scales it", routed.map(({ object }) => object.kind).join(", ")),
    holds(associated.length === 0, "its pods have no role in AWS", associated.map(({ label }) => label).join(", ")),
    equals(0, namespace.workloads.length, "workloads of its own"),
  ];
}
