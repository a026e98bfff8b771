import { type JsonObject, objectOf, textOf } from "../../../readiness/inventory/json";
import type { KubernetesApi, KubernetesObject, Reference } from "../../kubernetes/kubernetes-api";
import type { VolumeFolders } from "./volume-folders";

export const SNAPSHOTS = "snapshot.storage.k8s.io/v1";

/** Of a volume, a claim, or one of the kinds of snapshots. */
export const reference = (kind: string, name: string, namespace?: string): Reference => ({
  apiVersion: kind.startsWith("VolumeSnapshot") ? SNAPSHOTS : "v1",
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
});

const snapshotHandle = (uid: string): string => `snap-${uid}`;

/** The content of a snapshot that asks for one of a claim, as the snapshot controller makes it (external-snapshotter 8). */
export function contentFor(
  snapshot: KubernetesObject,
  snapshotClass: KubernetesObject,
  volume: string,
): KubernetesObject {
  const { name, namespace = "", uid = "" } = snapshot.metadata;
  return {
    apiVersion: SNAPSHOTS,
    kind: "VolumeSnapshotContent",
    metadata: { name: `snapcontent-${uid}` },
    spec: {
      deletionPolicy: snapshotClass["deletionPolicy"],
      driver: snapshotClass["driver"],
      source: { volumeHandle: volume },
      volumeSnapshotClassName: snapshotClass.metadata.name,
      volumeSnapshotRef: { apiVersion: SNAPSHOTS, kind: "VolumeSnapshot", name, namespace, uid },
    },
  };
}

/** Contents whose snapshot is gone and that are to go with it; one that is to be retained stays. */
export const withoutSnapshot = (
  contents: readonly KubernetesObject[],
  snapshots: readonly KubernetesObject[],
): readonly KubernetesObject[] =>
  contents.filter(({ spec }) => {
    const { deletionPolicy, volumeSnapshotRef } = objectOf(spec);
    const uid = textOf(objectOf(volumeSnapshotRef)["uid"]);
    return deletionPolicy === "Delete" && !snapshots.some(({ metadata }) => metadata.uid === uid);
  });

/** The snapshot of the storage that a content has, or asks for. */
export const handleOf = ({ spec, status }: KubernetesObject): string | undefined =>
  textOf(objectOf(status)["snapshotHandle"]) ?? textOf(objectOf(objectOf(spec)["source"])["snapshotHandle"]);
export const volumeOf = (volume: KubernetesObject | undefined): string | undefined =>
  textOf(objectOf(objectOf(volume?.["spec"])["csi"])["volumeHandle"]);

/**
 * Does for snapshots and volumes of one cluster what the snapshot controller and the driver of EBS do, with folders in the
 * place of disks. That a claim gets a PersistentVolume is kwok's stage `claim-provision`.
 */
export class CsiDriver {
  private known = new Set<string>();

  constructor(
    private readonly api: KubernetesApi,
    readonly folders: VolumeFolders,
  ) {}

  async look(): Promise<void> {
    const snapshots = await this.api.list(SNAPSHOTS, "VolumeSnapshot");
    for (const snapshot of snapshots)
      if (objectOf(snapshot["status"])["readyToUse"] !== true) await this.makeReady(snapshot);
    const contents = await this.api.list(SNAPSHOTS, "VolumeSnapshotContent");
    for (const content of withoutSnapshot(contents, await this.api.list(SNAPSHOTS, "VolumeSnapshot")))
      await this.api.delete(content);
    this.forget(contents, await this.api.list(SNAPSHOTS, "VolumeSnapshotContent"));
    await this.provisionAll();
  }

  private async makeReady(snapshot: KubernetesObject): Promise<void> {
    const { persistentVolumeClaimName, volumeSnapshotContentName } = objectOf(objectOf(snapshot["spec"])["source"]);
    const content =
      textOf(persistentVolumeClaimName) === undefined
        ? await this.existing(textOf(volumeSnapshotContentName) ?? "")
        : await this.taken(snapshot, textOf(persistentVolumeClaimName) ?? "");
    if (content === undefined) return;
    const { name } = content.metadata;
    const now = new Date().toISOString();
    await this.api.patch(
      snapshot,
      { status: { boundVolumeSnapshotContentName: name, creationTime: now, readyToUse: true } },
      "status",
    );
  }

  /** A content that names a snapshot of the storage. */
  private async existing(name: string): Promise<KubernetesObject | undefined> {
    const content = await this.api.get(reference("VolumeSnapshotContent", name));
    const handle = textOf(objectOf(objectOf(content?.["spec"])["source"])["snapshotHandle"]);
    if (content === undefined || handle === undefined) return undefined;
    await this.api.patch(content, { status: { snapshotHandle: handle, readyToUse: true } }, "status");
    return content;
  }

  private async taken(snapshot: KubernetesObject, claim: string): Promise<KubernetesObject | undefined> {
    const { namespace = "", uid = "" } = snapshot.metadata;
    const volume = await this.volumeOfClaim(namespace, claim);
    const className = textOf(objectOf(snapshot["spec"])["volumeSnapshotClassName"]) ?? "";
    const snapshotClass = await this.api.get(reference("VolumeSnapshotClass", className));
    if (volume === undefined || snapshotClass === undefined) return undefined;
    this.folders.provision(volume);
    this.folders.take(snapshotHandle(uid), volume);
    const content = contentFor(snapshot, snapshotClass, volume);
    if ((await this.api.get(content)) === undefined) await this.api.create(content);
    await this.api.patch(content, { status: { snapshotHandle: snapshotHandle(uid), readyToUse: true } }, "status");
    return content;
  }

  private async volumeOfClaim(namespace: string, name: string): Promise<string | undefined> {
    const claim = await this.api.get(reference("PersistentVolumeClaim", name, namespace));
    const bound = textOf(objectOf(claim?.["spec"])["volumeName"]);
    if (bound === undefined) return undefined;
    return volumeOf(await this.api.get(reference("PersistentVolume", bound)));
  }

  /** The driver deletes a snapshot with the last content that names it and is not to be retained. */
  private forget(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): void {
    const kept = new Set(after.map(handleOf));
    for (const content of before) {
      const handle = handleOf(content);
      if (handle !== undefined && !kept.has(handle) && objectOf(content["spec"])["deletionPolicy"] === "Delete")
        this.folders.removeSnapshot(handle);
    }
  }

  /** A folder for each volume, with what its claim asks to be in it; none for a volume that is gone. */
  private async provisionAll(): Promise<void> {
    const volumes = await this.api.list("v1", "PersistentVolume");
    const there = new Set<string>();
    for (const volume of volumes) {
      const handle = volumeOf(volume);
      if (handle === undefined) continue;
      if (this.known.has(handle) || (await this.provision(handle, objectOf(objectOf(volume["spec"])["claimRef"]))))
        there.add(handle);
    }
    for (const handle of this.known) if (!there.has(handle)) this.folders.remove(handle);
    this.known = there;
  }

  /** @returns false while the snapshot that it is made from is not ready */
  private async provision(volume: string, claimRef: JsonObject): Promise<boolean> {
    const [namespace = "", name = ""] = [textOf(claimRef["namespace"]), textOf(claimRef["name"])];
    const claim = await this.api.get(reference("PersistentVolumeClaim", name, namespace));
    const source = objectOf(objectOf(claim?.["spec"])["dataSource"]);
    const wanted = source["kind"] === "VolumeSnapshot";
    const snapshot = wanted ? await this.handleIn(namespace, textOf(source["name"]) ?? "") : undefined;
    if (wanted && snapshot === undefined) return false;
    this.folders.provision(volume, snapshot);
    return true;
  }

  private async handleIn(namespace: string, name: string): Promise<string | undefined> {
    const snapshot = await this.api.get(reference("VolumeSnapshot", name, namespace));
    const content = textOf(objectOf(snapshot?.["status"])["boundVolumeSnapshotContentName"]);
    if (content === undefined) return undefined;
    const bound = await this.api.get(reference("VolumeSnapshotContent", content));
    return bound && handleOf(bound);
  }
}
