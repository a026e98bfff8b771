import { z } from "zod";
import { allow, settings, violation } from "./allowed";
import { listOf } from "./application/fields";
import type { ConfigurationViolation } from "./configuration-error";
import type { OnCall } from "./on-call";
import { schemaViolations } from "./validation/schema-violations";

const weekday = "(monday|tuesday|wednesday|thursday|friday|saturday|sunday)";
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

const said = (because: string) => allow(z.string().trim().min(1), "a text", because);
const mailAddress = (because: string) => allow(z.email(), "an e-mail address", because);

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}

const businessHours = settings({
  start: allow(clock, "HH:MM", "Alertmanager reads times so"),
  end: allow(clock, "HH:MM, after the start", "an interval that ends before it begins holds no time"),
  days: allow(
    z.string().regex(new RegExp(`^${weekday}(:${weekday})?$`)),
    "a weekday or a range, such as monday:friday",
    "Alertmanager reads weekdays so",
  ),
}).superRefine(({ start, end }, context) => {
  if (end <= start)
    context.issues.push(
      violation(["end"], end, {
        allowed: "HH:MM, after the start",
        because: "an interval that ends before it begins holds no time",
      }),
    );
});

const team = settings({
  email: mailAddress("alerts are sent to it"),
  slackChannel: allow(z.string().regex(/^#[a-z0-9_-]{1,79}$/), "a channel such as #alerts", "Slack names channels so"),
  ticketProject: allow(
    z.string().regex(/^[A-Z][A-Z0-9]{1,9}$/),
    "a project key of 2 to 10 capital letters and digits",
    "tickets are created in it",
  ),
  escalation: listOf(
    settings({ name: said("the contact is called by it"), email: mailAddress("PagerDuty calls the contact by it") }),
  ).superRefine((contacts, context) => {
    if (contacts.length < 2)
      context.issues.push(
        violation([], contacts.length, { allowed: "at least two contacts", because: "the first may not answer" }),
      );
  }),
});

const teams = z.record(z.string(), team).superRefine((byOwner, context) => {
  if (Object.keys(byOwner).length === 0)
    context.issues.push(
      violation(
        [],
        {},
        { allowed: "at least one team", because: "an alert of an owner without a team reaches the first" },
      ),
    );
});

/** Values that Alertmanager rejects, or that no receiver reads. */
const schema = settings({
  timeZone: allow(
    z.string().refine(isTimeZone),
    "an IANA time zone, such as Europe/Berlin",
    "business hours are those of a place",
  ),
  businessHours,
  runbookBaseUrl: allow(
    z.string().regex(/^https:\/\/\S+[^/]$/),
    "an https address without a slash at its end",
    "every alert links to a page below it",
  ),
  mail: settings({
    from: mailAddress("mail servers reject other senders"),
    username: said("the mail server asks for it"),
  }),
  tickets: settings({
    url: allow(
      z.string().regex(/^https:\/\/\S+\/rest\/api\/2$/),
      "an https address that ends with /rest/api/2",
      "credentials are sent to it, and Alertmanager adds no path of the API by itself",
    ),
    username: said("the ticket system asks for it"),
  }),
  teams,
});

/** All of them at once; `undefined` where the file has no such export. */
export const onCallViolations = (onCall: OnCall | undefined): ConfigurationViolation[] =>
  schemaViolations("config/on-call.ts", z.object({ onCall: schema }), { onCall });
