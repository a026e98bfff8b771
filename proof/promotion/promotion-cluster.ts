import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Step } from "../local/cluster-deployment";
import { addPoolNodes, deployWaves, installDefinitions } from "../local/cluster-deployment";
import { type ControlPlane, startControlPlane } from "../kubernetes/control-plane";
import { regionContent, type RegionContent, type SentObject } from "../kubernetes/region-content";
import { label } from "../../contract";
import type { Ledger } from "../run/ledger";
import { stillRunning } from "../run/processes";
import type { RunFolder } from "../run/run-folder";
import type { Synthesised } from "../run/synthesised";
import type { LoopbackCertificate } from "./standby-stores";

/** Files that the API server of a control plane shows to its clients. */
export function certificateOf(kubeconfig: string): LoopbackCertificate {
  const { clusters } = JSON.parse(readFileSync(kubeconfig, "utf8")) as {
    clusters: readonly { cluster: { "certificate-authority": string } }[];
  };
  const certificate = clusters[0]?.cluster["certificate-authority"] ?? "";
  return {
    certificate,
    key: join(dirname(certificate), "apiserver.key"),
    authority: readFileSync(certificate, "utf8"),
  };
}

/** Kinds that pods of writers need before they are admitted, and what the promotion acts by. */
const AROUND = new Set([
  ...["Namespace", "ServiceAccount", "PriorityClass", "StorageClass", "PersistentVolumeClaim"],
  ...["ResourceQuota", "LimitRange", "ConfigMap", "Secret"],
  ...["ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition"],
]);

/** The part of a region's cluster that a promotion acts on: what waits for it, its rights, and what pods need. */
export function promotionContent(content: RegionContent): RegionContent {
  const isWriter = ({ object }: SentObject): boolean => object.metadata.labels?.[label.writerOnly] === "true";
  const namespaces = new Set(
    content.waves
      .flat()
      .filter(isWriter)
      .map(({ object }) => object.metadata.namespace),
  );
  const belongs = (sent: SentObject): boolean =>
    isWriter(sent) ||
    (sent.origin !== "stand-in" &&
      AROUND.has(sent.object.kind) &&
      (sent.object.metadata.namespace === undefined || namespaces.has(sent.object.metadata.namespace)));
  return { ...content, addOns: [], waves: content.waves.map((wave) => wave.filter(belongs)) };
}

/** A control plane of the standby that holds that part. */
export async function standbyCluster(ledger: Ledger, run: RunFolder, synthesised: Synthesised): Promise<ControlPlane> {
  const { name } = synthesised.environment.regions.secondary;
  const plane = await startControlPlane(run);
  const content = promotionContent(await regionContent(synthesised, name, undefined, new Date().toISOString()));
  const step: Step = {
    ledger,
    api: plane.api,
    environment: synthesised.environment.name,
    content,
    check: () => stillRunning(plane.servers),
  };
  await addPoolNodes(step);
  await deployWaves(step, await installDefinitions(step));
  return plane;
}
