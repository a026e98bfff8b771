import type { WorkloadContainer } from "../../../inventory/facts/kubernetes/workload-graph";
import { atLeast } from "../../../policy/comparison";
import { change, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";
import { ownContainers } from "../../../policy-terms/scope";
import { CONTAINER, deployments, POD, simplest } from "../../../policy-terms/targets";
import { written } from "../../../policy-terms/required-value";

/** emptyDir volumes on the node's disk that the container mounts; those of medium Memory count as memory. */
function scratchOf({ workload, container }: WorkloadContainer) {
  const mounted = new Set(container.mounts.map(({ volume }) => volume));
  return workload.pod.volumes.filter(
    ({ name, kind, inMemory }) => kind === "emptyDir" && !inMemory && mounted.has(name),
  );
}

/** The least that an application's file can ask for as scratchMiB; with less, kubelet evicts the pod at its first write. */
const LEAST_MIB = 1;

export default policy({
  id: "CP-18",
  severity: "error",
  title: "Container writes to the node disk have a request and a limit",
  because:
    "one pod that fills the disk puts the whole node under disk pressure, and the kubelet evicts its neighbours for it",
  remedy:
    "let the container request and limit ephemeral-storage and its emptyDir volumes have a sizeLimit; a component of an application gets both from scratchMiB",
  proves: ["CA-15"],
  equivalents: ["kube-score container-ephemeral-storage-request-and-limit"],
  subjects: ownContainers,
  check: (item): Verdict[] => {
    const { name, ephemeralRequestMiB, ephemeralLimitMiB } = item.container;
    const scratch = scratchOf(item);
    const unbounded = scratch.filter(({ sizeLimitMiB }) => sizeLimitMiB === undefined).map((volume) => volume.name);
    const scratchMiB = scratch.reduce((sum, { sizeLimitMiB }) => sum + (sizeLimitMiB ?? 0), 0);
    return [
      written(
        item,
        ephemeralRequestMiB,
        "resources",
        `ephemeral storage that ${name} requests, in MiB`,
        "requests.ephemeral-storage",
      ),
      written(
        item,
        ephemeralLimitMiB,
        "resources",
        `limit of the ephemeral storage of ${name}, in MiB`,
        "limits.ephemeral-storage",
      ),
      ...(unbounded.length > 0
        ? [
            fail({
              expected: "a sizeLimit of every emptyDir",
              actual: `none of ${unbounded.join(", ")}`,
              field: "volume",
            }),
          ]
        : []),
      ...scratch.flatMap(({ name: volume, sizeLimitMiB }) =>
        sizeLimitMiB === undefined
          ? []
          : [atLeast(LEAST_MIB, sizeLimitMiB, `MiB of emptyDir ${volume}`, { field: "scratchMiB" })],
      ),
      ...(ephemeralRequestMiB === undefined
        ? []
        : [
            atLeast(
              scratchMiB,
              ephemeralRequestMiB,
              `MiB that ${name} requests, against the size of its emptyDir volumes`,
              { field: "requests.ephemeral-storage" },
            ),
          ]),
      ...(ephemeralRequestMiB === undefined || ephemeralLimitMiB === undefined
        ? []
        : [
            atLeast(ephemeralRequestMiB, ephemeralLimitMiB, `MiB that ${name} may write, against its request`, {
              field: "limits.ephemeral-storage",
            }),
          ]),
    ];
  },
  mutants: [
    change(
      "nothing is requested, and no limit to take it from",
      deployments,
      unset([...CONTAINER.split("."), "resources"]),
    ),
    change("no limit", deployments, unset([...CONTAINER.split("."), "resources", "limits", "ephemeral-storage"])),
    change("a volume of a KiB", deployments, set(`${POD}.volume.0.empty_dir.size_limit`, "1Ki")),
    change("a volume without a size", deployments, unset(`${POD}.volume.0.empty_dir.size_limit`)),
    change("a volume larger than the request", deployments, set(`${POD}.volume.0.empty_dir.size_limit`, "100Gi")),
    change(
      "a limit below the request",
      deployments,
      set([...CONTAINER.split("."), "resources", "limits", "ephemeral-storage"], "1Mi"),
    ),
  ],
  boundary: {
    holds: change(
      "a volume as large as the request",
      simplest("api"),
      set(`${POD}.volume.0.empty_dir.size_limit`, "114Mi"),
    ),
    breaks: change("one MiB more", simplest("api"), set(`${POD}.volume.0.empty_dir.size_limit`, "115Mi")),
  },
});
