import type { Container } from "../../../inventory/facts/kubernetes/containers";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { change, resource, set, unset, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import { CONTAINER, deployments, ownWorkloads } from "../_own";

/** Folders of an image that its programs, their libraries or the kernel are in. Source: Filesystem Hierarchy Standard 3.0, read 2026-11-29. */
const ofImage = /^\/(bin|boot|dev|etc|lib|lib64|proc|root|sbin|sys|usr|var)?$/;
/** Folders that are there only where something is mounted; those of Kubernetes and EKS are mounted by themselves. */
const ofMounts = /(?:^|=)(\/(?:var\/run\/secrets|var\/lib)\/[\w./-]+)/;
const byCluster = /^\/var\/run\/secrets\/(kubernetes\.io|eks\.amazonaws\.com|pods\.eks\.amazonaws\.com)\//;

const within = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** Paths that arguments and variables name. */
const namedPaths = ({ command, args, environment }: Container): readonly string[] =>
  [...command, ...args, ...environment.flatMap(({ value }) => value ?? [])].flatMap((text) => {
    const [, path] = ofMounts.exec(text) ?? [];
    return path === undefined || byCluster.test(path) ? [] : [path];
  });

const writable = (workload: Workload, volume: string): boolean =>
  workload.pod.volumes.some(({ name, kind }) => name === volume && kind === "emptyDir");
const kept = ({ volumeClaimTemplates, pod }: Workload, volume: string): boolean =>
  volumeClaimTemplates.some(({ name }) => name === volume) ||
  pod.volumes.some(({ name, kind }) => name === volume && kind === "persistentVolumeClaim");

function judgeContainer(workload: Workload, container: Container): readonly string[] {
  const { mounts, name, security } = container;
  const scratch = mounts.some((one) => one.path === "/tmp" && !one.readOnly && writable(workload, one.volume));
  return [
    ...(security.readOnlyRootFilesystem && !scratch
      ? [`${name} may write nowhere: its root is read-only, and nothing writable is mounted at /tmp`]
      : []),
    ...mounts
      .filter(({ path }) => ofImage.test(path.replace(/\/$/, "")))
      .map(({ path, volume }) => `${name} mounts ${volume} over ${path}: what the image has there is gone`),
    ...mounts
      .filter((one) => one.readOnly && kept(workload, one.volume))
      .map(({ path, volume }) => `${name} mounts ${volume} read-only at ${path}: what it should keep is not written`),
    ...namedPaths(container)
      .filter((path) => !mounts.some((mount) => within(path, mount.path)))
      .map((path) => `${name} is given ${path}, where nothing is mounted: the file or folder is not there`),
  ];
}

const mounted = (path: string) =>
  update(`${CONTAINER}.volume_mount`, (mounts) =>
    Array.isArray(mounts) ? [...mounts, { name: "tmp", mount_path: path }] : mounts,
  );
const mirror = resource("kubernetes_stateful_set_v1");

export default policy({
  id: "WL-48",
  severity: "error",
  proves: ["FL-26", "CA-28"],
  title: "Programs find their files and write where they may",
  because:
    "a path that nothing is mounted at, a read-only volume or a root without a place for temporary files ends a program at its start or at the first upload, and every object is valid",
  remedy: "let the construct mount secrets, scratch and volumes, and name their paths in args and env as it does",
  subjects: ownWorkloads,
  check: (workload): Verdict | readonly Verdict[] => {
    const found = workload.containers.flatMap((container) => judgeContainer(workload, container));
    return found.length === 0
      ? pass("files are where they are looked for")
      : found.map((message) =>
          fail({
            expected: "every path mounted, and every volume writable",
            actual: message,
            message: `${workload.label} in ${workload.region}: container ${message}`,
          }),
        );
  },
  mutants: [
    change("no mount at all", deployments, unset(`${CONTAINER}.volume_mount`)),
    change("temporary files that cannot be written", deployments, set(`${CONTAINER}.volume_mount.0.read_only`, true)),
    change("a volume over the image's settings", deployments, mounted("/etc")),
    change(
      "a folder of another name",
      mirror,
      set(`${CONTAINER}.args`, ["serve", "--checkpoint-dir=/var/lib/mirrors"]),
    ),
    change(
      "a file that is not there, in the secondary",
      resource("kubernetes_deployment_v1", (_, __, stack) => stack === "storefront-eu-west-1"),
      set(`${CONTAINER}.args`, ["--config=/var/run/secrets/app/worker.yaml"]),
    ),
    change("data that is only read", mirror, set(`${CONTAINER}.volume_mount.read_only`, true)),
  ],
  boundary: {
    holds: change("a folder of the image that is nothing's", deployments, mounted("/etc/app")),
    breaks: change("its parent", deployments, mounted("/etc")),
  },
});
