import { alertmanagerConfiguration } from "../../catalog/alerts/alertmanager";
import { type RegionRole } from "../../config/environment";
import { onCall } from "../../config/on-call";
import type { Site } from "../../config/site";
import type { Routing } from "../../models/routing/types";

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

/** The platform's team, or the first one where on-call.ts does not know it: every alert has a receiver. */
const fallbackOwner = (owner: string): string =>
  owner in onCall.teams ? owner : (Object.keys(onCall.teams)[0] ?? owner);
