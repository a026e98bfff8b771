import { annotation } from "../../../../contract";
import type { Container } from "../../../inventory/facts/kubernetes/containers";
import { atLeast } from "../../../policy/comparison";
import { change, each, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { pass, unknown } from "../../../policy/verdict";
import { fixedByChart, replicated } from "../../../policy-terms/scope";
import { CONTAINER, deployments } from "../../../policy-terms/targets";

/** The probe that ends a start which takes too long: the startup probe holds liveness back while it is there. */
const judgeOf = (container: Container) => container.startup ?? container.liveness;

const boots = (seconds: number) => set(["metadata", "annotations", annotation.component, "bootSeconds"], seconds);
const startup = (failures: number) =>
  each(
    set(`${CONTAINER}.startup_probe.period_seconds`, 5),
    set(`${CONTAINER}.startup_probe.failure_threshold`, failures),
    unset(`${CONTAINER}.startup_probe.initial_delay_seconds`),
  );

export default policy({
  id: "WL-04",
  severity: "warning",
  title: "The startup probe allows the declared boot time",
  because:
    "a start that is slower than the startup probe allows is killed and repeated, most likely while the whole system is slow",
  remedy: "declare bootSeconds of the component as its slowest start: the startup probe is made from it",
  proves: ["FL-04"],
  equivalents: [],
  subjects: (platform) =>
    platform.containers.filter((item) => !item.init && replicated(platform).includes(item.workload)),
  check: (item) => {
    const chart = fixedByChart(item, "boot");
    if (chart) return chart;
    const probe = judgeOf(item.container);
    if (!probe) return pass("no probe ends a slow start");
    const bootSeconds = item.workload.component?.bootSeconds;
    if (bootSeconds === undefined)
      return unknown(
        `how long the component takes to start is not declared (annotation ${annotation.component})`,
        "bootSeconds",
      );
    const patienceSeconds = probe.initialDelaySeconds + probe.failureThreshold * probe.periodSeconds;
    return atLeast(bootSeconds, patienceSeconds, `seconds that container ${item.container.name} gets to start`, {
      field: "bootSeconds",
      arithmetic: `${probe.initialDelaySeconds} s delay + ${probe.failureThreshold} failures × ${probe.periodSeconds} s`,
    });
  },
  mutants: [
    change(
      "the startup probe gives up after one failure",
      deployments,
      set(`${CONTAINER}.startup_probe.failure_threshold`, 1),
    ),
    change(
      "without a startup probe liveness kills the start",
      deployments,
      each(boots(60), unset(`${CONTAINER}.startup_probe`)),
    ),
  ],
  boundary: {
    holds: change("6 × 5 s for a start of 30 s", deployments, each(boots(30), startup(6))),
    breaks: change("5 × 5 s for a start of 26 s", deployments, each(boots(26), startup(5))),
  },
});
