import { annotation } from "../../../../contract";
import { bestRecoveryPoint, losses, type RecoveryPoint } from "../../../figures/recovery/backup-coverage";
import { change, changeEnvironment, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { atMost } from "../../../policy/comparison";
import { fail, unknown, type Verdict } from "../../../policy/verdict";
import { applicationNamespaces, backupsOf, inSchedules, notKnownYet, storedAt, veleroReleases } from "../_velero";

const applications = resource("kubernetes_namespace_v1", (_, __, stack) => stack.startsWith("storefront"));
const rpoHours = (hours: number) => set(["metadata", "annotations", annotation.objectives, "rpoHours"], hours);

export default policy({
  id: "DR-02",
  severity: "error",
  proves: ["CA-12"],
  title: "The oldest possible recovery point is younger than the application's RPO",
  because: "a backup each 24 hours is 25 hours old when the next one, which takes an hour, fails in its last minute",
  remedy:
    "let a schedule run more often (backups.recoverySchedule), or declare the RPO that the schedule keeps (objectives.rpoHours)",
  equivalents: ["kyverno: literal schedules only"],
  subjects: applicationNamespaces,
  check: (namespace, platform) => {
    const reason = notKnownYet(backupsOf(platform, namespace.region));
    if (reason !== undefined) return unknown(`Velero's values: ${reason}`);
    const rpo = namespace.objectives?.rpoHours;
    if (rpo === undefined) return unknown("the application declares no RPO", "objectives.rpoHours");
    return losses.map((loss) =>
      oldest(bestRecoveryPoint(platform, namespace, loss), `hours of work that a loss ${loss} costs`, rpo),
    );
  },
  mutants: [
    change("once a day", veleroReleases, inSchedules(set("schedule", "0 2 * * *"))),
    change("not at the weekend", veleroReleases, inSchedules(set("schedule", "0 */6 * * 1-5"))),
    change(
      "to the other region each week",
      veleroReleases,
      inSchedules(set("schedule", "0 2 * * 0"), storedAt("other-region")),
    ),
    change("nothing to the other region", veleroReleases, inSchedules(set("disabled", true), storedAt("other-region"))),
    changeEnvironment("backups that take 19 hours", (environment) => {
      environment.backups.durationMinutes = 19 * 60;
    }),
    change("no cron expression", veleroReleases, inSchedules(set("schedule", "@sometimes"))),
  ],
  boundary: {
    holds: change("an RPO of 7 hours", applications, rpoHours(7)),
    breaks: change("an RPO of 6.99 hours", applications, rpoHours(6.99)),
  },
});

/** The best schedule decides: what it has stored is there, whatever the others do. */
function oldest(point: RecoveryPoint | undefined, what: string, rpoHours: number): Verdict {
  if (!point)
    return fail({
      expected: `${what}: ≤ ${rpoHours}`,
      actual: "no schedule that runs covers it",
      field: "objectives.rpoHours",
    });
  return atMost(rpoHours, point.hours, what, { field: "objectives.rpoHours", arithmetic: point.arithmetic });
}
