import { table } from "./markdown-table";
import { rounded } from "./numbers";
import type { RecoverySection } from "../../figures/recovery/recovery-section";

const figure = (value: number | null): string => (value === null ? "–" : rounded(value));

export function recoveryMarkdown({ takeovers, points, schedules, scenarios, stores }: RecoverySection): string[] {
  return [
    "## Recovery",
    table(
      ["application", "standby", "outcome", "minutes", "RTO, minutes"],
      takeovers.map(({ application, region, outcome, minutes, rtoMinutes }) => [
        application,
        region,
        outcome,
        figure(minutes),
        figure(rtoMinutes),
      ]),
    ),
    ...takeovers.map(({ application, region, steps, arithmetic }) =>
      steps.length === 0
        ? `${application} in ${region}: ${arithmetic}`
        : table(
            [`${application}: step`, "seconds", "arithmetic"],
            steps.map((step) => [step.name, figure(step.seconds), step.arithmetic]),
          ),
    ),
    table(
      ["application", "region", "loss", "outcome", "hours of work lost", "RPO, hours", "arithmetic"],
      points.map(({ application, region, loss, outcome, hours, rpoHours, arithmetic }) => [
        application,
        region,
        loss,
        outcome,
        figure(hours),
        figure(rpoHours),
        arithmetic,
      ]),
    ),
    ...lossesMarkdown({ scenarios, stores }),
    table(
      ["schedule", "region", "cron, UTC", "stored in", "oldest point, hours", "arithmetic"],
      schedules.map(({ schedule, region, cron, storedIn, hours, arithmetic }) => [
        schedule,
        region,
        `\`${cron}\``,
        storedIn ?? "–",
        figure(hours),
        arithmetic,
      ]),
    ),
  ];
}

/** Every loss with its times, and every store with the work that a loss costs. */
const lossesMarkdown = ({ scenarios, stores }: Pick<RecoverySection, "scenarios" | "stores">): string[] => [
  "Minutes until full service: 5th percentile, mean and 95th percentile of a simulation; the limit is the sum of all worst cases.",
  table(
    ["application", "loss", "outcome", "best", "expected", "worst", "limit", "RTO, minutes", "arithmetic of the limit"],
    scenarios.map((one) => [
      one.application,
      one.scenario,
      one.outcome,
      figure(one.bestMinutes),
      figure(one.expectedMinutes),
      figure(one.worstMinutes),
      figure(one.limitMinutes),
      figure(one.rtoMinutes),
      one.arithmetic,
    ]),
  ),
  table(
    ["application", "store", "loss", "outcome", "minutes of work lost", "RPO, minutes", "mark", "arithmetic"],
    stores.map((one) => [
      one.application,
      `${one.kind} ${one.store}`,
      one.loss,
      one.outcome,
      figure(one.minutes),
      figure(one.rpoMinutes),
      `${one.mark} ${one.date}`,
      one.arithmetic,
    ]),
  ),
];

interface Promised {
  readonly application: string;
  readonly outcome: string;
  readonly taken: number | null;
  readonly allowed: number | null;
}

const share = ({ taken, allowed }: Promised): number =>
  taken === null || allowed === null ? Infinity : taken / allowed;

/** Those that break their promise, each; else the one that comes nearest to it. */
function tightest(all: readonly Promised[], unit: string): string {
  const worst = [...all].sort((a, b) => share(b) - share(a) || (a.application < b.application ? -1 : 1));
  const first = worst.filter(
    ({ application }, index) => worst.findIndex((one) => one.application === application) === index,
  );
  const broken = first.filter(({ outcome }) => outcome !== "pass");
  const shown = broken.length > 0 ? broken : first.slice(0, 1);
  return shown
    .map(
      ({ application, outcome, taken, allowed }) =>
        `${application} ${figure(taken)} of ${figure(allowed)} ${unit} (${outcome})`,
    )
    .join(", ");
}

/** After how long applications serve again, and how much work is lost at most. */
export function recoveryConsole({ takeovers, points }: RecoverySection): string {
  const back = takeovers
    .filter(({ outcome }) => outcome !== "notApplicable")
    .map((one) => ({ ...one, taken: one.minutes, allowed: one.rtoMinutes }));
  const lost = points.map((one) => ({ ...one, taken: one.hours, allowed: one.rpoHours }));
  return [
    back.length === 0 ? "no application fails over" : `back again at the latest ${tightest(back, "min")}`,
    lost.length === 0 ? "no recovery point" : `work lost at most ${tightest(lost, "h")}`,
  ].join("; ");
}
