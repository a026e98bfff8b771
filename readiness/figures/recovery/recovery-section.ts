import type { RecoveryStep } from "../../../models/recovery/timeline";
import type { Platform } from "../../inventory/platform";
import {
  applicationNamespaces,
  backupsOf,
  bestRecoveryPoint,
  losses,
  notKnownYet,
  recoveryPointOf,
} from "./backup-coverage";
import { recoveriesOf } from "./recovery";

type Outcome = "pass" | "fail" | "unknown" | "notApplicable";

/** `models.recovery` of report.json: how long a takeover takes, and how much work a loss costs. */
export interface RecoverySection {
  readonly takeovers: readonly {
    readonly application: string;
    readonly region: string;
    readonly outcome: Outcome;
    readonly rtoMinutes: number | null;
    /** Null: it never ends, or is not known. */
    readonly minutes: number | null;
    readonly steps: readonly (Omit<RecoveryStep, "seconds"> & { readonly seconds: number | null })[];
    readonly arithmetic: string;
  }[];
  readonly points: readonly {
    readonly application: string;
    readonly region: string;
    readonly loss: string;
    readonly outcome: Outcome;
    readonly rpoHours: number | null;
    readonly hours: number | null;
    readonly schedule: string | null;
    readonly arithmetic: string;
  }[];
  readonly schedules: readonly {
    readonly region: string;
    readonly schedule: string;
    readonly cron: string;
    readonly storedIn: string | null;
    readonly hours: number | null;
    readonly arithmetic: string;
  }[];
}

export const recoverySection = (platform: Platform): RecoverySection => ({
  takeovers: takeovers(platform),
  points: points(platform),
  schedules: schedules(platform),
});

/** JSON has no infinity. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
const within = (limit: number | undefined, actual: number | undefined): Outcome =>
  limit === undefined ? "unknown" : actual !== undefined && actual <= limit ? "pass" : "fail";

function takeovers(platform: Platform): RecoverySection["takeovers"] {
  return recoveriesOf(platform).map((takeover) => {
    const { name, region, objectives } = takeover.namespace;
    const about = { application: name, region, rtoMinutes: objectives?.rtoMinutes ?? null };
    if ("reason" in takeover)
      return {
        ...about,
        outcome: takeover.outcome === "noFailover" ? "fail" : takeover.outcome,
        minutes: null,
        steps: [],
        arithmetic: takeover.reason,
      };
    const { steps, seconds, arithmetic } = takeover.timeline;
    return {
      ...about,
      outcome: within(objectives?.rtoMinutes, seconds / 60),
      minutes: finite(seconds / 60),
      steps: steps.map((step) => ({ ...step, seconds: finite(step.seconds) })),
      arithmetic: `(${arithmetic}) ÷ 60`,
    };
  });
}

function points(platform: Platform): RecoverySection["points"] {
  return applicationNamespaces(platform).flatMap((namespace) =>
    losses.map((loss) => {
      const about = {
        application: namespace.name,
        region: namespace.region,
        loss,
        rpoHours: namespace.objectives?.rpoHours ?? null,
      };
      const reason = notKnownYet(backupsOf(platform, namespace.region));
      if (reason !== undefined)
        return { ...about, outcome: "unknown" as const, hours: null, schedule: null, arithmetic: reason };
      const best = bestRecoveryPoint(platform, namespace, loss);
      return {
        ...about,
        outcome: within(namespace.objectives?.rpoHours, best?.hours),
        hours: best?.hours ?? null,
        schedule: best?.schedule ?? null,
        arithmetic: best?.arithmetic ?? "no schedule that runs covers it",
      };
    }),
  );
}

function schedules(platform: Platform): RecoverySection["schedules"] {
  return platform.backups
    .flatMap((system) =>
      system.schedules
        .filter(({ disabled }) => !disabled)
        .map((schedule) => {
          const point = recoveryPointOf(schedule, platform.environment.backups.durationMinutes);
          return {
            region: system.region ?? "unknown",
            schedule: schedule.name,
            cron: schedule.cron ?? "none",
            storedIn: schedule.location?.region ?? null,
            hours: point?.hours ?? null,
            arithmetic: point?.arithmetic ?? "no cron expression that runs twice",
          };
        }),
    )
    .sort((a, b) => (`${a.region} ${a.schedule}` < `${b.region} ${b.schedule}` ? -1 : 1));
}
