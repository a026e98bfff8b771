import { join } from "node:path";
import { reportCommitments } from "../catalog/claims/commitments";
import { PLATFORM } from "../catalog/alerts";
import { loadApplications } from "../config/application/load";
import { loadEnvironment } from "../config/load";
import { onCall } from "../config/on-call";
import { organisation } from "../config/organisation";

/** Contacts who are called about an application or the platform, in their order. Empty where the scope is any application. */
export function escalationContacts(scope: string): readonly string[] {
  const owner = scope === PLATFORM ? organisation.owner : ownerOf(scope);
  return (onCall.teams[owner ?? ""]?.escalation ?? []).map(({ name, email }) => `${name} (${email})`);
}

let owners: ReadonlyMap<string, string> | undefined;
function ownerOf(application: string): string | undefined {
  owners ??= new Map(
    loadApplications(
      { folder: join(__dirname, "..", "apps"), commitments: reportCommitments },
      loadEnvironment({ PLIMSOLL_ENV: "production" }),
    ).applications.map((loaded) => [loaded.application.name, loaded.application.owner]),
  );
  return owners.get(application);
}
