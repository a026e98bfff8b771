import { restoredKinds, restoreTestNames } from "../../catalog/kubernetes/restored-kinds";
import type { RegionRole } from "../../config/environment";
import { siteOf } from "../../config/site";
import { awsEnvironment, type Emulator } from "../emulated-aws/emulators";
import type { ControlPlane } from "../kubernetes/control-plane";
import { EksFront } from "../promotion/eks-front";
import { EmulatorCalls } from "../promotion/emulator-calls";
import { API_SERVER_NAME, clockOf, machineNames } from "../promotion/machine-names";
import { certificateOf } from "../promotion/promotion-cluster";
import { RestoreTestRuns } from "../restores/restore-test-runs";
import { TestedRegion } from "../restores/tested-region";
import type { Ledger } from "../run/ledger";
import type { Synthesised } from "../run/synthesised";
import { bucketOf, VELERO } from "./velero";

/** The three hours in which volumes are to be filled and mounted are half a minute where none is, and else three minutes. */
const CLOCK_SCALE = { unfilled: 360, filled: 60 } as const;
/** The function waits in seconds between two looks at what is being deleted: here in tenths of one. */
const TIMER_SCALE = 10;
/** What the test itself says of volumes that are not filled, or that no node mounts. */
const VOLUMES = /^not restored within 180 minutes: [\w-]+ is (Completed|WaitingForPluginOperations)$/;

export interface Emulators {
  /** Holds what Velero writes. */
  readonly storage: Emulator;
  /** Interprets state machines and runs functions. */
  readonly machines: Emulator;
}

interface Tried {
  readonly emulators: Emulators;
  /** Whether volumes are filled and mounted. */
  readonly filled: boolean;
}

/**
 * The state machine of the weekly test in one region: the deployed function reaches the real API server by tokens of EKS
 * with the group of its access entry, and the real Velero restores one namespace after another.
 */
export async function proveScratchMachine(
  ledger: Ledger,
  synthesised: Synthesised,
  role: RegionRole,
  plane: ControlPlane,
  { emulators: { storage, machines }, filled }: Tried,
): Promise<void> {
  const { clusterName, region } = siteOf(synthesised.environment, role);
  const tested = new TestedRegion(synthesised, region.name, new EmulatorCalls(awsEnvironment(machines), region.name));
  const certificate = certificateOf(plane.kubeconfig);
  const groups = tested.groupsOf("namespace-restore");
  const front = new EksFront(plane.endpoint, certificate, { cluster: clusterName, region: region.name, groups });
  try {
    const test = await tested.deployTest("-restore-namespaces", "namespace-restore", {
      CLUSTER: clusterName,
      CLUSTER_ENDPOINT: await front.start(),
      CLUSTER_CA: Buffer.from(certificate.authority).toString("base64"),
      BUCKET: bucketOf(region.name),
      AWS_ENDPOINT_URL_S3: storage.url,
      NODE_EXTRA_CA_CERTS: certificate.certificate,
      ...machineNames({ hosts: { [API_SERVER_NAME]: "127.0.0.1" } }),
      ...clockOf(Date.now(), filled ? CLOCK_SCALE.filled : CLOCK_SCALE.unfilled, TIMER_SCALE),
    });
    if (test === undefined) throw new Error(`${tested.stack.name} has no state machine …-restore-namespaces`);
    const runs = new RestoreTestRuns(ledger, tested.calls, test);
    const execution = await runs.run();
    const withVolumes = !filled && execution.status === "FAILED";
    const others = withVolumes ? causes(execution.cause).filter((problem) => !VOLUMES.test(problem)) : [];
    const problems = [...others, ...(await left(plane)), ...front.refused];
    runs.expect(
      withVolumes
        ? "restores of every namespace, of which one has volumes that nothing fills"
        : "restores of every namespace, with its volumes",
      execution,
      withVolumes ? { words: /not restored within 180 minutes/ } : { succeeds: true },
      problems,
    );
  } finally {
    await front.stop();
  }
}

/** Problems of the namespaces, one after another, out of the error of a function. */
function causes(cause: string): readonly string[] {
  try {
    return String((JSON.parse(cause) as { errorMessage?: string }).errorMessage ?? cause).split("; ");
  } catch {
    return cause.split("; ");
  }
}

/** Of what was restored nothing stays, and neither do the Restores. */
async function left({ api }: ControlPlane): Promise<readonly string[]> {
  const everywhere = new Set(["kube-root-ca.crt", "default"]);
  const versions: Readonly<Record<string, string>> = {
    "": "v1",
    apps: "apps/v1",
    batch: "batch/v1",
    policy: "policy/v1",
  };
  const kinds: Readonly<Record<string, string>> = {
    ...{ configmaps: "ConfigMap", persistentvolumeclaims: "PersistentVolumeClaim", serviceaccounts: "ServiceAccount" },
    ...{ services: "Service", deployments: "Deployment", statefulsets: "StatefulSet", cronjobs: "CronJob" },
    poddisruptionbudgets: "PodDisruptionBudget",
  };
  const found: string[] = [];
  for (const { group, resource } of restoredKinds) {
    const [version, kind] = [versions[group], kinds[resource]];
    if (version === undefined || kind === undefined)
      throw new Error(`${resource}.${group} is restored, and not looked for`);
    for (const { metadata } of await api.list(version, kind, restoreTestNames.scratch))
      if (!everywhere.has(metadata.name)) found.push(`left: ${resource}/${metadata.name}`);
  }
  for (const { metadata } of await api.list("velero.io/v1", "Restore", VELERO))
    if (metadata.name.startsWith(restoreTestNames.restorePrefix)) found.push(`left: Restore ${metadata.name}`);
  return found;
}
