import type { Workload, WorkloadContainer } from "../../../inventory/facts/kubernetes/workload-graph";
import { atMost } from "../../../policy/comparison";
import { change, each, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";
import { asPromised, promisesOf } from "../../../policy-terms/promised";
import { fixedByChart } from "../../../policy-terms/scope";
import { CONTAINER, deployments, simplest } from "../../../policy-terms/targets";
import { undecided, written } from "../../../policy-terms/required-value";

const atMostLimit = (request: number | undefined, limit: number | undefined, what: string, field: string): Verdict[] =>
  request === undefined || limit === undefined ? [] : [atMost(limit, request, what, { field })];

const resources = (requestMiB: number, limitMiB: number) =>
  each(
    set(`${CONTAINER}.resources.requests.memory`, `${requestMiB}Mi`),
    set(`${CONTAINER}.resources.limits.memory`, `${limitMiB}Mi`),
  );

/** The container that the reports speak of: the first one, beside which others are sidecars. */
const isMain = ({ workload, container }: WorkloadContainer): boolean => workload.containers[0]?.name === container.name;

export default policy({
  id: "WL-06",
  severity: "error",
  title: "Each container has CPU and memory requests and a memory limit, as committed",
  because:
    "the scheduler places by requests, so an undeclared container overloads its node; without a memory limit one leak kills its neighbours",
  remedy:
    "set requests.cpu, requests.memory and limits.memory of the component, or resources in the values of the chart",
  proves: ["CA-02", "CA-15", "FF-02", "FG-04", "FL-03", "XB-06"],
  equivalents: [
    "kube-score container-resources",
    "checkov CKV_K8S_10",
    "checkov CKV_K8S_11",
    "checkov CKV_K8S_12",
    "checkov CKV_K8S_13",
  ],
  subjects: (platform): readonly (Workload | WorkloadContainer)[] => [
    ...platform.containers,
    ...platform.workloads.filter(({ containers }) => containers.length === 0),
  ],
  check: (item, platform): Verdict | Verdict[] => {
    if (!("container" in item))
      return fail({ expected: "a container that states what it needs", actual: "the pod has none" });
    const chart = item.init ? fixedByChart(item, "initRequests") : undefined;
    if (chart) return chart;
    const { cpuRequestMillis, memoryRequestMiB, memoryLimitMiB, cpuLimitMillis, name } = item.container;
    const reason = undecided(item, "resources");
    const figure = (value: number | undefined, field: string) => ({
      value,
      field,
      ...(value === undefined ? { undecided: reason } : {}),
    });
    const promises =
      isMain(item) && !item.init
        ? [...promisesOf(platform, item.workload, "requests"), ...promisesOf(platform, item.workload, "limits")]
        : [];
    return [
      written(item, cpuRequestMillis, "resources", `CPU request of ${name} in millicores`, "requests.cpu"),
      written(item, memoryRequestMiB, "resources", `memory request of ${name} in MiB`, "requests.memory"),
      written(item, memoryLimitMiB, "resources", `memory limit of ${name} in MiB`, "limits.memory"),
      ...atMostLimit(
        memoryRequestMiB,
        memoryLimitMiB,
        `memory request of ${name} in MiB, against its limit`,
        "requests.memory",
      ),
      ...atMostLimit(
        cpuRequestMillis,
        cpuLimitMillis,
        `CPU request of ${name} in millicores, against its limit`,
        "requests.cpu",
      ),
      ...asPromised(promises, {
        "requests.memoryMiB": figure(memoryRequestMiB, "requests.memory"),
        "requests.cpuMillis": figure(cpuRequestMillis, "requests.cpu"),
        "limits.memoryMiB": figure(memoryLimitMiB, "limits.memory"),
        "limits.cpuMillis": figure(cpuLimitMillis, "limits.cpu"),
      }),
    ];
  },
  mutants: [
    change("no CPU request", deployments, unset(`${CONTAINER}.resources.requests.cpu`)),
    change("no memory request, and no limit to take it from", deployments, unset(`${CONTAINER}.resources`)),
    change("no memory limit", deployments, unset(`${CONTAINER}.resources.limits`)),
    change("the limits are null", deployments, set(`${CONTAINER}.resources.limits`, null)),
    change("a request above its limit", deployments, resources(2048, 1024)),
    change(
      "a CPU request above its limit",
      deployments,
      each(set(`${CONTAINER}.resources.requests.cpu`, "600m"), set(`${CONTAINER}.resources.limits.cpu`, "500m")),
    ),
    change("twice the memory that the report promises", deployments, resources(1024, 1024)),
    change("half the limit that the report promises", deployments, resources(512, 512)),
    change("no container at all", deployments, unset(CONTAINER)),
    change("a sidecar that states nothing", deployments, set(`${CONTAINER}.1`, { name: "sidecar", image: "sidecar" })),
  ],
  boundary: {
    holds: change(
      "the same memory in other words",
      simplest("api"),
      set(`${CONTAINER}.resources.limits.memory`, "1024Mi"),
    ),
    breaks: change("one MiB above the promise", simplest("api"), set(`${CONTAINER}.resources.limits.memory`, "1025Mi")),
  },
});
