import type { ConfigurationViolation } from "./configuration-error";
import type { OnCall, Team } from "./on-call";

const address = /^[^\s@]+@[^\s@]+\.[a-z]+$/;
const clock = /^([01]\d|2[0-3]):[0-5]\d$/;
const days =
  /^(monday|tuesday|wednesday|thursday|friday|saturday|sunday)(:(monday|tuesday|wednesday|thursday|friday|saturday|sunday))?$/;

interface Rule {
  readonly path: string;
  readonly found: unknown;
  readonly holds: boolean;
  readonly allowed: string;
  readonly because: string;
}
const rule = (path: string, found: unknown, holds: boolean, allowed: string, because: string): Rule => ({
  path,
  found,
  holds,
  allowed,
  because,
});

/** Values that Alertmanager rejects, or that no receiver reads. All of them at once. */
export const onCallViolations = (onCall: OnCall): ConfigurationViolation[] =>
  [...commonRules(onCall), ...Object.entries(onCall.teams).flatMap(teamRules)]
    .filter(({ holds }) => !holds)
    .map(({ path, found, allowed, because }) => ({
      file: "config/on-call.ts",
      path: `onCall.${path}`,
      found,
      allowed,
      because,
    }));

function commonRules({
  timeZone,
  businessHours: { start, end, days: weekdays },
  runbookBaseUrl,
  mail,
  tickets,
}: OnCall): Rule[] {
  return [
    rule(
      "timeZone",
      timeZone,
      isTimeZone(timeZone),
      "an IANA time zone, such as Europe/Berlin",
      "business hours are those of a place",
    ),
    rule("businessHours.start", start, clock.test(start), "HH:MM", "Alertmanager reads times so"),
    rule(
      "businessHours.end",
      end,
      clock.test(end) && end > start,
      "HH:MM, after the start",
      "an interval that ends before it begins holds no time",
    ),
    rule(
      "businessHours.days",
      weekdays,
      days.test(weekdays),
      "a weekday or a range, such as monday:friday",
      "Alertmanager reads weekdays so",
    ),
    rule(
      "runbookBaseUrl",
      runbookBaseUrl,
      /^https:\/\/\S+[^/]$/.test(runbookBaseUrl),
      "an https address without a slash at its end",
      "every alert links to a page below it",
    ),
    rule("mail.from", mail.from, address.test(mail.from), "an e-mail address", "mail servers reject other senders"),
    rule(
      "tickets.url",
      tickets.url,
      /^https:\/\/\S+\/rest\/api\/2$/.test(tickets.url),
      "an https address that ends with /rest/api/2",
      "credentials are sent to it, and Alertmanager adds no path of the API by itself",
    ),
  ];
}

const teamRules = ([owner, { email, slackChannel, ticketProject, escalation }]: readonly [string, Team]): Rule[] => [
  rule(`teams.${owner}.email`, email, address.test(email), "an e-mail address", "alerts are sent to it"),
  rule(
    `teams.${owner}.slackChannel`,
    slackChannel,
    /^#[a-z0-9_-]{1,79}$/.test(slackChannel),
    "a channel such as #alerts",
    "Slack names channels so",
  ),
  rule(
    `teams.${owner}.ticketProject`,
    ticketProject,
    /^[A-Z][A-Z0-9]{1,9}$/.test(ticketProject),
    "a project key of 2 to 10 capital letters and digits",
    "tickets are created in it",
  ),
  rule(
    `teams.${owner}.escalation`,
    escalation.length,
    escalation.length >= 2,
    "at least two contacts",
    "the first may not answer",
  ),
];

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}
