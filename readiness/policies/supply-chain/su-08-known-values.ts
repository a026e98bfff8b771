import { knownValues, reads } from "../../../catalog/charts/known-values";
import type { JsonObject as ChartValues } from "../../../catalog/charts";
import { valuePaths } from "../../../catalog/charts/model/value-paths";
import { change, set, together, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, pass, unknown, type Verdict } from "../../policy/verdict";
import { releaseOf } from "../../policy-terms/targets";

const autoscaler = releaseOf("cluster-autoscaler");
const velero = releaseOf("velero");

export default policy({
  id: "SU-08",
  severity: "error",
  proves: ["XB-20", "CA-28"],
  title: "Each value that a release sets is read by its chart, and stands in its lock",
  because:
    "Helm says nothing of a key that no template reads: a mistyped replica count, or one that a new version renamed, leaves the default in force; pods are judged as the lock recorded them",
  remedy:
    "write the key as the chart's values file has it; after a change run `make charts`, which renders the chart and records which values it reads",
  subjects: (platform) => platform.releases.filter(({ local }) => !local),
  check: (release): Verdict | Verdict[] => {
    const { chart, version, values, valuesUnknown } = release;
    if (valuesUnknown !== undefined) return unknown(`the values of ${chart ?? release.label}: ${valuesUnknown.reason}`);
    const known = chart === undefined || version === undefined ? undefined : knownValues(chart, version);
    const name = `${chart ?? "a chart without a name"} ${version ?? "without a version"}`;
    if (known === undefined)
      return unknown(
        `which values ${name} reads is not recorded; add the chart to catalog/charts and run \`make charts\``,
      );
    if (known.stale)
      return fail({
        expected: `a lock of ${name} that was made with the values of its chart.ts`,
        actual: "other values: its pods, sizes and budgets are judged by that lock; run `make charts`",
      });
    const paths = valuePaths(values as ChartValues).filter((path) => path !== "");
    const dead = paths.filter((path) => !reads(known, path));
    if (dead.length > 0 && dead.every((path) => known.unproved.has(path)))
      return unknown(`${name} was not rendered: its default values have ${dead.join(", ")}; run \`make charts\``);
    if (dead.length === 0) return pass(`${name} reads all ${paths.length} values`);
    return dead.map((path) =>
      fail({
        expected: `a value that ${name} reads`,
        actual: `${path}, of which no render shows an effect`,
        field: path,
      }),
    );
  },
  mutants: [
    change("a mistyped key", autoscaler, set("values.0.replicas", 2)),
    change("a key of another case", velero, set("values.0.nodeagent", { podVolumePath: "/var" })),
    change("a key below a known one", velero, set("values.0.configuration.featuresFlag", "EnableCSI")),
    change(
      "a key that only another chart has",
      releaseOf("metrics-server"),
      set("values.0.autoDiscovery.clusterName", "plimsoll"),
    ),
    together(
      "one typing error among many good values",
      change("", autoscaler, unset("values.0.rbac")),
      change("", autoscaler, set("values.0.rbacs", { create: true })),
    ),
  ],
  boundary: {
    holds: change("a further key where the chart reads any", autoscaler, set("values.0.extraArgs.v", 4)),
    breaks: change("the same key one level higher", autoscaler, set("values.0.v", 4)),
  },
});
