import { annotation } from "../../../contract";
import type { Platform } from "../../inventory/platform";
import type { Workload } from "../../inventory/facts/kubernetes/workload-graph";
import { atMost, present } from "../../policy/comparison";
import { change, resource, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { unknown } from "../../policy/verdict";
import { ownServices } from "../../policy-terms/scope";
import { CONTAINER, ofApplication, POD } from "../../policy-terms/targets";

/** Minutes within which the application promises a pod that hangs to serve again. */
const promisedMinutes = ({ namespace, region }: Workload, platform: Platform): number | undefined =>
  platform.namespaces.find((one) => one.name === namespace && one.region === region)?.objectives?.podRecoveryMinutes;

/** The setting that takes most of the time. */
const longest = (seconds: Readonly<Record<string, number>>): string =>
  Object.entries(seconds).reduce((most, next) => (next[1] > most[1] ? next : most))[0];

const server = ofApplication("mirror", "kubernetes_stateful_set_v1");
const objectives = ["metadata", "annotations", annotation.objectives];
const mirror = resource("kubernetes_namespace_v1", (_, __, stack) => stack.startsWith("mirror-"));

export default policy({
  id: "AV-14",
  severity: "error",
  proves: ["FL-25"],
  title: "A hung pod is restarted and ready within its recovery objective",
  because:
    "slow probes, a long grace period and a slow start add up: each is acceptable alone, and their sum breaks the objective",
  remedy:
    "ask liveness more often or with fewer failures, shorten drainSeconds or bootSeconds, or promise more in objectives.podRecoveryMinutes",
  subjects: (platform) => ownServices(platform).filter((workload) => promisedMinutes(workload, platform) !== undefined),
  check: (workload, platform) => {
    const minutes = promisedMinutes(workload, platform) ?? 0;
    const [liveness, boot, grace] = [
      workload.containers[0]?.liveness,
      workload.component?.bootSeconds,
      workload.pod.graceSeconds,
    ];
    if (!liveness)
      return present(liveness, "a liveness probe, without which a hung pod is never restarted", {
        field: "probes.liveness",
      });
    if (boot === undefined) return unknown("no boot time is declared", "bootSeconds");
    const detection = liveness.periodSeconds * liveness.failureThreshold + liveness.timeoutSeconds;
    return atMost(minutes * 60, detection + grace + boot, "seconds from a hanging process to one that serves", {
      field: longest({ "probes.liveness": detection, drainSeconds: grace, bootSeconds: boot }),
      arithmetic: `${liveness.periodSeconds} × ${liveness.failureThreshold} + ${liveness.timeoutSeconds} until it is found out + ${grace} grace + ${boot} boot`,
    });
  },
  mutants: [
    change("asked each minute and a half", server, set(`${CONTAINER}.liveness_probe.period_seconds`, 90)),
    change("five minutes of grace", server, set(`${POD}.termination_grace_period_seconds`, 300)),
    change("a promise of two minutes", mirror, set([...objectives, "podRecoveryMinutes"], 2)),
  ],
  // 10 × 3 + 2 until it is found out, 60 of grace and 45 to boot are 137 s.
  boundary: {
    holds: change("163 s of grace more", server, set(`${POD}.termination_grace_period_seconds`, 223)),
    breaks: change("164 s of grace more", server, set(`${POD}.termination_grace_period_seconds`, 224)),
  },
});
