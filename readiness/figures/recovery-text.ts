import { rounded, table } from "./markdown-table";
import type { RecoverySection } from "./recovery-section";

const figure = (value: number | null): string => (value === null ? "–" : rounded(value));

export function recoveryMarkdown({ takeovers, points, schedules }: RecoverySection): string[] {
  return [
    "## Recovery",
    table(["application", "standby", "outcome", "minutes", "RTO, minutes"], takeovers.map(({ application, region, outcome, minutes, rtoMinutes }) => [application, region, outcome, figure(minutes), figure(rtoMinutes)])),
    ...takeovers.map(({ application, region, steps, arithmetic }) => (steps.length === 0 ? `${application} in ${region}: ${arithmetic}`
      : table([`${application}: step`, "seconds", "arithmetic"], steps.map((step) => [step.name, figure(step.seconds), step.arithmetic])))),
    table(["application", "region", "loss", "outcome", "hours of work lost", "RPO, hours", "arithmetic"], points.map(({ application, region, loss, outcome, hours, rpoHours, arithmetic }) =>
      [application, region, loss, outcome, figure(hours), figure(rpoHours), arithmetic])),
    table(["schedule", "region", "cron, UTC", "stored in", "oldest point, hours", "arithmetic"], schedules.map(({ schedule, region, cron, storedIn, hours, arithmetic }) =>
      [schedule, region, `\`${cron}\``, storedIn ?? "–", figure(hours), arithmetic])),
  ];
}

export function recoveryConsole({ takeovers, points }: RecoverySection): string {
  const minutes = takeovers.filter(({ outcome }) => outcome !== "notApplicable").map(({ application, outcome, minutes: taken, rtoMinutes }) => `${application} ${outcome} ${figure(taken)} of ${figure(rtoMinutes)} min`);
  const worst = [...points].sort((a, b) => (b.hours ?? Infinity) - (a.hours ?? Infinity))[0];
  const lost = worst === undefined ? "no recovery point" : `at most ${figure(worst.hours)} of ${figure(worst.rpoHours)} h of work lost (${worst.outcome})`;
  return `recovery: ${[...minutes, lost].join("; ")}`;
}
