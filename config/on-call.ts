/** Who is reached about what an owner answers for. */
export interface Team {
  /** Receives what is not critical. */
  readonly email: string;
  readonly slackChannel: string;
  /** Project of the ticket system. */
  readonly ticketProject: string;
  /** In the order in which PagerDuty calls them: the second after 15 minutes without acknowledgement, and so on. */
  readonly escalation: readonly { readonly name: string; readonly email: string }[];
}

export interface OnCall {
  /** IANA time zone of the business hours. */
  readonly timeZone: string;
  readonly businessHours: { readonly start: string; readonly end: string; readonly days: string };
  /** Where docs/runbooks is published, without a slash at the end. `runbook_url` of each alert begins with it. */
  readonly runbookBaseUrl: string;
  readonly mail: { readonly from: string; readonly username: string };
  /** Of Jira, with the path of its API: Alertmanager and the function that delivers alarms of AWS call it as it is. */
  readonly tickets: { readonly url: string; readonly username: string };
  /** By owner, as applications and the organisation name it. */
  readonly teams: Readonly<Record<string, Team>>;
}

const team = (name: string, project: string): Team => ({
  email: `${name}@example.com`,
  slackChannel: `#alerts-${name}`,
  ticketProject: project,
  escalation: [
    { name: `${name}, on call`, email: `${name}-on-call@example.com` },
    { name: `${name}, lead`, email: `${name}-lead@example.com` },
    { name: "incident manager", email: "incidents@example.com" },
  ],
});

/** Your own values. What is here now are examples, as in organisation.ts. */
export const onCall: OnCall = {
  timeZone: "Europe/Berlin",
  businessHours: { start: "09:00", end: "17:00", days: "monday:friday" },
  runbookBaseUrl: "https://docs.example.com/runbooks",
  mail: { from: "alerts@example.com", username: "alerts" },
  tickets: { url: "https://tickets.example.com/rest/api/2", username: "alerts@example.com" },
  teams: {
    "platform-team": team("platform-team", "PLAT"),
    "ci-platform": team("ci-platform", "CI"),
    fleet: team("fleet", "FLEET"),
    mesh: team("mesh", "MESH"),
    quality: team("quality", "QUAL"),
    "supply-chain": team("supply-chain", "SUPPLY"),
  },
};
