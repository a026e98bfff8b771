import { alertmanagerConfiguration } from "../catalog/alerts/alertmanager";
import { unmutedReceivers } from "../models/routing";
import type { Labels, Routing } from "../models/routing/types";
import { type RegionRole } from "./environment";
import { onCall } from "./on-call";
import { type Site, siteOf } from "./site";

/** Addresses that alarms of AWS are sent to: whom PagerDuty would call, and the contact of the environment. */
export const escalationOf = ({
  owner,
  contactEmail,
}: Pick<Site["environment"], "owner" | "contactEmail">): string[] => [
  ...new Set([contactEmail, ...(onCall.teams[owner]?.escalation ?? []).map(({ email }) => email)]),
];

const other: Readonly<Record<RegionRole, RegionRole>> = { primary: "secondary", secondary: "primary" };

/** Name of the topic in a region that receives the heartbeat of the other one. */
export const heartbeatTopicName = ({ environment, role }: Pick<Site, "environment" | "role">): string =>
  `${environment.organisation}-${environment.name}-${environment.regions[role].name}-heartbeat`;

/** The topic of the other region, which this region's heartbeat goes to. */
export function peerHeartbeat({ environment, role }: Site): { readonly topicArn: string; readonly region: string } {
  const region = environment.regions[other[role]].name;
  const name = heartbeatTopicName({ environment, role: other[role] });
  return { region, topicArn: `arn:aws:sns:${region}:${environment.accountId}:${name}` };
}

/** Alertmanager's configuration of a region. */
export function notificationConfiguration(site: Site): Routing & { readonly global: object } {
  const { environment, region } = site;
  return alertmanagerConfiguration({
    teams: Object.entries(onCall.teams).map(([owner, { email, slackChannel, ticketProject }]) => ({
      owner,
      email,
      slackChannel,
      ticketProject,
    })),
    fallbackOwner: fallbackOwner(environment.owner),
    timeZone: onCall.timeZone,
    businessHours: onCall.businessHours,
    mail: { ...onCall.mail, host: `email-smtp.${region.name}.amazonaws.com` },
    tickets: onCall.tickets,
    heartbeat: peerHeartbeat(site),
  });
}

/**
 * Receivers that the routing tree chooses for an alarm of AWS. What delivers it keeps nothing back until an interval is
 * over, so these are those that no interval mutes at any hour of the week: policy OB-21 demands that they suffice.
 */
export const alarmReceivers = (environment: Site["environment"], labels: Labels): readonly string[] =>
  unmutedReceivers(notificationConfiguration(siteOf(environment, "primary")), labels);

/** The platform's team, or the first one where on-call.ts does not know it: every alert has a receiver. */
const fallbackOwner = (owner: string): string =>
  owner in onCall.teams ? owner : (Object.keys(onCall.teams)[0] ?? owner);
