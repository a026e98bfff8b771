import { worstGapHours } from "../../../models/recovery/schedule";
import { perText } from "../../inventory/references";
import type { Platform } from "../../inventory/platform";
import type { BackupSchedule, BackupSystem } from "../../inventory/facts/kubernetes/backups";
import type { Namespace } from "../../inventory/facts/kubernetes/namespaces";

/** Namespaces of the applications: what the platform must not lose. */
export const applicationNamespaces = (platform: Platform): readonly Namespace[] =>
  platform.namespaces.filter((namespace) =>
    platform.stacks.some((stack) => stack.name === namespace.stack && stack.layer === "application"),
  );

export function covers(schedule: BackupSchedule, namespace: string): boolean {
  const { includedNamespaces, excludedNamespaces, selects } = schedule;
  const included =
    includedNamespaces.length === 0 || includedNamespaces.includes("*") || includedNamespaces.includes(namespace);
  return !schedule.disabled && included && selects.length === 0 && !excludedNamespaces.includes(namespace);
}

export const backupsOf = (platform: Platform, region: string): readonly BackupSystem[] =>
  platform.backups.filter((system) => system.region === region);

/** Schedules of its region's Velero that back the namespace up. */
export const schedulesFor = (platform: Platform, namespace: Namespace): readonly BackupSchedule[] =>
  backupsOf(platform, namespace.region)
    .flatMap((system) => system.schedules)
    .filter((schedule) => covers(schedule, namespace.name));

/** Why what Velero does is not known before deployment. */
export const notKnownYet = (systems: readonly BackupSystem[]): string | undefined =>
  systems.flatMap(({ unknowns }) => unknowns).find(({ path }) => path.startsWith("values"))?.reason;

/** The oldest state that a schedule leaves when everything goes wrong at the worst moment. */
export interface RecoveryPoint {
  readonly schedule: string;
  readonly cron: string;
  /** Region of the storage location; undefined: not known. */
  readonly storedIn: string | undefined;
  readonly hours: number;
  readonly arithmetic: string;
}

/** @returns undefined for an expression that never runs twice, or that is none, and for backups that expire before the next one */
export function recoveryPointOf(
  { name, cron, location, ttlHours }: BackupSchedule,
  durationMinutes: number,
): RecoveryPoint | undefined {
  const gap = gapOf(cron);
  if (gap === undefined || cron === undefined) return undefined;
  // A backup that ends before the next one is complete leaves hours without any.
  if (ttlHours !== undefined && ttlHours < gap + durationMinutes / 60) return undefined;
  return {
    // Velero writes to the other region itself: no copy delay comes on top.
    schedule: name,
    cron,
    storedIn: location?.region,
    hours: gap + durationMinutes / 60,
    arithmetic: `${gap} h longest gap of ${name} (${cron}) + ${durationMinutes} min backup + 0 min copy, written directly`,
  };
}

/** Losses that a backup is for. */
export const losses = ["inside the region", "of the region"] as const;
export type Loss = (typeof losses)[number];

/** The youngest of the points that the loss leaves: what one schedule has stored is there, whatever the others do. */
export function bestRecoveryPoint(platform: Platform, namespace: Namespace, loss: Loss): RecoveryPoint | undefined {
  const points = schedulesFor(platform, namespace).flatMap(
    (schedule) => recoveryPointOf(schedule, platform.environment.backups.durationMinutes) ?? [],
  );
  const left =
    loss === "inside the region"
      ? points
      : points.filter(({ storedIn }) => storedIn !== undefined && storedIn !== namespace.region);
  return left.reduce<RecoveryPoint | undefined>(
    (best, point) => (best === undefined || point.hours < best.hours ? point : best),
    undefined,
  );
}

/** One that never runs is looked for longest: once is enough. */
const gapOfText = perText((cron: string): number | undefined => {
  try {
    return worstGapHours(cron);
  } catch {
    return undefined;
  }
});
const gapOf = (cron: string | undefined): number | undefined => (cron === undefined ? undefined : gapOfText(cron));
