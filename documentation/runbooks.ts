import { alertGroups, generatedAlerts, PLATFORM } from "../catalog/alerts";
import { awsAlarms } from "../catalog/alerts/alarms";
import { dashboardUid } from "../catalog/dashboards";
import { escalationContacts } from "./runbook-owners";
import { markdownTable } from "./markdown";
import type { Page } from "./page";

/** What a page needs of an alert. */
interface Described {
  readonly alert: string;
  readonly scope: string;
  readonly severity: string;
  readonly priority: string;
  readonly condition: string;
  readonly summary: string;
  readonly meaning: string;
  readonly impact: string;
  /** PromQL; commands where the alert is an alarm of AWS. */
  readonly queries: readonly string[];
  readonly language: "promql" | "sh";
  readonly mitigation: readonly string[];
  readonly claims: readonly string[];
}

const described = (): readonly Described[] => [
  ...alertGroups.flatMap(({ scope, rules }) =>
    rules.map((rule) => ({
      ...rule,
      scope,
      language: "promql" as const,
      condition: `\`${rule.expr}\`${rule.for === undefined ? "" : ` for ${rule.for}`}`,
    })),
  ),
  ...generatedAlerts.map((alert) => ({
    ...alert,
    scope: "application",
    language: "promql" as const,
    condition: "written by the program: see the rule in Prometheus",
  })),
  ...awsAlarms.map((alarm) => ({
    ...alarm,
    scope: PLATFORM,
    language: "sh" as const,
    queries: alarm.commands,
    condition: "an alarm of CloudWatch: its description names the owner and the receivers",
  })),
];

/** One page an alert, and a list of them. `runbook_url` of an alert ends with the name of its page. */
export function runbookPages(): readonly Omit<Page, "from">[] {
  const alerts = [...described()].sort((a, b) => (a.alert < b.alert ? -1 : 1));
  return [
    { file: "docs/runbooks/README.md", content: overview(alerts) },
    ...alerts.map((alert) => ({ file: `docs/runbooks/${alert.alert}.md`, content: page(alert) })),
  ];
}

const overview = (alerts: readonly Described[]): string =>
  [
    "# Runbooks",
    "",
    "One page an alert, written by `make docs` from `catalog/alerts`. Publish this folder at `runbookBaseUrl` of `config/on-call.ts`: `runbook_url` of each alert is that address and the name of the page.",
    "",
    ...markdownTable(
      ["alert", "of", "severity", "priority", "meaning"],
      alerts.map(({ alert, scope, severity, priority, meaning }) => [
        `[${alert}](${alert}.md)`,
        scope,
        severity,
        priority,
        meaning,
      ]),
    ),
    "",
  ].join("\n");

const isCommand = (step: string): boolean => /^(kubectl|aws) /.test(step);

function page({
  alert,
  scope,
  severity,
  priority,
  condition,
  meaning,
  impact,
  queries,
  language,
  mitigation,
  claims,
}: Described): string {
  return [
    `# ${alert}`,
    "",
    `${severity}, ${priority}; of ${scope}${claims.length === 0 ? "" : `; claims ${claims.join(", ")}`}. Dashboard: \`${scope === "application" ? "app-<application>" : dashboardUid(scope === PLATFORM ? PLATFORM : scope)}\`.`,
    "",
    "## Meaning",
    "",
    `${meaning} Condition: ${condition}.`,
    "",
    "## Impact",
    "",
    impact,
    "",
    "## First queries",
    "",
    `\`\`\`${language}`,
    ...queries,
    "```",
    "",
    "## Mitigation",
    "",
    ...mitigation.map((step, index) => `${index + 1}. ${isCommand(step) ? `\`${step}\`` : step}`),
    "",
    "## Escalation",
    "",
    escalation(severity, priority, escalationContacts(scope)),
    "",
  ].join("\n");
}

function escalation(severity: string, priority: string, contacts: readonly string[]): string {
  if (severity === "none") return "The alarm in the other region calls every contact at once.";
  const whom = contacts.length === 0 ? "the contacts of the owner in `config/on-call.ts`" : contacts.join(", then ");
  if (/^P[12]$/.test(priority))
    return `PagerDuty calls ${whom}: the next one after 15 minutes without acknowledgement. A P1 that lasts 30 minutes is declared an incident.`;
  return `A ticket and an e-mail reach the team. If it gets worse, call ${whom}.`;
}
