import type { InhibitRule, Receiver, Route, Routing, TimeInterval } from "../../models/routing/types";

/** Contacts and channels of one owner. */
export interface NotifiedTeam {
  readonly owner: string;
  readonly email: string;
  readonly slackChannel: string;
  readonly ticketProject: string;
}

export interface NotificationSettings {
  readonly teams: readonly NotifiedTeam[];
  /** Owner whose team receives what names no known owner. */
  readonly fallbackOwner: string;
  readonly timeZone: string;
  readonly businessHours: { readonly start: string; readonly end: string; readonly days: string };
  readonly mail: { readonly from: string; readonly username: string; readonly host: string };
  readonly tickets: { readonly url: string; readonly username: string };
  /** Dead man's switch: topic of the other region. */
  readonly heartbeat: { readonly topicArn: string; readonly region: string };
}

/** Folder in which the operator mounts the credentials, one file each. Source: prometheus-operator, AlertmanagerSpec.secrets, read 2026-11-29. */
export const CREDENTIALS_SECRET = "alertmanager-credentials";
const credential = (file: string): string => `/etc/alertmanager/secrets/${CREDENTIALS_SECRET}/${file}`;

/** Files of the mounted secret: names of the values that a person enters in Secrets Manager. */
export const credentialFiles = (owners: readonly string[]): readonly string[] => [
  "slack-api-url",
  "smtp-password",
  "ticket-password",
  ...owners.map((owner) => `pagerduty-routing-key-${owner}`),
];

const BUSINESS_HOURS = "business-hours";
export const HEARTBEAT = "dead-mans-switch";

/** Alertmanager's configuration: who is notified of what, and when. Every credential is a file. */
export function alertmanagerConfiguration(settings: NotificationSettings): Routing & { readonly global: object } {
  const { mail, tickets, teams } = settings;
  return {
    global: {
      resolve_timeout: "5m",
      slack_api_url_file: credential("slack-api-url"),
      smtp_from: mail.from,
      smtp_smarthost: `${mail.host}:587`,
      smtp_auth_username: mail.username,
      smtp_auth_password_file: credential("smtp-password"),
      smtp_require_tls: true,
    },
    route: rootRoute(settings),
    inhibit_rules: inhibitRules,
    time_intervals: [businessHours(settings)],
    receivers: [heartbeat(settings), ...teams.flatMap((team) => receiversOf(team, tickets))],
  };
}

/** Channels of a team, the name of its receiver in each, and which alerts take it. */
const channels = ["slack", "page", "ticket", "email"] as const;
type Channel = (typeof channels)[number];
export const receiverOf = (channel: Channel, owner: string): string => `${channel}-${owner}`;

function rootRoute(settings: NotificationSettings): Route {
  const teamsOf = (channel: Channel): Route[] =>
    settings.teams.map(({ owner }) => ({ receiver: receiverOf(channel, owner), matchers: [`owner="${owner}"`] }));
  const through = (channel: Channel, matchers: readonly string[], rest: Partial<Route> = {}): Route => ({
    receiver: receiverOf(channel, settings.fallbackOwner),
    matchers,
    continue: true,
    ...rest,
    routes: teamsOf(channel).map((route) => ({ ...route, ...timesOf(rest) })),
  });
  return {
    receiver: receiverOf("email", settings.fallbackOwner),
    group_by: ["alertname", "application", "namespace"],
    group_wait: "30s",
    group_interval: "5m",
    repeat_interval: "12h",
    routes: [
      {
        receiver: HEARTBEAT,
        matchers: ['alertname="Watchdog"'],
        group_wait: "0s",
        group_interval: "1m",
        repeat_interval: "50s",
      },
      through("slack", ['severity=~"critical|warning"'], { group_wait: "10s" }),
      through("page", ['priority=~"P1|P2"'], { group_wait: "10s", repeat_interval: "1h" }),
      through("page", ['severity="critical"', 'priority!~"P1|P2"'], {
        group_wait: "10s",
        repeat_interval: "1h",
        mute_time_intervals: [BUSINESS_HOURS],
      }),
      through("ticket", ['priority=~"P3|P4"'], { repeat_interval: "3d" }),
      through("email", ['severity!="critical"']),
    ],
  };
}

/** Children do not inherit the time intervals of a route. */
const timesOf = ({ mute_time_intervals }: Partial<Route>): Partial<Route> =>
  mute_time_intervals === undefined ? {} : { mute_time_intervals };

const businessHours = ({ timeZone, businessHours: { start, end, days } }: NotificationSettings): TimeInterval => ({
  name: BUSINESS_HOURS,
  time_intervals: [{ times: [{ start_time: start, end_time: end }], weekdays: [days], location: timeZone }],
});

const heartbeat = ({ heartbeat: { topicArn, region } }: NotificationSettings): Receiver => ({
  name: HEARTBEAT,
  sns_configs: [
    { topic_arn: topicArn, sigv4: { region }, subject: "Watchdog", message: "alive", send_resolved: false },
  ],
});

const TITLE =
  "{{ .CommonLabels.alertname }}{{ if .CommonLabels.application }} of {{ .CommonLabels.application }}{{ end }}";
const LINES =
  "{{ range .Alerts }}{{ .Annotations.summary }}\nRunbook: {{ .Annotations.runbook_url }}\nDashboard: {{ .Annotations.dashboard_url }}\n{{ end }}";

function receiversOf(team: NotifiedTeam, tickets: NotificationSettings["tickets"]): Receiver[] {
  const { owner } = team;
  const configurations: Readonly<Record<Channel, Readonly<Record<string, unknown>>>> = {
    slack: {
      slack_configs: [{ channel: team.slackChannel, title: TITLE, text: LINES, send_resolved: true }],
    },
    page: {
      pagerduty_configs: [
        {
          routing_key_file: credential(`pagerduty-routing-key-${owner}`),
          severity: '{{ if eq .CommonLabels.severity "critical" }}critical{{ else }}warning{{ end }}',
          description: TITLE,
          details: { summary: "{{ .CommonAnnotations.summary }}", runbook: "{{ .CommonAnnotations.runbook_url }}" },
          links: [{ href: "{{ .CommonAnnotations.runbook_url }}", text: "Runbook" }],
          send_resolved: true,
        },
      ],
    },
    ticket: {
      jira_configs: [
        {
          api_url: tickets.url,
          project: team.ticketProject,
          issue_type: "Incident",
          priority: '{{ if eq .CommonLabels.priority "P3" }}Medium{{ else }}Low{{ end }}',
          labels: ["alert", "{{ .CommonLabels.alertname }}"],
          summary: TITLE,
          description: LINES,
          http_config: { basic_auth: { username: tickets.username, password_file: credential("ticket-password") } },
        },
      ],
    },
    email: { email_configs: [{ to: team.email, send_resolved: true, headers: { Subject: TITLE } }] },
  };
  return channels.map((channel) => ({ name: receiverOf(channel, owner), ...configurations[channel] }));
}

/**
 * What keeps an alert back while its cause fires. Sources and targets always share a label that both have: labels that
 * both lack are equal too, and would join strangers.
 */
export const inhibitRules: readonly InhibitRule[] = [
  {
    source_matchers: ['alertname="ErrorBudgetBurn2PercentIn1h"', 'slo!=""'],
    target_matchers: ['alertname=~"ErrorBudgetBurn(5PercentIn6h|10PercentIn1d|10PercentIn3d)"', 'slo!=""'],
    equal: ["application", "slo"],
  },
  {
    source_matchers: ['alertname="ErrorBudgetBurn10PercentIn1d"', 'slo!=""'],
    target_matchers: ['alertname="ErrorBudgetBurn10PercentIn3d"', 'slo!=""'],
    equal: ["application", "slo"],
  },
  {
    source_matchers: ['alertname=~"DatabaseDown|RedisDown"', 'application!=""'],
    target_matchers: ['severity="warning"', 'application!=""'],
    equal: ["application"],
  },
  {
    source_matchers: ['alertname="KubernetesApiDown"'],
    target_matchers: ['alertname="KubernetesApiErrors"'],
    equal: ["owner"],
  },
];
