import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import addons from "../../catalog/charts/eks-addons.json";
import { isStale, knownValues } from "../../catalog/charts/known-values";
import { acceptsKubernetes } from "../../catalog/kubernetes/kube-version";
import { addOnFit, chartFit } from "../../catalog/version-fit";
import { type JsonObject, platformCharts } from "../../catalog/charts";
import { clusterAutoscaler } from "../../catalog/charts/cluster-autoscaler/chart";
import { valuePaths, valuesDigest } from "../../catalog/charts/model/value-paths";
import { repositoryPasswordSecret } from "../../catalog/charts/velero/access";
import { velero } from "../../catalog/charts/velero/chart";

const lockOf = (key: string) => platformCharts.find((entry) => entry.key === key)?.lock;
const renderedOf = (key: string) => lockOf(key)?.rendered ?? undefined;
const workloads = platformCharts.flatMap(({ key, lock }) =>
  (lock.rendered?.workloads ?? []).map((workload) => ({ ...workload, chart: key })),
);

/** Disruption budgets that the chart brings, and those that the platform adds because the chart's own cannot say enough. */
const budgetsOf = (key: string) => [
  ...(renderedOf(key)?.podDisruptionBudgets ?? []),
  ...(platformCharts.find((entry) => entry.key === key)?.disruptionBudgets ?? []).map(({ matchLabels, ...budget }) => ({
    ...budget,
    selector: matchLabels,
    unhealthyPods: "AlwaysAllow",
  })),
];
const guards = (
  { selector }: { readonly selector: Readonly<Record<string, string>> },
  { podLabels }: { readonly podLabels: Readonly<Record<string, string>> },
): boolean => Object.entries(selector).every(([key, value]) => podLabels[key] === value);

describe.each(platformCharts)("chart $key", (chart) => {
  const values = chart.exampleValues();

  test("is locked and rendered at its exact version, from the values that it gives today", () => {
    expect(chart.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(chart.lock).toMatchObject({
      chart: chart.chart,
      version: chart.version,
      valuesDigest: valuesDigest(values),
      provenance: "rendered",
    });
  });

  test("sets only value paths whose effect was seen in a render", () => {
    expect(valuePaths(values)).toEqual(lockOf(chart.key)?.paths.map((entry) => entry.path));
    expect(
      chart.lock.paths.filter(
        ({ verified }) => !["removed", "changed", "required", "removed-without-crds", "template"].includes(verified),
      ),
    ).toEqual([]);
  });

  test("declares no free-form path that it does not use", () => {
    const used = new Set(lockOf(chart.key)?.paths.flatMap((entry) => ("freeForm" in entry ? [entry.freeForm] : [])));
    expect([...used].sort()).toEqual(Object.keys(chart.freeForm).sort());
  });

  test("renders the service accounts that Pod Identity associations name", () => {
    expect(renderedOf(chart.key)?.serviceAccounts).toEqual(
      expect.arrayContaining(chart.awsServiceAccounts.map(({ name }) => name)),
    );
    const used = new Set(renderedOf(chart.key)?.workloads.map(({ serviceAccount }) => serviceAccount));
    for (const account of chart.awsServiceAccounts) expect(used).toContain(account.name);
  });

  test("renders its objects into its namespace", () => {
    expect(new Set(renderedOf(chart.key)?.workloads.map(({ namespace }) => namespace))).toEqual(
      renderedOf(chart.key)?.workloads.length === 0 ? new Set() : new Set([chart.namespace]),
    );
  });
});

describe("a lock", () => {
  const [chart] = platformCharts;
  test("is stale once the chart's file gives other values", () => {
    if (chart === undefined) throw new Error("no chart");
    expect(isStale(chart)).toBe(false);
    expect(isStale({ lock: chart.lock, exampleValues: () => ({ ...chart.exampleValues(), further: 1 }) })).toBe(true);
  });
  test("is part of what is known of the chart's values", () => {
    for (const { chart: name, version } of platformCharts) expect(knownValues(name, version)?.stale).toBe(false);
  });
});

describe("rendered workloads", () => {
  const longRunning = workloads.filter((workload) => workload.hook === null);
  const deployments = longRunning.filter((workload) => workload.kind === "Deployment");
  const isSingle = ({ chart, name }: { chart: string; name: string }): boolean =>
    platformCharts.find(({ key }) => key === chart)?.singleReplicas?.[name] !== undefined;

  test.each(workloads)(
    "$chart/$name: every container has requests and a memory limit above them",
    ({ containers, initContainers }) => {
      for (const container of [...containers, ...initContainers]) {
        expect(container.cpuMillis).toBeGreaterThan(0);
        expect(container.memoryMiB).toBeGreaterThan(0);
        expect(container.memoryLimitMiB).toBeGreaterThan(container.memoryMiB ?? Infinity);
      }
    },
  );

  test.each(longRunning.filter(({ kind }) => kind !== "DaemonSet"))(
    "$chart/$name leaves a node that died after 30 s, not 300",
    ({ tolerations }) => {
      for (const state of ["not-ready", "unreachable"])
        expect(tolerations).toContainEqual({
          key: `node.kubernetes.io/${state}`,
          operator: "Exists",
          effect: "NoExecute",
          tolerationSeconds: 30,
        });
    },
  );

  test.each(deployments.filter((deployment) => !isSingle(deployment)))(
    "$chart/$name survives the loss of a zone and a drain",
    (deployment) => {
      const budgets = budgetsOf(deployment.chart).filter((budget) => guards(budget, deployment));
      expect(deployment.replicas).toBeGreaterThanOrEqual(2);
      expect(budgets).toHaveLength(1);
      expect(budgets[0]).toMatchObject({ maxUnavailable: 1, unhealthyPods: "AlwaysAllow" });
      expect(deployment.topologySpreadConstraints).toEqual(
        ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey): unknown =>
          expect.objectContaining({ topologyKey, labelSelector: { matchLabels: budgets[0]?.selector } }),
        ),
      );
      expect(deployment.priorityClassName).toBe("system-cluster-critical");
    },
  );

  test.each(
    platformCharts.flatMap(({ key, singleReplicas = {} }) => Object.keys(singleReplicas).map((name) => [key, name])),
  )("%s/%s has one replica and no disruption budget that would stop a drain", (key, name) => {
    const workload = deployments.find((one) => one.chart === key && one.name === name);
    expect(workload?.replicas).toBe(1);
    expect(budgetsOf(key ?? "").filter((budget) => workload !== undefined && guards(budget, workload))).toEqual([]);
  });

  test.each(workloads)("$chart/$name meets the pod security standard that its chart claims", (workload) => {
    const claimed = platformCharts.find(({ key }) => key === workload.chart)?.podSecurity;
    expect(workload).toMatchObject({ hostNetwork: false, ...(claimed === "privileged" ? {} : { hostPaths: [] }) });
    for (const { security } of [...workload.containers, ...workload.initContainers]) {
      expect(security).toMatchObject({
        privileged: false,
        ...(claimed === "privileged" ? {} : { capabilitiesAdded: [] }),
        allowPrivilegeEscalation: false,
        seccomp: "RuntimeDefault",
      });
      if (claimed === "restricted")
        expect(security).toMatchObject({
          runAsNonRoot: true,
          capabilitiesDropped: ["ALL"],
          readOnlyRootFilesystem: true,
        });
    }
  });

  test("every release fits the Secret that Helm stores it in, with a tenth to spare", () => {
    for (const { lock } of platformCharts)
      expect(lock.rendered?.releaseSecretBytes ?? Infinity).toBeLessThan(0.9 * 1024 * 1024);
  });

  test("every rendered image has an entry among the digests, known or not", () => {
    for (const { lock } of platformCharts) {
      expect(lock.images.map(({ image }) => image)).toEqual(lock.rendered?.images);
      for (const { digest } of lock.images)
        expect(digest ?? `sha256:${"0".repeat(64)}`).toMatch(/^sha256:[0-9a-f]{64}$/);
    }
  });

  test("no image has a mutable tag", () => {
    for (const image of platformCharts.flatMap(({ lock }) => lock.rendered?.images ?? []))
      expect(image).toMatch(/:v?\d+\.\d+\.\d+(-[a-z]+)?(@sha256:[0-9a-f]{64})?$/);
  });
});

describe("values that follow the settings", () => {
  const at = (values: JsonObject, ...path: readonly string[]): unknown =>
    path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], values);

  test("daily and more frequent schedules write to two regions each, and neither bucket's prefix is shared with the peer", () => {
    const values = velero.values(velero.example);
    expect(Object.values(at(values, "schedules") as object)).toEqual(
      [
        ["0 2 * * *", "720h0m0s"],
        ["0 0,6,12,18 * * *", "72h0m0s"],
      ].flatMap(([schedule, ttl]) =>
        ["default", "other-region"].map((storageLocation) => ({
          schedule,
          template: expect.objectContaining({ storageLocation, ttl, snapshotMoveData: true }),
        })),
      ),
    );
    expect(at(values, "configuration", "backupStorageLocation")).toEqual([
      expect.objectContaining({
        name: "default",
        prefix: "example-use1",
        accessMode: "ReadWrite",
        config: { region: "us-east-1" },
      }),
      expect.objectContaining({
        name: "other-region",
        prefix: "example-use1",
        accessMode: "ReadWrite",
        config: { region: "eu-west-1" },
      }),
      expect.objectContaining({
        name: "peer",
        prefix: "example-euw1",
        accessMode: "ReadOnly",
        config: { region: "us-east-1" },
      }),
    ]);
  });

  test("velero refuses an empty list of namespaces", () => {
    expect(() => velero.values({ ...velero.example, namespaces: [] })).toThrow("no namespace to back up");
    expect(repositoryPasswordSecret).toEqual({
      namespace: "velero",
      name: "velero-repo-credentials",
      key: "repository-password",
    });
  });

  test.each(["1.35", "1.36"] as const)("the cluster autoscaler's image follows Kubernetes %s", (kubernetesMinor) => {
    const values = clusterAutoscaler.values({ ...clusterAutoscaler.example, kubernetesMinor });
    expect(at(values, "image", "tag")).toMatch(new RegExp(`^v${kubernetesMinor.replace(".", "\\.")}\\.`));
    expect(at(values, "extraArgs", "max-node-provision-time")).toBe("5m0s");
  });
});

describe.each(addons.addons)("EKS add-on $name", (addon) => {
  test("names an exact version and its source for each Kubernetes version that the charts support", () => {
    for (const minor of ["1.35", "1.36"] as const) {
      expect(addon.versions[minor].version).toMatch(/^v\d+\.\d+\.\d+-eksbuild\.\d+$/);
      expect(addon.versions[minor].source).not.toBe("");
      if (addon.name === "kube-proxy") expect(addon.versions[minor].version.startsWith(`v${minor}.`)).toBe(true);
    }
  });

  test("runs in kube-system, under the service account that its role is bound to", () => {
    expect(addon.workloads.length).toBeGreaterThan(0);
    expect(new Set(addon.workloads.map(({ namespace }) => namespace))).toEqual(new Set(["kube-system"]));
    if (addon.awsServiceAccount !== null)
      expect(addon.workloads.map(({ serviceAccount }) => serviceAccount)).toContain(addon.awsServiceAccount.name);
  });
});

const defaultsFile = process.env.PLIMSOLL_CHART_DEFAULTS ?? resolve(__dirname, "../../../shared/charts.json");
const chartDefaults = z.array(
  z.object({ chart: z.string(), version: z.string(), defaultValues: z.record(z.string(), z.unknown()) }),
);

(existsSync(defaultsFile) ? describe : describe.skip)("against the charts' default values", () => {
  const known = existsSync(defaultsFile) ? chartDefaults.parse(JSON.parse(readFileSync(defaultsFile, "utf8"))) : [];

  test.each(platformCharts.filter((chart) => known.some((one) => one.chart === chart.chart)))(
    "every path of $key exists in the defaults of its version, or is free-form with a reason",
    (chart) => {
      const defaults = known.find((one) => one.chart === chart.chart);
      expect(defaults?.version).toBe(chart.version);
      const isKnown = (path: string): boolean => {
        let value: unknown = defaults?.defaultValues;
        for (const key of path.split(/(?<!\\)\./).map((part) => part.replaceAll("\\.", "."))) {
          if (typeof value !== "object" || value === null || !(key in value)) return false;
          value = (value as Record<string, unknown>)[key];
        }
        return true;
      };
      const freeForm = Object.keys(chart.freeForm);
      const underFreeForm = (path: string): boolean =>
        freeForm.some((parent) => path === parent || path.startsWith(`${parent}.`));
      expect(freeForm.filter((parent) => !isKnown(parent))).toEqual([]);
      // A render that changes with a path shows more than a default value that exists.
      const shown = new Set(
        chart.lock.paths
          .filter(({ verified }) => /^(removed|changed|required)$/.test(verified))
          .map(({ path }) => path),
      );
      expect(
        valuePaths(chart.exampleValues()).filter((path) => !isKnown(path) && !underFreeForm(path) && !shown.has(path)),
      ).toEqual([]);
    },
  );
});

describe("a chart's kubeVersion", () => {
  it.each([
    [">=1.16.0-0", "1.36", true],
    [">= 1.22.0-0", "1.21", false],
    ["^1.25.0-0", "1.36", true],
    ["^1.25.0-0", "2.0", false],
    [">=v1.23.0-0", "1.23", true],
    [">= 1.25.0-0, < 1.36.0-0", "1.35", true],
    [">= 1.25.0-0 <1.36.0-0", "1.36", false],
    ["<=1.35.0-0", "1.36", false],
    [">1.35.0-0", "1.35", false],
    ["~1.36.0-0", "1.36", true],
    ["~1.36-0", "1.37", false],
    ["1.36.0-0", "1.36", true],
    ["<1.30.0-0 || >=1.36.0-0", "1.36", true],
  ])("%s of %s: %s", (range, version, accepted) => expect(acceptsKubernetes(range, version)).toBe(accepted));
  it("without a pre-release refuses every EKS cluster, whose API server calls itself v1.36.2-eks-…", () => {
    expect([acceptsKubernetes(">=1.25.0", "1.36"), acceptsKubernetes(">= 1.16-0", "1.36")]).toEqual([false, true]);
  });
  it("that nobody can read decides nothing", () =>
    expect([
      acceptsKubernetes("newest", "1.36"),
      acceptsKubernetes(">=1.25.0-0", "latest"),
      acceptsKubernetes("", "1.36"),
    ]).toEqual([undefined, undefined, undefined]));
});

describe("whether a version fits the cluster's", () => {
  it("is what the catalogue records for it; what it records for another does not fit, and what it does not know is unknown", () => {
    expect(addOnFit("coredns", "v1.14.3-eksbuild.16", "1.36")).toMatchObject({ fits: true });
    expect(addOnFit("coredns", "v1.14.3-eksbuild.16", "1.35")).toMatchObject({
      fits: false,
      reason: "recorded for 1.36; for 1.35 it is v1.13.2-eksbuild.21",
    });
    expect(addOnFit("coredns", "v9.9.9-eksbuild.1", "1.36").fits).toBeUndefined();
    expect(addOnFit("adot", "v1.0.0", "1.36").fits).toBeUndefined();
  });
  it("is the version skew policy for kube-proxy: never newer than the API server, at most three older", () => {
    expect(
      ["v1.37.0", "v1.36.0", "v1.33.9", "v1.32.9", "latest"].map(
        (version) => addOnFit("kube-proxy", version, "1.36").fits,
      ),
    ).toEqual([false, true, true, false, undefined]);
  });
  it("is a chart's kubeVersion, and the versions that its image is chosen for", () => {
    expect([chartFit("velero", "12.1.0", "1.36").fits, chartFit("velero", "12.1.0", "1.15").fits]).toEqual([
      true,
      false,
    ]);
    expect(chartFit("cluster-autoscaler", "9.59.0", "1.34")).toMatchObject({
      fits: false,
      reason: "its image is chosen for 1.35, 1.36, because it follows the cluster's version",
    });
    expect(chartFit("grafana", "12.11.1", "1.36")).toMatchObject({
      fits: true,
      source: expect.stringContaining("grafana-community") as unknown,
    });
    expect(chartFit("velero", "0.0.1", "1.36").fits).toBeUndefined();
  });
});
