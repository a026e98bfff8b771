import type { Duration, Mark } from "../models/recovery/duration";
import data from "./recovery-allowances.json";

type Named = keyof typeof data.durations;

/** Parts of a recovery whose time no setting of the platform decides. */
export const recoveryDurations = data.durations as Readonly<Record<Named, Duration>>;

/** Work that a way of copying data may lose, in seconds. */
export const recoveryLosses = data.losses as Readonly<
  Record<
    keyof typeof data.losses,
    { readonly seconds: number; readonly mark: Mark; readonly date: string; readonly source: string }
  >
>;

/** Worst cases of those that other figures use too. */
export const recoveryAllowances = {
  nodeReadySeconds: data.durations.nodeReady.worstSeconds,
  imagePullSeconds: data.durations.imagePull.worstSeconds,
} as const;

/** Day on which the settings of a platform are read: they are as the synthesis writes them. */
export const recoveryRetrieved = data.retrieved;
