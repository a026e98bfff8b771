import { type Json, numberOf, objectOf, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Release } from "../../../inventory/facts/kubernetes/releases";
import { atMost } from "../../../policy/comparison";
import { add, change, resource, set, together } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";
import { releaseOf } from "../../../policy-terms/targets";

/** Priority of pods without a class, which those of applications are. */
const ORDINARY = 0;
/** Classes that every cluster has (Kubernetes, "Guaranteed Scheduling For Critical Add-On Pods", read 2026-11-29). */
const BUILT_IN: Readonly<Record<string, number>> = {
  "system-cluster-critical": 2_000_000_000,
  "system-node-critical": 2_000_001_000,
};

/** Names of the ConfigMaps' entries that hold JSON with settings of the data movers. */
function moverClasses({ values }: Release): readonly string[] | undefined {
  const texts = Object.values(objectOf(values["configMaps"])).flatMap((map) =>
    Object.values(objectOf(objectOf(map)["data"])).flatMap((text) => textOf(text) ?? []),
  );
  try {
    return texts.flatMap((text) => textOf(objectOf(JSON.parse(text) as Json)["priorityClassName"]) ?? []);
  } catch {
    return undefined;
  }
}

function judged(name: string, region: string | undefined, platform: Platform): Verdict {
  const own = platform.objects.find(
    (one) => one.region === region && one.object.kind === "PriorityClass" && one.object.metadata.name === name,
  );
  const value = BUILT_IN[name] ?? (own && numberOf(own.object["value"]));
  return value === undefined
    ? fail({ expected: "a priority class of the platform", actual: name })
    : atMost(ORDINARY, value, `priority of class ${name}, which pods of applications have`);
}

const velero = releaseOf("velero");
const mover = (region: RegExp) =>
  resource("helm_release", (block, _, stack) => block["chart"] === "velero" && region.test(stack));
const file = ["values", "0", "configMaps", "node-agent", "data", "node-agent-configuration.json", "priorityClassName"];

export default policy({
  id: "WL-36",
  severity: "error",
  proves: ["CA-15", "FL-17"],
  title: "Pods that move the data of backups displace no pod that serves",
  because:
    "a data mover with a higher priority evicts pods of applications whenever a backup finds no room: each night, and all at once in a restore",
  remedy: "leave priorityClassName out of the node agent's configuration, or name a class with a value of 0 or less",
  subjects: (platform): readonly Release[] => platform.releases.filter(({ chart }) => chart === "velero"),
  check: (release, platform) => {
    const classes = moverClasses(release);
    if (classes === undefined) return unknown("the configuration of the node agent is not valid JSON");
    return classes.length === 0
      ? pass("data movers have no class")
      : classes.map((name) => judged(name, release.region, platform));
  },
  mutants: [
    change("critical for the cluster", velero, set(file, "system-cluster-critical")),
    change("critical in the secondary", mover(/-eu-west-1$/), set(file, "system-cluster-critical")),
    change("a class that does not exist", velero, set(file, "gone")),
  ],
  boundary: {
    holds: together("a class of 0", classOf(0), change("", velero, set(file, "backups"))),
    breaks: together("a class of 1", classOf(1), change("", velero, set(file, "backups"))),
  },
});

function classOf(value: number) {
  return add("", /^platform-/, "kubernetes_priority_class_v1", "backups", { metadata: { name: "backups" }, value });
}
