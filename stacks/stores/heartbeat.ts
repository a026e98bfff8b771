import type { Construct } from "constructs";
import type { Database } from "../../config/application/parts/store";
import { configured } from "../../config/site";
import { PlatformFunction } from "../../constructs/aws/functions/platform-function";
import { secretName } from "../data";
import type { Named } from "./named-stores";
import { heartbeatPermissions } from "./permissions";
import type { RegionStores } from "./region-stores";

/** Where stores accept writes: a replica of an idle database reports up to five minutes of lag otherwise, of which none is one. */
export function addHeartbeat(scope: Construct, stores: RegionStores, databases: readonly Named<Database>[]): void {
  const { site, props } = stores;
  const { environment, region } = site;
  const secrets = databases.map(({ application, secret }) => secretName(site, application.application.name, secret));
  new PlatformFunction(scope, "replication-heartbeat", {
    environment,
    name: `${environment.organisation}-${environment.name}-${region.name}-replication-heartbeat`,
    description: "Commits an empty transaction in each database, so that the lag of its replica is what is not copied",
    source: "replication-heartbeat",
    shared: ["postgres.mjs"],
    keyArn: stores.keyArn,
    network: stores.functionNetwork,
    timeoutSeconds: 30,
    variables: {
      HEARTBEATS: JSON.stringify(
        databases.map(({ application, name }, index) => ({
          name: `${application.application.name}/${name}`,
          secret: secrets[index],
          ...stores.endpointOf(application.application.name, name),
        })),
      ),
    },
    statements: heartbeatPermissions(site, props.data.own.key.arn, secrets),
    schedule: "rate(1 minute)",
    topicArn: stores.topicArn,
    failureMeans: "A database has taken no transaction: the lag of its replica grows, though nothing is lost",
    declaration: configured(environment, ""),
  });
}
