import { addManifest, type JsonObject, manifest, type Mutation } from "../../../policy/mutation";

/** A DaemonSet more, on every node of both regions. */
export const agent = (name: string, memoryMiB: number): Mutation => {
  const labels = { app: "agent" };
  const object: JsonObject = {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "agent", namespace: "kube-system" },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          tolerations: [{ operator: "Exists" }],
          containers: [
            {
              name: "agent",
              image: "registry.example/agent:1.0.0",
              resources: { requests: { cpu: "1m", memory: `${memoryMiB}Mi` } },
            },
          ],
        },
      },
    },
  };
  return addManifest(name, manifest("VolumeSnapshotClass"), object);
};
