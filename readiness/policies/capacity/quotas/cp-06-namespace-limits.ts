import type { Namespace } from "../../../inventory/facts/kubernetes/namespaces";
import type { Platform } from "../../../inventory/platform";
import { contains } from "../../../policy/comparison";
import { change, remove, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { resource } from "../../../policy/target";

const isApplication = (namespace: Namespace, platform: Platform): boolean =>
  namespace.objectives !== undefined ||
  namespace.objectivesError !== undefined ||
  platform.stacks.some(({ name, layer }) => name === namespace.stack && layer === "application");

const limited = (namespace: Namespace): string[] =>
  [...new Set(namespace.quotas.flatMap(({ hard }) => Object.keys(hard)))].sort();

function defaults(namespace: Namespace): string[] {
  const containers = namespace.limitRanges.flatMap(({ limits }) => limits).filter(({ type }) => type === "Container");
  return [
    ...new Set(
      containers.flatMap((limit) => [
        ...Object.keys(limit.defaultRequest).map((name) => `requests.${name}`),
        ...Object.keys(limit.default).map((name) => `limits.${name}`),
      ]),
    ),
  ].sort();
}

const quotas = resource("kubernetes_resource_quota_v1");
const ranges = resource("kubernetes_limit_range_v1");

export default policy({
  id: "CP-06",
  severity: "warning",
  title: "Each application namespace has a ResourceQuota and a LimitRange",
  because:
    "one application that scales without a bound takes the nodes of all others; with a quota alone, a pod that states nothing is refused",
  remedy:
    "let the namespace have a ResourceQuota of requests, memory limits and pods, and a LimitRange with defaults for containers",
  proves: ["FL-17", "CA-15"],
  equivalents: ["hardeneks check_resource_quota"],
  subjects: (platform) => platform.namespaces.filter((namespace) => isApplication(namespace, platform)),
  check: (namespace) => [
    contains(
      ["limits.memory", "pods", "requests.cpu", "requests.memory"],
      limited(namespace),
      "amounts that quotas of the namespace limit",
    ),
    contains(
      ["limits.memory", "requests.cpu", "requests.memory"],
      defaults(namespace),
      "amounts that a container gets which states none",
    ),
  ],
  mutants: [
    remove("no quota", quotas),
    remove("no limit range", ranges),
    change("a quota of pods alone", quotas, set("spec.hard", { pods: "100" })),
    change(
      "a limit range of pods, not of containers",
      ranges,
      set("spec.limit", [{ type: "Pod", max: { memory: "1Gi" } }]),
    ),
    change("no default request", ranges, unset("spec.limit.default_request")),
    change("no default limit", ranges, unset("spec.limit.default")),
  ],
  boundary: {
    holds: change("a quota that also limits CPU", quotas, set(["spec", "hard", "limits.cpu"], "100")),
    breaks: change("a quota that does not limit CPU requests", quotas, unset(["spec", "hard", "requests.cpu"])),
  },
});
