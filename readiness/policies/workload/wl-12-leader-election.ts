import type { Platform } from "../../inventory/platform";
import type { Container } from "../../inventory/facts/kubernetes/containers";
import type { Workload } from "../../inventory/facts/kubernetes/workload-graph";
import { atMost, below } from "../../policy/comparison";
import { change, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { notApplicable, unknown, type Verdict } from "../../policy/verdict";
import { replicated } from "../../policy-terms/scope";
import { CONTAINER, deployments } from "../../policy-terms/targets";

/** Seconds that client-go's election uses where a flag is not given. Source: k8s.io/component-base v0.36.3 config/v1alpha1/defaults.go, read 2026-11-21. */
const defaults = { "lease-duration": 15, "renew-deadline": 10, "retry-period": 2 } as const;
/** A rollout or a node replacement a day: each ends one leader. */
const TAKEOVERS_A_MONTH = 30;
const SECONDS_A_MONTH = 30 * 24 * 3600;

const flagsOf = ({ command, args }: Container): readonly string[] => [...command, ...args];
const elects = (container: Container): boolean =>
  flagsOf(container).some(
    (flag) => /^--(leader-elect|leader-election|enable-leader-election)(=|-|$)/.test(flag) && !/=false$/.test(flag),
  );

/** Seconds of a Go duration such as `1m30s`; NaN for anything else, so that it is never taken for a small number. */
function seconds(duration: string): number {
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };
  return parts.map(([whole]) => whole).join("") === duration
    ? parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ""] ?? NaN), 0)
    : NaN;
}

function timing(container: Container, setting: keyof typeof defaults): number {
  const flag = flagsOf(container)
    .map((text) => new RegExp(`^--leader-elect(?:ion)?-${setting}=(.+)$`).exec(text)?.[1])
    .find((value) => value !== undefined);
  return flag === undefined ? defaults[setting] : seconds(flag);
}

function withinBudget(workload: Workload, platform: Platform, takeoverSeconds: number): Verdict {
  const namespace = platform.namespaces.find(
    ({ name, region }) => name === workload.namespace && region === workload.region,
  );
  if (workload.origin === "chart" || !namespace) return notApplicable("its namespace declares no availability");
  const availability = namespace.objectives?.availability;
  if (availability === undefined)
    return unknown("the availability of its application is not declared", "objectives.availability");
  return atMost(
    (1 - availability) * SECONDS_A_MONTH,
    TAKEOVERS_A_MONTH * takeoverSeconds,
    "seconds a month without a leader, within the error budget",
    {
      field: "leaderElection.leaseSeconds",
      arithmetic: `${TAKEOVERS_A_MONTH} takeovers × ${takeoverSeconds} s`,
    },
  );
}

const election = (lease: string, renew: string, retry: string) =>
  set(`${CONTAINER}.args`, [
    "--leader-elect",
    `--leader-elect-lease-duration=${lease}`,
    `--leader-elect-renew-deadline=${renew}`,
    `--leader-elect-retry-period=${retry}`,
  ]);

export default policy({
  id: "WL-12",
  severity: "error",
  title: "A new leader takes over in time, after the old lease has expired",
  because:
    "a leader that renews longer than its lease lasts works beside its successor; a long lease leaves the work undone after each rollout",
  remedy: "set lease duration > renew deadline > retry period, for example 15 s, 10 s and 2 s",
  proves: ["FF-01", "FF-18"],
  subjects: (platform) =>
    platform.containers.filter(
      (item) => !item.init && replicated(platform).includes(item.workload) && elects(item.container),
    ),
  check: ({ container, workload }, platform) => {
    const [lease, renew, retry] = [
      timing(container, "lease-duration"),
      timing(container, "renew-deadline"),
      timing(container, "retry-period"),
    ];
    return [
      below(lease, renew, "renew deadline in seconds, against the lease", { field: "leaderElection.renewSeconds" }),
      below(renew, retry, "retry period in seconds, against the renew deadline", {
        field: "leaderElection.retrySeconds",
      }),
      withinBudget(workload, platform, lease + retry),
    ];
  },
  mutants: [
    change("the leader renews longer than its lease", deployments, election("10s", "15s", "2s")),
    change("the retry is as long as the deadline", deployments, election("15s", "10s", "10s")),
    change("a lease of a minute", deployments, election("1m0s", "10s", "2s")),
  ],
  boundary: {
    holds: change("a lease one second longer than the deadline", deployments, election("11s", "10s", "2s")),
    breaks: change("a lease as long as the deadline", deployments, election("10s", "10s", "2s")),
  },
});
