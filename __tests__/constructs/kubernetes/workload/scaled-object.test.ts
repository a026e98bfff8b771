import { ScaledObject, type ScaledObjectProps } from "../../../../constructs/kubernetes/workload/scaled-object";
import { type Arguments, Made } from "../../empty-stack";

const queue = { redis: "jobs", list: "jobs:new", perPod: 5 };
function objectsOf(scale: Partial<ScaledObjectProps["scale"]> = {}): readonly Arguments[] {
  const release = new Made(
    (stack) =>
      new ScaledObject(stack, "scaling", {
        metadata: { name: "worker", namespace: "shop", labels: { a: "b" } },
        scale: { min: 1, max: 8, queue, ...scale },
        target: { kind: "Deployment", name: "worker" },
        connectionSecret: "acme/production/shop/jobs",
        address: "jobs.cache:6379",
        secretStore: "aws",
        dependsOn: [],
      }),
  ).only("helm_release");
  const [values] = release["values"] as readonly string[];
  return (JSON.parse(values ?? "") as { readonly manifests: readonly Arguments[] }).manifests;
}

describe("scaling by a queue", () => {
  it("is an ExternalSecret, the authentication that reads it, and the ScaledObject", () =>
    expect(objectsOf().map(({ kind }) => kind)).toEqual(["ExternalSecret", "TriggerAuthentication", "ScaledObject"]));

  it("holds no password, and speaks TLS to the cache", () => {
    const [secret, authentication] = objectsOf();
    expect(secret?.["spec"]).toMatchObject({
      target: {
        template: { data: { address: "jobs.cache:6379", tls: "enable", password: "{{ .password }}" } },
      },
      data: ["username", "password"].map((property) => ({
        secretKey: property,
        remoteRef: { key: "acme/production/shop/jobs", property },
      })),
    });
    expect(authentication?.["spec"]).toMatchObject({
      secretTargetRef: ["address", "username", "password", "tls"].map((parameter) => ({
        parameter,
        name: "worker-queue",
        key: parameter,
      })),
    });
  });

  it("keeps the pods that run, and no fewer than the minimum, while the list cannot be asked", () =>
    expect(objectsOf()[2]?.["spec"]).toMatchObject({
      minReplicaCount: 1,
      maxReplicaCount: 8,
      fallback: { replicas: 1, behavior: "currentReplicasIfHigher" },
      triggers: [{ type: "redis", metadata: { listName: "jobs:new", listLength: "5" } }],
    }));

  it("also scales by CPU and memory where they are declared", () => {
    const { triggers } = objectsOf({ cpuPercent: 70, memoryPercent: 80 })[2]?.["spec"] as {
      readonly triggers: readonly Arguments[];
    };
    expect(triggers.map(({ type }) => type)).toEqual(["redis", "cpu", "memory"]);
  });
});
