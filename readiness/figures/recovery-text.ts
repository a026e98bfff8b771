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

/** After how long each application serves again, and how much of its work is lost at most. */
export function recoveryConsole({ takeovers, points }: RecoverySection): string[] {
  const applications = [...new Set([...takeovers, ...points].map(({ application }) => application))].sort();
  const lines = applications.map((application) => {
    const back = takeovers.filter((one) => one.application === application && one.outcome !== "notApplicable")
      .map(({ outcome, minutes, rtoMinutes }) => `back after ${figure(minutes)} of ${figure(rtoMinutes)} min (${outcome})`);
    const [worst] = points.filter((one) => one.application === application).sort((a, b) => (b.hours ?? Infinity) - (a.hours ?? Infinity));
    return [`${application} ${back.join(", ") || "takes no requests"}`, worst === undefined ? "no recovery point" : `at most ${figure(worst.hours)} of ${figure(worst.rpoHours)} h of work lost (${worst.outcome})`].join("; ");
  });
  return lines.length === 0 ? ["no application"] : lines;
}
