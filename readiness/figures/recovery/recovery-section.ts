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
import { type ScenarioRecovery, scenarioRecoveries } from "./scenarios";
import { type StorePoint, storePoints } from "./store-points";

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
    readonly steps: readonly { readonly name: string; readonly seconds: number | null; readonly arithmetic: string }[];
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
  /** Recovery from each kind of loss. Minutes are null where a step never ends, or none is known. */
  readonly scenarios: readonly {
    readonly application: string;
    readonly scenario: string;
    readonly outcome: Outcome;
    /** Null: no objective is about this loss. */
    readonly rtoMinutes: number | null;
    /** 5th percentile of the simulation. */
    readonly bestMinutes: number | null;
    /** Mean of the simulation. */
    readonly expectedMinutes: number | null;
    /** 95th percentile of the simulation. */
    readonly worstMinutes: number | null;
    /** Every step of the slowest path at its worst: held against the objective. */
    readonly limitMinutes: number | null;
    readonly steps: readonly ScenarioStep[];
    readonly arithmetic: string;
  }[];
  /** Work that losses cost in each store. */
  readonly stores: readonly (Omit<StorePoint, "minutes" | "rpoMinutes"> & {
    readonly outcome: Outcome;
    readonly minutes: number | null;
    readonly rpoMinutes: number | null;
  })[];
}

/** A step of the slowest path with the source of its durations. */
export interface ScenarioStep {
  readonly name: string;
  readonly bestSeconds: number | null;
  readonly likelySeconds: number | null;
  readonly worstSeconds: number | null;
  readonly mark: string;
  readonly date: string;
  readonly source: string;
  readonly arithmetic: string;
}

export const recoverySection = (platform: Platform): RecoverySection => ({
  takeovers: takeovers(platform),
  points: points(platform),
  schedules: schedules(platform),
  scenarios: scenarioRecoveries(platform).map(scenarioFigures),
  stores: storePoints(platform).map((point) => ({
    ...point,
    outcome: within(point.rpoMinutes, point.minutes),
    minutes: point.minutes ?? null,
    rpoMinutes: point.rpoMinutes ?? null,
  })),
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
    const { path, seconds, arithmetic } = takeover.timeline;
    return {
      ...about,
      outcome: within(objectives?.rtoMinutes, seconds / 60),
      minutes: finite(seconds / 60),
      steps: path.map(({ name, worstSeconds, arithmetic: how }) => ({
        name,
        seconds: finite(worstSeconds),
        arithmetic: how,
      })),
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

function scenarioFigures({
  application,
  scenario,
  rtoMinutes,
  result,
}: ScenarioRecovery): RecoverySection["scenarios"][number] {
  const about = { application, scenario, rtoMinutes: rtoMinutes ?? null };
  if ("reason" in result)
    return {
      ...about,
      outcome: result.outcome,
      bestMinutes: null,
      expectedMinutes: null,
      worstMinutes: null,
      limitMinutes: null,
      steps: [],
      arithmetic: result.reason,
    };
  const { bestSeconds, expectedSeconds, worstSeconds, limitSeconds } = result.simulated;
  return {
    ...about,
    outcome: rtoMinutes === undefined ? "notApplicable" : within(rtoMinutes, limitSeconds / 60),
    bestMinutes: finite(bestSeconds / 60),
    expectedMinutes: finite(expectedSeconds / 60),
    worstMinutes: finite(worstSeconds / 60),
    limitMinutes: finite(limitSeconds / 60),
    steps: result.path.map((step) => ({
      name: step.name,
      bestSeconds: finite(step.bestSeconds),
      likelySeconds: finite(step.likelySeconds),
      worstSeconds: finite(step.worstSeconds),
      mark: step.mark,
      date: step.date,
      source: step.source,
      arithmetic: step.arithmetic,
    })),
    arithmetic: `(${result.path.map(({ name, arithmetic }) => `${name} ${arithmetic}`).join(" + ")}) ÷ 60`,
  };
}
