import { chart } from "../../catalog/charts/model/definition";
import { cataloged, type CatalogedChart } from "../../catalog/charts";
import { unlocked } from "../../catalog/charts/model/lock";
import { ChartUnreachable, HelmFailure, objectsIn } from "../../proof/charts/charts";
import { lockCharts, type LockCommand } from "../../proof/charts/locks/lock-charts";
import { operatorWorkload } from "../../proof/charts/locks/operator-pods";
import { renderedFacts } from "../../proof/charts/locks/rendered-facts";

const definition = chart<Record<string, never>>({
  key: "echo",
  chart: "echo",
  repository: "https://charts.example.com",
  version: "1.2.3",
  releaseName: "echo",
  namespace: "echo",
  kubernetesMinors: null,
  podSecurity: "restricted",
  awsServiceAccounts: [],
  freeForm: { "resources.limits": "copied" },
  example: {},
  lock: {},
  values: () => ({ replicas: 2, resources: { limits: { memory: "64Mi" } }, replica: 3 }),
});
const echo = cataloged(definition);

const defaults = {
  chart: "echo",
  version: "1.2.3",
  appVersion: "9.9.9",
  source: "example/charts:echo@main",
  commit: "abc",
  defaultValues: { replicas: 1, resources: { limits: { memory: "32Mi" } } },
};

const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: echo }
spec:
  replicas: 2
  selector: { matchLabels: { app: echo } }
  template:
    metadata: { labels: { app: echo } }
    spec:
      securityContext: { runAsNonRoot: true }
      containers:
        - name: echo
          image: example.com/echo:1.2.3
          resources: { requests: { cpu: 0.1, memory: 64Mi }, limits: { memory: 1Gi } }
          securityContext: { runAsUser: 7 }
`;

async function run(command: Partial<LockCommand>): Promise<{ code: number; printed: string[]; written: string[] }> {
  const [printed, written]: [string[], string[]] = [[], []];
  const code = await lockCharts({
    charts: [echo],
    renderer: undefined,
    tool: "helm 3.22.0",
    defaults: [],
    today: "2026-11-29",
    write: (_chart, text) => written.push(text),
    print: (line) => printed.push(line),
    ...command,
  });
  return { code, printed, written };
}

/** Renders the manifest; the replica count of the values decides the one of the Deployment. */
const renderer = {
  show: () => Promise.resolve({ appVersion: "9.9.9", kubeVersion: ">=1.30.0-0" }),
  packed: () => Promise.resolve("[]"),
  renderText: ({ values }: { values: Record<string, unknown> }) => {
    const { replicas, resources } = values;
    return Promise.resolve(`${manifest}# ${JSON.stringify({ replicas, resources })}`);
  },
  render: () => Promise.resolve(objectsIn(manifest, "echo")),
} as unknown as NonNullable<LockCommand["renderer"]>;

const failing = (error: Error): NonNullable<LockCommand["renderer"]> => ({
  ...renderer,
  show: () => Promise.reject(error),
});

describe("the lock of a chart", () => {
  it("records what the chart renders, and reports a value that the chart does not read", async () => {
    const { code, printed, written } = await run({ renderer });
    expect(code).toBe(1);
    expect(printed).toContain("  replica: the chart does not read it (misspelt, or of another version)");
    expect(JSON.parse(written[0] ?? "")).toMatchObject({
      provenance: "rendered",
      made: "2026-11-29",
      appVersion: "9.9.9",
      kubeVersion: ">=1.30.0-0",
      paths: [
        { path: "replica", verified: "unread" },
        { path: "replicas", verified: "removed" },
        { path: "resources.limits.memory", verified: "removed", freeForm: "resources.limits" },
      ],
      rendered: {
        images: ["example.com/echo:1.2.3"],
        workloads: [{ kind: "Deployment", namespace: "echo", replicas: 2, containers: [{ cpuMillis: 100 }] }],
      },
      images: [{ image: "example.com/echo:1.2.3", digest: null, confidence: "none" }],
    });
  });

  it("is written with the same bytes from the same chart, whatever the day", async () => {
    const [first] = (await run({ renderer })).written;
    const lock = JSON.parse(first ?? "") as CatalogedChart["lock"];
    const { printed, written } = await run({ renderer, charts: [{ ...echo, lock }], today: "2027-01-01" });
    expect(written).toEqual([]);
    expect(printed[0]).toBe("echo 1.2.3: unchanged");
  });

  it("is kept where the chart is not reached and the lock is of the same version", async () => {
    const lock = { ...unlocked, provenance: "rendered", version: "1.2.3", made: "2026-11-01" };
    const { code, printed, written } = await run({
      renderer: failing(new ChartUnreachable("charts.example.com does not answer")),
      charts: [{ ...echo, lock }],
      defaults: [defaults],
    });
    expect({ code, written }).toEqual({ code: 1, written: [] });
    expect(printed[0]).toBe(
      "echo 1.2.3: not reached (charts.example.com does not answer); the lock of 2026-11-01 is kept",
    );
  });

  it("is made from default values where nothing else is at hand, and says that nothing was rendered", async () => {
    const { code, printed, written } = await run({ defaults: [defaults] });
    expect(code).toBe(1);
    expect(printed).toContain("  replica: the chart does not read it (misspelt, or of another version)");
    expect(JSON.parse(written[0] ?? "")).toMatchObject({
      provenance: "defaults",
      rendered: null,
      crds: { installation: "unknown" },
      source: "example/charts:echo",
      paths: [{ verified: "unread" }, { verified: "default" }, { verified: "default" }],
    });
  });

  it.each([
    [{}, "echo 1.2.3: not reached (helm is missing), and no default values are at hand; nothing was written"],
    [
      { defaults: [{ ...defaults, version: "1.2.4" }] },
      "echo 1.2.3: not reached (helm is missing), and no default values are at hand; nothing was written",
    ],
    [
      { renderer: failing(new HelmFailure("values don't meet the schema")), defaults: [defaults] },
      "echo 1.2.3: helm does not render it: values don't meet the schema; its lock is unchanged",
    ],
  ])("is left alone, with the reason: %#", async (command, line) => {
    const { code, printed, written } = await run(command);
    expect({ code, written, line: printed[0] }).toEqual({ code: 1, written: [], line });
  });
});

describe("the facts of a render", () => {
  it("take a container's security context before the pod's", () => {
    const [workload] = renderedFacts(objectsIn(manifest, "echo"), { chart: "", values: "", manifest: "" }).workloads;
    expect(workload?.containers[0]).toMatchObject({
      memoryMiB: 64,
      memoryLimitMiB: 1024,
      security: { runAsNonRoot: true, runAsUser: 7, allowPrivilegeEscalation: null },
    });
  });

  it("include the StatefulSet that the Prometheus operator makes, with its config reloader", () => {
    const objects = objectsIn(
      `
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: { name: main }
spec:
  image: example.com/prometheus:3.0.0
  replicas: 2
  resources: { requests: { cpu: 300m, memory: 1568Mi } }
  storage: { volumeClaimTemplate: { spec: { resources: { requests: { storage: 50Gi } } } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: operator }
spec:
  template:
    spec:
      containers:
        - name: operator
          args: [--prometheus-config-reloader=example.com/reloader:1.0.0, --config-reloader-memory-request=32Mi, --config-reloader-cpu-request=0]
`,
      "monitoring",
    );
    const [prometheus, operator] = objects;
    expect(prometheus && operatorWorkload(prometheus, objects)).toMatchObject({
      kind: "StatefulSet",
      name: "prometheus-main",
      namespace: "monitoring",
      replicas: 2,
      claimsGiB: [50],
      containers: [
        { name: "prometheus", cpuMillis: 300, memoryMiB: 1568 },
        { name: "config-reloader", image: "example.com/reloader:1.0.0", memoryMiB: 32, cpuMillis: null },
      ],
    });
    expect(operator && operatorWorkload(operator, objects)).toBeUndefined();
  });
});
