import type { Probe } from "../../../inventory/facts/kubernetes/containers";
import { holds, present } from "../../../policy/comparison";
import { change, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fixedByChart, replicated } from "../../../policy-terms/scope";
import { CONTAINER, deployments } from "../../../policy-terms/targets";

const asked = (probe: Probe): string =>
  probe.kind === "exec" ? `exec ${probe.command.join(" ")}` : `${probe.kind} ${String(probe.port)}${probe.path ?? ""}`;

export default policy({
  id: "WL-02",
  severity: "warning",
  title: "A liveness probe exists and differs from the readiness probe",
  because:
    "without liveness a hung process keeps running; with the readiness check as liveness, a lost dependency restarts every pod at once",
  remedy: "declare probes.liveness with a path that depends on the process alone, and probes.readiness with another",
  proves: ["CA-03", "FL-04"],
  equivalents: ["kube-score pod-probes-identical", "checkov CKV_K8S_8"],
  subjects: (platform) =>
    platform.containers.filter((item) => !item.init && replicated(platform).includes(item.workload)),
  check: (item) => {
    const chart = fixedByChart(item, "probes");
    if (chart) return chart;
    const { liveness, readiness, name } = item.container;
    const found = present(liveness, `liveness probe of container ${name}`, { field: "probes.liveness" });
    if (!liveness || !readiness) return found;
    return [
      found,
      holds(
        asked(liveness) !== asked(readiness),
        `liveness asks another question than readiness (${asked(readiness)})`,
        asked(liveness),
        { field: "probes.liveness" },
      ),
    ];
  },
  mutants: [
    change("no liveness probe", deployments, unset(`${CONTAINER}.liveness_probe`)),
    change("liveness asks what readiness asks", deployments, (block) => {
      for (const probe of ["liveness_probe", "readiness_probe"])
        set(`${CONTAINER}.${probe}`, { http_get: { path: "/ready", port: "8080" }, period_seconds: probe.length })(
          block,
        );
    }),
  ],
  boundary: {
    holds: change("two paths on one port", deployments, (block) => {
      set(`${CONTAINER}.liveness_probe`, { http_get: { path: "/live", port: "8080" } })(block);
      set(`${CONTAINER}.readiness_probe`, { http_get: { path: "/lives", port: "8080" } })(block);
    }),
    breaks: change("one path on one port", deployments, (block) => {
      set(`${CONTAINER}.liveness_probe`, { http_get: { path: "/live", port: "8080" } })(block);
      set(`${CONTAINER}.readiness_probe`, { http_get: { path: "/live", port: "8080" } })(block);
    }),
  },
});
