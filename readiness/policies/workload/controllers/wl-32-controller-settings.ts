import { goSeconds } from "../../../../models/duration";
import { arrayOf, isObject, type Json, type JsonObject, numberOf, objectOf, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Cluster } from "../../../inventory/facts/aws/clusters";
import type { Release } from "../../../inventory/facts/kubernetes/releases";
import { total } from "../../../policy-terms/pools";
import { releaseOf } from "../../../policy-terms/targets";
import { atLeast, atMost, holds } from "../../../policy/comparison";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";

/** Longest pause between two looks of the autoscaler; its own default is 10 s. The recovery timeline counts with it. */
const LONGEST_SCAN_SECONDS = 60;
/** Longest that a new pod may wait before the autoscaler counts it. */
const LONGEST_POD_DELAY_SECONDS = 60;
/** Largest share of a node's memory that eviction may keep free: the capacity model counts 100 MiB. */
const MOST_EVICTION_PERCENT = 10;

/** Seconds of a flag; undefined where it is written and can't be read. */
const secondsOf = (written: Json | undefined, fallback: number): number | undefined =>
  written === undefined || written === null ? fallback : goSeconds(textOf(written));

function judgeAutoscaler(release: Release, cluster: Cluster): Verdict[] {
  const flags = objectOf(release.values["extraArgs"]);
  const most = numberOf(flags["max-nodes-total"]);
  const nodes = total(cluster.nodeGroups, "max");
  const [scan, delay] = [secondsOf(flags["scan-interval"], 10), secondsOf(flags["new-pod-scale-up-delay"], 0)];
  return [
    most === undefined || most === 0 || nodes === undefined
      ? pass("no bound on the nodes of all groups")
      : atLeast(nodes, most, `max-nodes-total of ${release.label}, against the maximum of all groups`),
    ...["cores-total", "memory-total"].map((bound) =>
      holds(
        flags[bound] === undefined,
        `no ${bound} of ${release.label}: its groups have maxima of their own`,
        String(flags[bound] ?? "none"),
      ),
    ),
    atMost(LONGEST_SCAN_SECONDS, scan, `scan-interval of ${release.label} in seconds`),
    atMost(LONGEST_POD_DELAY_SECONDS, delay, `new-pod-scale-up-delay of ${release.label} in seconds`),
    flags["scale-down-enabled"] === false || textOf(flags["scale-down-enabled"]) === "false"
      ? fail({
          expected: "scale-down-enabled",
          actual: "false",
          message: `${release.label}: nodes that a peak added stay and are billed`,
        })
      : pass("it removes nodes"),
    (numberOf(release.values["replicaCount"]) ?? 1) === 0
      ? fail({ expected: "replicas of the autoscaler", actual: "0" })
      : pass("it runs"),
  ];
}

/** kubelet removes pods while less memory than this is free. */
function judgeEviction(cluster: Cluster): Verdict[] {
  return cluster.nodeGroups.flatMap(({ launchTemplate, label }) => {
    const config = objectOf(objectOf(objectOf(launchTemplate?.nodeConfig?.["spec"])["kubelet"])["config"]);
    return ["evictionHard", "evictionSoft"].flatMap((field) =>
      Object.entries(objectOf(config[field])).flatMap(([signal, value]) => {
        const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(textOf(value) ?? "") ?? [];
        const limit = signal === "memory.available" ? MOST_EVICTION_PERCENT : 25;
        return percent === undefined
          ? []
          : [atMost(limit, Number(percent), `${field} ${signal} of ${label} in percent of the node`)];
      }),
    );
  });
}

const isBudget = (key: string): boolean => /^(podDisruptionBudget|pdb)$/i.test(key);

/** Disruption budgets in the values of a chart, at any depth. */
function budgetsIn(value: Json | undefined, path = ""): readonly { path: string; budget: JsonObject }[] {
  if (Array.isArray(value)) return arrayOf(value as Json).flatMap((one) => budgetsIn(one, path));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, one]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return isBudget(key) && isObject(one) ? [{ path: at, budget: one }] : budgetsIn(one, at);
  });
}

function judgeBudgets(release: Release): Verdict[] {
  return budgetsIn(release.values).flatMap(({ path, budget }) =>
    ["0", "0%"].includes(textOf(budget["maxUnavailable"]) ?? "") || textOf(budget["minAvailable"]) === "100%"
      ? [
          fail({
            expected: `${path} of ${release.label} allows one eviction`,
            actual: JSON.stringify(budget),
            message: `${release.label} in ${release.region ?? ""}: ${path} allows no eviction, so no node with its pods can ever be drained`,
          }),
        ]
      : [],
  );
}

const autoscaler = releaseOf("cluster-autoscaler");
const flag = (name: string, value: string | number | boolean) => set(["values", "0", "extraArgs", name], value);
const eviction =
  (percent: string) =>
  (block: Parameters<ReturnType<typeof set>>[0]): void => {
    const text = Buffer.from(String(block["user_data"]), "base64").toString("utf8");
    block["user_data"] = Buffer.from(text.replace("memory.available: 100Mi", `memory.available: ${percent}`)).toString(
      "base64",
    );
  };

export default policy({
  id: "WL-32",
  severity: "error",
  proves: ["CA-01", "CA-06"],
  title: "Autoscaler, kubelet and controllers are set as the capacity figures assume",
  because:
    "a bound on all nodes, a slow scan, an early eviction or a budget of 0 makes the figures of peak, zone loss and drain untrue",
  remedy: "remove the setting: the values of the catalogue's charts and NodePool are those that the models count with",
  subjects: (platform) => platform.clusters,
  check: (cluster, platform: Platform) => {
    const releases = platform.releases.filter(({ region, local }) => region === cluster.region && !local);
    return [
      ...releases
        .filter(({ chart }) => chart === "cluster-autoscaler")
        .flatMap((release) => judgeAutoscaler(release, cluster)),
      ...judgeEviction(cluster),
      ...releases.flatMap(judgeBudgets),
      pass(`${releases.length} charts`),
    ];
  },
  mutants: [
    change("ten nodes in all", autoscaler, flag("max-nodes-total", 10)),
    change("a look each half hour", autoscaler, flag("scan-interval", "30m")),
    change("new pods wait ten minutes", autoscaler, flag("new-pod-scale-up-delay", "10m0s")),
    change("nodes are never removed", autoscaler, flag("scale-down-enabled", false)),
    change("no autoscaler runs", autoscaler, set("values.0.replicaCount", 0)),
    change("eight cores in all", autoscaler, flag("cores-total", "0:8")),
    change("eviction at half of the memory", resource("aws_launch_template"), eviction("50%")),
    change(
      "no eviction of a controller",
      releaseOf("aws-load-balancer-controller"),
      set("values.0.podDisruptionBudget", { maxUnavailable: 0 }),
    ),
  ],
  boundary: {
    holds: change("a look each minute", autoscaler, flag("scan-interval", "60s")),
    breaks: change("a second more", autoscaler, flag("scan-interval", "61s")),
  },
});
