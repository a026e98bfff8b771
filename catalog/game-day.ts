import data from "./game-day.json";

/** An exercise of recovery: when it takes place, what is done, and what ends it early. */
export interface GameDay {
  /** EventBridge schedule in UTC: the second Tuesday of each quarter, in the morning. */
  readonly schedule: string;
  readonly duration: string;
  readonly roles: readonly { readonly role: string; readonly does: string }[];
  readonly before: readonly string[];
  readonly steps: readonly {
    readonly step: string;
    readonly command?: string;
    readonly expect: string;
    /** Durations of catalog/recovery-allowances.json, or steps of the readiness report, that it measures. */
    readonly measures: string;
  }[];
  readonly abort: readonly { readonly when: string; readonly then: string }[];
}

export const gameDay: GameDay = data;
