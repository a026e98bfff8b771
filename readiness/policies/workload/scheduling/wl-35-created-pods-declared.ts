import { programOf, type Program } from "../../../../catalog/applications";
import { annotation } from "../../../../contract";
import { cpuMillis, memoryMiB } from "../../../../models/quantity";
import type { CreatedPods } from "../../../inventory/facts/kubernetes/component-facts";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import type { Platform } from "../../../inventory/platform";
import { atLeast, equals, holds } from "../../../policy/comparison";
import { change, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { resource } from "../../../policy/target";
import { fail, type Verdict } from "../../../policy/verdict";
import { rulesBoundTo } from "../../../policy-terms/bound-rules";
import { ownWorkloads } from "../../../policy-terms/scope";
import { ofApplication } from "../../../policy-terms/targets";

/** Kinds of which pods come, as `group/resource`. */
const MAKE_PODS = [
  "/pods",
  "/replicationcontrollers",
  "apps/daemonsets",
  "apps/deployments",
  "apps/replicasets",
  "apps/statefulsets",
  "batch/cronjobs",
  "batch/jobs",
];

/** What of these kinds its service account may create. */
const mayMake = (workload: Workload, platform: Platform): string[] => [
  ...new Set(
    rulesBoundTo(workload, platform)
      .filter(({ verbs }) => verbs.includes("create") || verbs.includes("*"))
      .flatMap(({ apiGroups, resources }) =>
        MAKE_PODS.filter((kind) => {
          const [group = "", name = ""] = kind.split("/");
          return (
            (apiGroups.includes(group) || apiGroups.includes("*")) &&
            (resources.includes(name) || resources.includes("*"))
          );
        }),
      ),
  ),
];

type Recorded = NonNullable<Program["creates"]>[string];

/** Pods of one name against what the recorded code writes into them. */
function asRecorded(name: string, recorded: Recorded, declared: CreatedPods | undefined): Verdict[] {
  const field = `creates.${name}`;
  if (!declared)
    return [fail({ expected: `pods ${name}, which its code makes (${recorded.at})`, actual: "nothing", field })];
  const { cpuRequestMillis, memoryRequestMiB, metricsPort } = declared;
  return [
    equals(recorded.labels, declared.labels, `labels of ${name} (${recorded.at})`, { field: `${field}.labels` }),
    atLeast(cpuMillis(recorded.requests.cpu), cpuRequestMillis, `CPU of ${name} in millicores, as its code asks`, {
      field: `${field}.requests.cpu`,
    }),
    atLeast(memoryMiB(recorded.requests.memory), memoryRequestMiB, `memory of ${name} in MiB, as its code asks`, {
      field: `${field}.requests.memory`,
    }),
    holds(
      metricsPort === undefined || recorded.ports.includes(metricsPort),
      `metrics of ${name} on one of its ports: ${recorded.ports.join(", ")}`,
      String(metricsPort ?? "none"),
      { field: `${field}.metricsPort` },
    ),
  ];
}

const controller = ofApplication("operator", "kubernetes_deployment_v1", "controller");
const CELLS = ["metadata", "annotations", annotation.component, "creates", "cells"];

export default policy({
  id: "WL-35",
  severity: "error",
  title: "A program that may create pods says how many, how large and which",
  because:
    "pods that are made at run time stand in no plan: without a declaration neither quota nor nodes have room for them, and the cost does not show them",
  remedy:
    "declare creates in the component: labels, maximum, requests and limits, as its code writes them; or take the right to create workloads away",
  proves: [],
  beyond: "the reports count the pods of the deployment alone; an operator makes more",
  subjects: (platform) =>
    ownWorkloads(platform).filter(
      (workload) => mayMake(workload, platform).length > 0 || (workload.component?.creates.length ?? 0) > 0,
    ),
  check: (workload, platform) => {
    const creates = workload.component?.creates ?? [];
    const recorded = programOf(platform.applicationRecords, workload.namespace, workload.name)?.creates ?? {};
    return [
      holds(
        creates.length > 0,
        `pods that ${workload.label} makes are declared`,
        mayMake(workload, platform).join(", "),
        {
          field: "creates",
        },
      ),
      ...Object.entries(recorded).flatMap(([name, one]) =>
        asRecorded(
          name,
          one,
          creates.find((declared) => declared.name === name),
        ),
      ),
    ];
  },
  mutants: [
    change("nothing is declared", controller, unset(CELLS.slice(0, -1))),
    change(
      "nothing is declared in the secondary",
      resource("kubernetes_deployment_v1", (_block, _id, stack) => stack === "operator-eu-west-1"),
      unset(CELLS.slice(0, -1)),
    ),
    change("other pods than its code makes", controller, (block) => {
      set([...CELLS.slice(0, -1), "rooms"], { labels: { app: "room" }, maximum: 1 })(block);
      unset(CELLS)(block);
    }),
    change("labels that its code does not write", controller, set([...CELLS, "labels"], { app: "cells" })),
    change("less memory than its code asks for", controller, set([...CELLS, "requests", "memory"], "32Mi")),
    change("metrics on a port that it does not open", controller, set([...CELLS, "metricsPort"], 9090)),
  ],
  boundary: {
    holds: change("a millicore more than its code asks for", controller, set([...CELLS, "requests", "cpu"], "101m")),
    breaks: change("a millicore less", controller, set([...CELLS, "requests", "cpu"], "99m")),
  },
});
