import type { Platform } from "../../../inventory/platform";
import type { Probe } from "../../../inventory/facts/kubernetes/containers";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { atMost } from "../../../policy/comparison";
import { change, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { notApplicable, type Verdict } from "../../../policy/verdict";
import { ownServices } from "../../../policy-terms/scope";
import { CONTAINER, deployments, simplest } from "../../../policy-terms/targets";

/** Seconds that a probe may wait beyond the declared boot: scheduling of the probe and one round of it. */
const MARGIN_SECONDS = 15;
/** Longest time between two rounds of readiness: a pod that no longer answers gets requests for this long. */
const LONGEST_PERIOD_SECONDS = 60;

/** Minutes within which the application has to serve again, the shorter promise first. */
function budgetSeconds({ namespace, region }: Workload, platform: Platform): number | undefined {
  const objectives = platform.namespaces.find((one) => one.name === namespace && one.region === region)?.objectives;
  const minutes = objectives?.podRecoveryMinutes ?? objectives?.rtoMinutes;
  return minutes === undefined ? undefined : minutes * 60;
}

function judgeProbe(role: string, probe: Probe, boot: number, budget: number | undefined): Verdict[] {
  const field = `probes.${role === "startup" ? "liveness" : role}`;
  const waited = probe.initialDelaySeconds + probe.periodSeconds;
  return [
    ...(role === "liveness"
      ? []
      : [
          atMost(
            boot + MARGIN_SECONDS,
            probe.initialDelaySeconds,
            `seconds before the first ${role} probe, against the declared boot`,
            {
              field,
              arithmetic: `bootSeconds ${boot} + ${MARGIN_SECONDS}`,
            },
          ),
        ]),
    ...(role === "readiness"
      ? [atMost(LONGEST_PERIOD_SECONDS, probe.periodSeconds, "seconds between two readiness probes", { field })]
      : []),
    ...(budget === undefined
      ? []
      : [
          atMost(
            budget,
            waited,
            `seconds until the first answer of the ${role} probe, against the recovery objective`,
            {
              field,
              arithmetic: `${probe.initialDelaySeconds} delay + ${probe.periodSeconds} period`,
            },
          ),
        ]),
  ];
}

const readiness = `${CONTAINER}.readiness_probe`;

export default policy({
  id: "WL-30",
  severity: "error",
  proves: ["CA-03", "FL-25"],
  title: "Probes begin with the declared boot and within the recovery objective",
  because:
    "a pod whose readiness is asked an hour later serves nothing for that hour: after a node is lost, and at every rollout",
  remedy: "remove initialDelaySeconds, and let bootSeconds declare how long the component takes to start",
  subjects: (platform) => ownServices(platform),
  check: (workload, platform): Verdict | readonly Verdict[] => {
    const boot = workload.component?.bootSeconds ?? 0;
    const budget = budgetSeconds(workload, platform);
    const verdicts = workload.containers.flatMap(({ startup, readiness: ready, liveness }) =>
      Object.entries({ startup, readiness: ready, liveness }).flatMap(([role, probe]) =>
        probe ? judgeProbe(role, probe, boot, budget) : [],
      ),
    );
    const minimum =
      budget === undefined
        ? []
        : [atMost(budget, workload.minReadySeconds, "minReadySeconds, against the recovery objective")];
    return verdicts.length === 0 ? notApplicable("it has no probe") : [...verdicts, ...minimum];
  },
  mutants: [
    change("readiness is asked after an hour", deployments, set(`${readiness}.initial_delay_seconds`, 3600)),
    change("readiness is asked every ten minutes", deployments, set(`${readiness}.period_seconds`, 600)),
    change(
      "liveness is asked after an hour",
      deployments,
      set(`${CONTAINER}.liveness_probe.initial_delay_seconds`, 3600),
    ),
    change(
      "a start that is asked after an hour",
      deployments,
      set(`${CONTAINER}.startup_probe.initial_delay_seconds`, 3600),
    ),
    change("ready only after two hours", deployments, set("spec.min_ready_seconds", 7200)),
  ],
  // storefront declares a boot of 30 s.
  boundary: {
    holds: change("at the end of boot and margin", simplest(), set(`${readiness}.initial_delay_seconds`, 45)),
    breaks: change("a second later", simplest(), set(`${readiness}.initial_delay_seconds`, 46)),
  },
});
