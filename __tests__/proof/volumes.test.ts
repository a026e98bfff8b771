import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryPasswordSecret } from "../../catalog/charts/velero/access";
import { claimsOf, environmentOf } from "../../proof/backups/volumes/container";
import { contentFor, withoutSnapshot } from "../../proof/backups/volumes/csi-driver";
import { bytesOf, changeTree, fillTree, treeDifferences, treeOf } from "../../proof/backups/volumes/file-trees";
import { Looks } from "../../proof/backups/volumes/looks";
import { statusOf } from "../../proof/backups/volumes/nodes";
import { listedObjects } from "../../proof/backups/volumes/stored-objects";
import { dataMovementObjects, repositoryPassword } from "../../proof/backups/volumes/velero-objects";
import { VolumeFolders } from "../../proof/backups/volumes/volume-folders";
import { volumeProblems } from "../../proof/backups/volumes/volume-proof";
import { Refusal } from "../../proof/kubernetes/kubernetes-api";
import type { Release } from "../../readiness/inventory/facts/kubernetes/releases";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "volumes-test-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("the files of a volume", () => {
  it("are the same bytes for the same seed, and others for another", () => {
    expect(bytesOf("one", 1000)).toEqual(bytesOf("one", 1000));
    expect(bytesOf("one", 1000)).not.toEqual(bytesOf("two", 1000));
  });

  it("have every size, deep folders, permissions and a link", () => {
    fillTree(join(folder, "a"), "a");
    const tree = treeOf(join(folder, "a"));
    expect(tree.get("empty")).toMatch(/^file 0644 \S+ 0 bytes/);
    expect(tree.get("one-byte")).toMatch(/ 1 bytes/);
    expect(tree.get("secret")).toMatch(/^file 0600/);
    expect(tree.get("link")).toBe("link to checkpoint/large.bin");
    expect(tree.get("empty-folder")).toMatch(/^folder 0700/);
    expect([...tree.keys()].some((path) => path.split("/").length > 100)).toBe(true);
    expect(treeOf(join(folder, "absent")).size).toBe(0);
  });

  it("differ in content, permissions, and by being there, and say so", () => {
    for (const name of ["a", "b"]) fillTree(join(folder, name), "seed");
    const [before, same] = ["a", "b"].map((name) => treeOf(join(folder, name)));
    expect(treeDifferences(before ?? new Map(), same ?? new Map())).toEqual([]);
    changeTree(join(folder, "b"), "seed");
    const differences = treeDifferences(before ?? new Map(), treeOf(join(folder, "b"))).map(
      (text) => text.split(":")[0],
    );
    expect(differences.sort()).toEqual(["checkpoint/later.bin", "empty", "one-byte", "run.sh", "shared"]);
  });

  it("are compared by claim, and an absent volume is a problem", () => {
    const tree = new Map([["file", "file 0644"]]);
    expect(volumeProblems(new Map([["data", tree]]), new Map([["data", tree]]))).toEqual([]);
    expect(volumeProblems(new Map([["data", tree]]), new Map())).toEqual(["data: there is no such volume"]);
    expect(volumeProblems(new Map([["data", tree]]), new Map([["data", new Map<string, string>()]]))).toEqual([
      "data: file: not restored",
    ]);
  });
});

describe("the folders that stand for disks", () => {
  it("keep a snapshot as the volume was, and make a volume of it", () => {
    const folders = new VolumeFolders(folder);
    folders.provision("vol");
    writeFileSync(join(folders.folderOf("vol"), "file"), "before");
    folders.take("snap", "vol");
    writeFileSync(join(folders.folderOf("vol"), "file"), "after");
    folders.provision("copy", "snap");
    expect(readFileSync(join(folders.folderOf("copy"), "file"), "utf8")).toBe("before");
    folders.removeSnapshot("snap");
    expect(() => folders.provision("other", "snap")).toThrow(/cp --archive/);
  });

  it("are attached to one pod at a time, and keep what it wrote", () => {
    const folders = new VolumeFolders(folder);
    folders.provision("vol");
    expect(folders.isFree("vol")).toBe(true);
    const at = join(folder, "pod/data");
    folders.mount("vol", at);
    expect(folders.isFree("vol")).toBe(false);
    expect(() => folders.mount("vol", join(folder, "elsewhere"))).toThrow(/already/);
    writeFileSync(join(at, "file"), "written");
    folders.unmount("vol");
    expect(readFileSync(join(folders.folderOf("vol"), "file"), "utf8")).toBe("written");
    folders.remove("vol");
    expect(folders.isFree("vol")).toBe(false);
  });
});

const object = (kind: string, metadata: object, more: object = {}) => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "one", ...metadata },
  ...more,
});

describe("the stand-in for the CSI driver", () => {
  const snapshot = object("VolumeSnapshot", { namespace: "shop", uid: "1" });
  const snapshotClass = object(
    "VolumeSnapshotClass",
    { name: "ebs" },
    { driver: "ebs.csi.aws.com", deletionPolicy: "Delete" },
  );
  const content = contentFor(snapshot, snapshotClass, "vol-1");

  it("makes a content of the class's driver and policy", () => {
    expect(content.metadata.name).toBe("snapcontent-1");
    expect(content["spec"]).toMatchObject({
      deletionPolicy: "Delete",
      driver: "ebs.csi.aws.com",
      source: { volumeHandle: "vol-1" },
      volumeSnapshotRef: { namespace: "shop", name: "one", uid: "1" },
    });
  });

  it("deletes it with its snapshot, unless it is to be retained", () => {
    const retained = { ...content, spec: { ...(content["spec"] as object), deletionPolicy: "Retain" } };
    expect(withoutSnapshot([content], [snapshot])).toEqual([]);
    expect(withoutSnapshot([content, retained], [])).toEqual([content]);
  });
});

describe("the stand-in for kubelets", () => {
  const pod = object(
    "Pod",
    { namespace: "velero" },
    {
      spec: {
        nodeName: "node-1",
        containers: [{ name: "mover", image: "velero" }],
        volumes: [
          { name: "data", persistentVolumeClaim: { claimName: "claim" } },
          { name: "scratch", emptyDir: {} },
        ],
      },
    },
  );

  it("gives a container its variables, and refuses a source that it does not know", () => {
    const field = (fieldPath: string) => ({ name: "V", valueFrom: { fieldRef: { fieldPath } } });
    expect(environmentOf({ env: [{ name: "HOME", value: "/scratch" }, field("spec.nodeName")] }, pod)).toEqual({
      HOME: "/scratch",
      V: "node-1",
    });
    expect(() => environmentOf({ env: [field("status.podIP")] }, pod)).toThrow(/no value here for the variable V/);
  });

  it("knows the claims of a pod", () => {
    expect([...claimsOf(pod)]).toEqual([["data", "claim"]]);
  });

  it("writes how a container ended, with its message", () => {
    expect(statusOf(pod, "2026-01-01T00:00:00Z")).toMatchObject({ phase: "Running" });
    expect(statusOf(pod, "2026-01-01T00:00:00Z", { exitCode: 0, message: "{}" })).toMatchObject({ phase: "Succeeded" });
    expect(statusOf(pod, "2026-01-01T00:00:00Z", { exitCode: 1, message: "no such blob" })).toMatchObject({
      phase: "Failed",
      containerStatuses: [{ name: "mover", state: { terminated: { exitCode: 1, message: "no such blob" } } }],
    });
  });

  it("looks again after an object has changed or gone, and keeps every other failure", async () => {
    let count = 0;
    const heard: string[] = [];
    const failed = ({ message }: Error): void => void heard.push(message);
    const passing = new Looks(
      async () => {
        count += 1;
        throw new Refusal("a pod", 409, "Conflict", "changed");
      },
      failed,
      1,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    await passing.stop();
    expect(count).toBeGreaterThan(1);
    expect(() => passing.check()).not.toThrow();
    const failing = new Looks(
      async () => {
        throw new Error("the disk is full");
      },
      failed,
      1,
    );
    await failing.stop();
    expect(() => failing.check()).toThrow("the disk is full");
    expect(heard).toEqual(["the disk is full"]);
  });
});

it("reads a bucket's list, with names that XML escapes and the next page", () => {
  const one = (key: string) =>
    `<Contents><Key>${key}</Key><LastModified>2026-11-29T10:00:00.000Z</LastModified></Contents>`;
  const { objects, next } = listedObjects(
    `<ListBucketResult>${one("kopia/p1")}${one("a&amp;b")}<NextContinuationToken>two</NextContinuationToken></ListBucketResult>`,
  );
  expect(objects).toEqual(["kopia/p1", "a&b"].map((key) => ({ key, modified: Date.parse("2026-11-29T10:00:00Z") })));
  expect(next).toBe("two");
  expect(listedObjects("<ListBucketResult/>")).toEqual({ objects: [] });
});

it("makes Velero's objects of the release's values", () => {
  const values = {
    configuration: {
      extraEnvVars: [{ name: "HOME", value: "/scratch" }],
      repositoryMaintenanceJob: { repositoryConfigData: { global: { keepLatestMaintenanceJobs: 1 } } },
    },
    configMaps: { "node-agent": { data: { "node-agent-configuration.json": "{}" } } },
  };
  const objects = dataMovementObjects({ values } as unknown as Release);
  const named = (name: string) => objects.find(({ metadata }) => metadata.name === name);
  expect(named("velero-node-agent")?.["data"]).toEqual({ "node-agent-configuration.json": "{}" });
  expect(named("velero-repo-maintenance")?.["data"]).toEqual({ global: '{"keepLatestMaintenanceJobs":1}' });
  expect(JSON.stringify(named("node-agent"))).toContain('{"name":"HOME","value":"/scratch"}');
  expect(repositoryPassword("secret")).toMatchObject({
    metadata: { name: repositoryPasswordSecret.name },
    stringData: { [repositoryPasswordSecret.key]: "secret" },
  });
});
