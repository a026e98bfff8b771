import type { Rule, RuleGroup } from "../../models/slo/types";
import anomalies from "./anomalies.json";
import backup from "./backup.json";
import ciFailureAgent from "./ci-failure-agent.json";
import controlPlane from "./control-plane.json";
import flakeguard from "./flakeguard.json";
import fleetforge from "./fleetforge.json";
import freightliner from "./freightliner.json";
import monitoring from "./monitoring.json";
import nodes from "./nodes.json";
import objectives from "./objectives.json";
import stores from "./stores.json";
import workloads from "./workloads.json";
import x0tta6bl4 from "./x0tta6bl4.json";

/** What has to be deployed for a rule or panel to have data: without it, it would never have data. */
export type Need = "databases" | "caches" | "entries" | "requests";

/** Whether everything that it needs is deployed. */
export const hasItsData = ({ needs }: { readonly needs?: Need }, present: ReadonlySet<Need>): boolean =>
  needs === undefined || present.has(needs);

/** One alert: what it means and what to do, beside the rule. */
export interface CataloguedAlert {
  readonly alert: string;
  /** @default nothing - it has data on every platform */
  readonly needs?: Need;
  readonly claims: readonly string[];
  readonly severity: "critical" | "warning" | "none";
  /** P1 and P2 page, P3 and P4 open a ticket; P0 is the dead man's switch. */
  readonly priority: "P0" | "P1" | "P2" | "P3" | "P4";
  readonly for?: string;
  readonly keepFiringFor?: string;
  readonly expr: string;
  readonly summary: string;
  readonly meaning: string;
  readonly impact: string;
  /** First queries of the runbook, PromQL. */
  readonly queries: readonly string[];
  /** Steps: commands and sentences. */
  readonly mitigation: readonly string[];
  readonly test: AlertTest;
}

/** Series (promtool notation) that the alert fires at, and the closest that it does not fire at. */
export interface AlertTest {
  /** Time of the judgement after the first sample. */
  readonly after: string;
  readonly fires: Readonly<Record<string, string>>;
  readonly quiet: Readonly<Record<string, string>>;
  /** Distance of the samples and of evaluations. @default 30s */
  readonly step?: string;
  /** Without any series. */
  readonly absent: "fires" | "quiet";
}

export interface CataloguedGroup {
  readonly group: string;
  /** An application, or the platform. */
  readonly scope: string;
  /** @default nothing - its rules have data on every platform */
  readonly needs?: Need;
  readonly source: string;
  /** Of evaluation. */
  readonly interval: string;
  readonly recordings?: readonly {
    readonly record: string;
    readonly expr: string;
    readonly labels?: Readonly<Record<string, string>>;
  }[];
  readonly rules: readonly CataloguedAlert[];
}

/** Alerts with their figures. Those of the reports name the claim; an application that the project does not know has none. */
const groupsByFile = {
  anomalies,
  backup,
  "ci-failure-agent": ciFailureAgent,
  "control-plane": controlPlane,
  flakeguard,
  fleetforge,
  freightliner,
  monitoring,
  nodes,
  stores,
  workloads,
  x0tta6bl4,
} as unknown as Readonly<Record<string, CataloguedGroup>>;

export const alertGroups: readonly CataloguedGroup[] = Object.values(groupsByFile);

/** The rule's entry in its file; undefined for an alert that is written elsewhere. */
export function placeOfAlert(name: string): { readonly file: string; readonly path: string } | undefined {
  for (const [file, { rules }] of Object.entries(groupsByFile)) {
    const index = rules.findIndex(({ alert }) => alert === name);
    if (index >= 0) return { file: `catalog/alerts/${file}.json`, path: `rules.${index}.alert` };
  }
  return undefined;
}

/** Alerts whose rules are written elsewhere: by the SLO compiler, and beside jobs of applications. */
export type GeneratedAlert = Omit<CataloguedAlert, "expr" | "test" | "for" | "keepFiringFor">;
export const generatedAlerts = objectives.alerts as readonly GeneratedAlert[];

export interface RuleContext {
  ownerOf(scope: string): string;
  runbookUrl(alert: string): string;
  dashboardUrl(scope: string): string;
  /** What the platform has of all that rules may need. */
  readonly present: ReadonlySet<Need>;
}

export const PLATFORM = "platform";

/** Rules of one scope as Prometheus reads them. */
export function ruleGroupsOf(scope: string, context: RuleContext): readonly RuleGroup[] {
  return alertGroups
    .filter((group) => group.scope === scope && hasItsData(group, context.present))
    .map((group) => ({
      name: group.scope === group.group ? `${group.group}.alerts` : `${group.scope}.${group.group}`,
      interval: group.interval,
      rules: [
        ...(group.recordings ?? []),
        ...group.rules.filter((rule) => hasItsData(rule, context.present)).map((rule) => ruleOf(rule, scope, context)),
      ],
    }));
}

function ruleOf(rule: CataloguedAlert, scope: string, context: RuleContext): Rule {
  return {
    alert: rule.alert,
    expr: rule.expr,
    ...(rule.for === undefined ? {} : { for: rule.for }),
    ...(rule.keepFiringFor === undefined ? {} : { keep_firing_for: rule.keepFiringFor }),
    labels: {
      severity: rule.severity,
      priority: rule.priority,
      owner: context.ownerOf(scope),
      ...(scope === PLATFORM ? {} : { application: scope }),
    },
    annotations: {
      summary: rule.summary,
      description: `${rule.meaning} ${rule.impact}`,
      runbook_url: context.runbookUrl(rule.alert),
      dashboard_url: context.dashboardUrl(scope),
    },
  };
}
