import type { Platform } from "../../../inventory/platform";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { atMost, below } from "../../../policy/comparison";
import { change, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { notApplicable, unknown, type Verdict } from "../../../policy/verdict";
import { elects, electionOf } from "../../../policy-terms/leader-election";
import { runningIn } from "../../../policy-terms/program";
import { replicated } from "../../../policy-terms/scope";
import { CONTAINER, deployments } from "../../../policy-terms/targets";

/** A rollout or a node replacement a day: each ends one leader. */
const TAKEOVERS_A_MONTH = 30;
const SECONDS_A_MONTH = 30 * 24 * 3600;

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
    const { lease, renew, retry } = electionOf(container, runningIn(workload, platform)?.program);
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
