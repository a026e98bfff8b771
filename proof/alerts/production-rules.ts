import type { RegionRole } from "../../config/environment";
import { kubernetesObjects } from "../../readiness/inventory/inventory";
import { objectOf, objectsOf, textOf } from "../../readiness/inventory/json";
import type { RuleGroup } from "../../models/slo/types";
import type { Routing } from "../../models/routing/types";
import type { Synthesised } from "../run/synthesised";

/** What Prometheus and Alertmanager of a region read, as it was synthesised. */
export interface AlertingContent {
  readonly groups: readonly RuleGroup[];
  readonly alertmanager: Routing & Readonly<Record<string, unknown>>;
}

const CONFIGURATION = "alertmanager.yaml";

/** @throws Error where the stacks hold no rule or no configuration */
export function alertingContent({ stacks, environment }: Synthesised, role: RegionRole = "primary"): AlertingContent {
  const region = environment.regions[role].name;
  const objects = kubernetesObjects(stacks).filter((object) => object.region === region);
  const groups = objects
    .filter(({ object }) => object.kind === "PrometheusRule")
    .flatMap(({ object }) => objectsOf(objectOf(object["spec"])["groups"]) as unknown as RuleGroup[]);
  const [configuration] = objects.flatMap(({ object }) => textOf(objectOf(object["stringData"])[CONFIGURATION]) ?? []);
  if (groups.length === 0 || configuration === undefined)
    throw new Error(
      `${region}: ${groups.length} rule groups and ${configuration === undefined ? "no" : "a"} configuration`,
    );
  return { groups, alertmanager: JSON.parse(configuration) as AlertingContent["alertmanager"] };
}
