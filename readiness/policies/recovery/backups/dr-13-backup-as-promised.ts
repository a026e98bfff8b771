import type { Commitment } from "../../../../catalog/claims/commitments";
import type { Platform } from "../../../inventory/platform";
import type { BackupSystem } from "../../../inventory/facts/kubernetes/backups";
import { equals, holds } from "../../../policy/comparison";
import { change, remove, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { platformPromises } from "../../../policy-terms/promised";
import { fail, forClaim, notApplicable, unknown, type Verdict } from "../../../policy/verdict";
import { applicationNamespaces, covers, inSchedules, notKnownYet, veleroReleases } from "../_velero";

const promises = (platform: Platform): readonly Commitment[] => platformPromises(platform, "backups.cron");
const daily = (_: unknown, name: string): boolean => name.includes("-daily-");

export default policy({
  id: "DR-13",
  severity: "error",
  proves: ["CA-10"],
  title: "Velero runs the committed backup schedule",
  because: "operators and auditors rely on the committed time and scope of the backup",
  remedy:
    "set backups.schedule to what the report promises; a promise changes in its report first, then in catalog/claims/commitments.json",
  subjects: (platform) => (promises(platform).length > 0 ? platform.backups : []),
  whenAbsent: (platform) => {
    const [promise] = promises(platform);
    return promise
      ? fail({ expected: `${promise.claim} promises Velero`, actual: "no release of it" })
      : notApplicable("no report promises a backup");
  },
  check: (system, platform) => {
    const reason = notKnownYet([system]);
    if (reason !== undefined) return unknown(`Velero's values: ${reason}`);
    return applicationNamespaces(platform)
      .filter(({ region }) => region === system.region)
      .flatMap(({ name }) =>
        promises(platform).flatMap((promise) =>
          backedUp(name, promise, system).map((verdict) => forClaim(promise.claim, verdict)),
        ),
      );
  },
  mutants: [
    remove("no Velero", veleroReleases),
    change("the daily ones disabled", veleroReleases, inSchedules(set("disabled", true), daily)),
    change("another namespace", veleroReleases, inSchedules(set("template.includedNamespaces", ["staging"]), daily)),
    change("no bucket", veleroReleases, set("values.0.configuration.backupStorageLocation", [])),
    change(
      "to another kind of store",
      veleroReleases,
      set("values.0.configuration.backupStorageLocation.provider", "gcp"),
    ),
  ],
  boundary: {
    holds: change(
      "more often besides",
      veleroReleases,
      inSchedules(set("schedule", "0 */3 * * *"), (_, name) => !daily(_, name)),
    ),
    breaks: change("a minute later", veleroReleases, inSchedules(set("schedule", "1 2 * * *"), daily)),
  },
});

function backedUp(namespace: string, { claim, value }: Commitment, { schedules }: BackupSystem): Verdict[] {
  const kept = schedules.find((schedule) => schedule.cron === value && covers(schedule, namespace));
  if (!kept)
    return [
      fail({
        expected: `${claim} promises ${namespace} at ${value}`,
        actual: schedules.map(({ name, cron }) => `${name}: ${cron ?? "never"}`).join(", ") || "no schedule",
        field: "schedule",
      }),
    ];
  const { name, location } = kept;
  return [
    equals("aws", location?.provider ?? "none", `${claim} promises S3: provider of ${name}`),
    holds(
      location?.bucketName !== undefined && !location.readOnly,
      `${claim} promises a bucket that ${name} writes to`,
      location?.bucketName ?? "none",
    ),
  ];
}
