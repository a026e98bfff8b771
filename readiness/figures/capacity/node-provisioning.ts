import { goSeconds } from "../../../models/duration";
import { objectOf, textOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";

/** The cluster autoscaler's own value (its FAQ, `max-node-provision-time`, read 2026-11-21). */
const defaultProvisionSeconds = 900;

/** Seconds after which the region's autoscaler leaves a group that brings no node; undefined without an autoscaler whose value can be read. */
export function nodeProvisionSeconds(platform: Platform, region: string | undefined): number | undefined {
  const release = platform.releases.find((one) => one.region === region && one.chart === "cluster-autoscaler");
  if (!release || release.valuesUnknown) return undefined;
  const written = objectOf(release.values["extraArgs"])["max-node-provision-time"];
  if (written === undefined || written === null) return defaultProvisionSeconds;
  return goSeconds(textOf(written));
}
