import { numberOf } from "../../../inventory/json";
import { cpuMillis, memoryMiB } from "../../../../models/quantity";
import type { Platform } from "../../../inventory/platform";
import { type CreatedGroup, createdGroups } from "../../../inventory/views/kubernetes/created-pods";
import type { LimitRange, Quota } from "../../../inventory/facts/kubernetes/namespaces";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { mostPods } from "../../../policy-terms/capacity/most-pods";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";

type Limit = LimitRange["limits"][number];
const amount = (name: string, written: string | undefined): number | undefined =>
  name === "cpu" ? cpuMillis(written) : memoryMiB(written);

/** Each container against `max` and `min` of its namespace: the API server refuses what is outside. */
function judgeContainers(range: LimitRange, limit: Limit, workload: Workload): Verdict[] {
  const containers = [...workload.pod.initContainers, ...workload.containers];
  return containers.flatMap(({ name, cpuRequestMillis, memoryRequestMiB, cpuLimitMillis, memoryLimitMiB }) =>
    (
      [
        ["cpu", cpuRequestMillis, cpuLimitMillis],
        ["memory", memoryRequestMiB, memoryLimitMiB],
      ] as const
    ).flatMap(([resourceName, request, most]) => {
      const [max, min] = [amount(resourceName, limit.max[resourceName]), amount(resourceName, limit.min[resourceName])];
      const largest = Math.max(request ?? 0, most ?? 0);
      const low = min !== undefined && request !== undefined && request < min;
      const high = max !== undefined && largest > max;
      if (!low && !high) return [];
      return [
        fail({
          expected: `${resourceName} of container ${name} within ${limit.min[resourceName] ?? "0"} to ${limit.max[resourceName] ?? "any"} (${range.label})`,
          actual: `${high ? largest : (request ?? 0)} ${resourceName === "cpu" ? "millicores" : "MiB"}`,
          message: `${range.label} in ${range.region} refuses container ${name} of ${workload.label}: its ${resourceName} is ${high ? "above the maximum" : "below the minimum"} of the namespace, so no pod is created`,
        }),
      ];
    }),
  );
}

/** Pods that programs of the namespace make, as large as they are declared. */
function judgeCreated(range: LimitRange, limit: Limit, { pods, label }: CreatedGroup): Verdict[] {
  return (
    [
      ["cpu", pods.cpuLimitMillis],
      ["memory", pods.memoryLimitMiB],
    ] as const
  ).flatMap(([resourceName, most]) => {
    const max = amount(resourceName, limit.max[resourceName]);
    if (max === undefined || most === undefined || most <= max) return [];
    return [
      fail({
        expected: `${resourceName} of ${label} up to ${limit.max[resourceName] ?? "any"} (${range.label})`,
        actual: `${most} ${resourceName === "cpu" ? "millicores" : "MiB"}`,
        field: `creates.${pods.name}.limits.${resourceName}`,
      }),
    ];
  });
}

function judgeRange(range: LimitRange, platform: Platform): Verdict[] {
  const workloads = platform.workloads.filter(
    ({ region, namespace }) => region === range.region && namespace === range.namespace,
  );
  return range.limits
    .filter(({ type }) => type === "Container")
    .flatMap((limit) => [
      ...workloads.flatMap((workload) => judgeContainers(range, limit, workload)),
      ...createdGroups(workloads).flatMap((group) => judgeCreated(range, limit, group)),
    ]);
}

/** What a quota counts beyond CPU, memory and pods, which CP-05 judges. */
function judgeQuota(quota: Quota, platform: Platform): Verdict[] {
  const here = ({ region, namespace }: { region: string; namespace: string }): boolean =>
    region === quota.region && namespace === quota.namespace;
  const claims = platform.workloads
    .filter(here)
    .flatMap((workload) =>
      workload.volumeClaimTemplates.map((claim) => ({ pods: mostPods(workload) ?? 1, MiB: claim.storageMiB ?? 0 })),
    );
  const objects = platform.objects.filter(
    ({ region, object }) => region === quota.region && object.metadata.namespace === quota.namespace,
  );
  const counted = (kind: string): number => objects.filter(({ object }) => object.kind === kind).length;
  const sum = (of: (claim: { pods: number; MiB: number }) => number): number =>
    claims.reduce((total, one) => total + of(one), 0);
  const own = sum(({ pods }) => pods) + counted("PersistentVolumeClaim");
  const needs: Readonly<Record<string, number>> = {
    persistentvolumeclaims: own,
    "count/persistentvolumeclaims": own,
    "requests.storage": sum(({ pods, MiB }) => pods * MiB),
    services: counted("Service"),
    "count/services": counted("Service"),
    configmaps: counted("ConfigMap"),
    "count/configmaps": counted("ConfigMap"),
    secrets: counted("Secret") + counted("ExternalSecret"),
    "count/secrets": counted("Secret") + counted("ExternalSecret"),
    "count/deployments.apps": counted("Deployment"),
    "count/statefulsets.apps": counted("StatefulSet"),
    "count/jobs.batch": counted("Job") + counted("CronJob"),
  };
  return Object.entries(quota.hard).flatMap(([name, hard]) => {
    const need = needs[name.replace(/^.*\.storageclass\.storage\.k8s\.io\//, "")];
    const limit = name.endsWith("requests.storage") ? memoryMiB(hard) : numberOf(hard);
    if (need === undefined || limit === undefined || need <= limit) return [];
    return [
      fail({
        expected: `${name} of at least ${need}${name.endsWith("requests.storage") ? " MiB" : ""}`,
        actual: hard,
        message: `${quota.label} in ${quota.region} allows ${name} ${hard}, and the namespace needs ${need}: the API server refuses what is beyond`,
      }),
    ];
  });
}

const ranges = resource("kubernetes_limit_range_v1");
const quotas = resource("kubernetes_resource_quota_v1");
const ofMirror = resource("kubernetes_resource_quota_v1", (_b, _i, stack) => stack.startsWith("mirror-"));

export default policy({
  id: "WL-29",
  severity: "error",
  proves: ["FL-17", "CA-15"],
  title: "Limit ranges and quotas admit every pod, claim and object of their namespace",
  because:
    "the API server refuses a pod outside of a LimitRange and a claim beyond a quota: the workload has no pods, and no object is invalid",
  remedy: "raise the maximum or the quota to what the components request, or lower the requests",
  subjects: (platform): readonly (LimitRange | Quota)[] => [...platform.limitRanges, ...platform.quotas],
  check: (item, platform): Verdict | readonly Verdict[] => {
    const found = "limits" in item ? judgeRange(item, platform) : judgeQuota(item, platform);
    return found.length > 0 ? found : pass("everything fits");
  },
  mutants: [
    change("a maximum below the requests", ranges, set("spec.limit.max", { memory: "64Mi" })),
    change("a minimum above the requests", ranges, set("spec.limit.min", { cpu: "8" })),
    change("a maximum of CPU below the limits", ranges, set("spec.limit.max", { cpu: "50m" })),
    change(
      "a maximum below the pods that a program makes",
      resource("kubernetes_limit_range_v1", (_b, _i, stack) => stack.startsWith("operator-")),
      set("spec.limit.0.max.memory", "1Gi"),
    ),
    change("no claims", ofMirror, set(["spec", "hard", "persistentvolumeclaims"], "0")),
    change("no storage", ofMirror, set(["spec", "hard", "requests.storage"], "1Gi")),
    change("no services", quotas, set(["spec", "hard", "count/services"], "0")),
  ],
  boundary: {
    holds: change(
      "as many claims as pods at the maximum",
      ofMirror,
      set(["spec", "hard", "persistentvolumeclaims"], "40"),
    ),
    breaks: change("one claim", ofMirror, set(["spec", "hard", "persistentvolumeclaims"], "1")),
  },
});
