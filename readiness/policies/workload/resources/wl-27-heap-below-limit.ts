import type { Platform } from "../../../inventory/platform";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { atMost } from "../../../policy/comparison";
import { change, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { runningIn } from "../../../policy-terms/program";
import { ownWorkloads } from "../../../policy-terms/scope";
import { CONTAINER, ofApplication } from "../../../policy-terms/targets";

/** Share of the memory limit that a heap may take: stacks, buffers and the runtime itself need the rest. */
const SHARE = 0.8;
const MIB: Readonly<Record<string, number>> = { k: 1 / 1024, m: 1, g: 1024 };

/** Heap limit in a variable of a runtime, in MiB; undefined where it sets none. */
function heapIn(value: string): number | undefined {
  const node = /--max-old-space-size=(\d+)/.exec(value)?.[1];
  if (node !== undefined) return Number(node);
  const [, size, unit = ""] = /-Xmx(\d+)([kKmMgG]?)/.exec(value) ?? [];
  if (size !== undefined) return Number(size) * (MIB[unit.toLowerCase()] ?? 1 / 1024 ** 2);
  return undefined;
}

/** The heap limit that the process gets: of the deployment's variables, else of its image. */
function heapOf(workload: Workload, platform: Platform): number | undefined {
  const environment = workload.containers[0]?.environment ?? [];
  const set = environment.flatMap(({ value }) => (value === undefined ? [] : (heapIn(value) ?? [])));
  if (set.length > 0) return Math.max(...set);
  const built = runningIn(workload, platform)?.program.heap;
  return built !== undefined && !environment.some(({ name }) => name === built.variable) ? built.MiB : undefined;
}

const worker = ofApplication("storefront", "kubernetes_deployment_v1", "worker");
const heap = (value: string) => set(`${CONTAINER}.env.9`, { name: "NODE_OPTIONS", value });

export default policy({
  id: "WL-27",
  severity: "error",
  title: "A heap limit is at most 80 % of the container's memory limit",
  because:
    "a runtime that may grow past the memory limit does not collect garbage in time: the kernel kills the process in the middle of its work",
  remedy: "set NODE_OPTIONS or JAVA_TOOL_OPTIONS to a heap of at most 80 % of limits.memory, or raise limits.memory",
  proves: ["FG-04"],
  subjects: (platform) => ownWorkloads(platform).filter((workload) => heapOf(workload, platform) !== undefined),
  check: (workload, platform) => {
    const limit = workload.containers[0]?.memoryLimitMiB;
    return atMost(
      limit === undefined ? undefined : limit * SHARE,
      heapOf(workload, platform),
      "heap in MiB, against the memory limit",
      { field: "settings", arithmetic: `${SHARE} × ${limit ?? "unknown"} MiB` },
    );
  },
  mutants: [
    change("a heap as large as the limit", worker, heap("--max-old-space-size=1024")),
    change("a Java heap above the limit", worker, heap("-Xmx2g")),
    change("the image's own heap under a lower limit", worker, set(`${CONTAINER}.resources.limits.memory`, "512Mi")),
  ],
  boundary: {
    holds: change("819 of 1024 MiB", worker, heap("--max-old-space-size=819")),
    breaks: change("820 of 1024 MiB", worker, heap("--max-old-space-size=820")),
  },
});
