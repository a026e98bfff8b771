import type { Construct } from "constructs";
import type { Database } from "../../config/application/parts/store";
import { configured } from "../../config/site";
import type { PlatformFunction } from "../../constructs/aws/functions/platform-function";
import { RECOVERY_DAYS } from "../../constructs/aws/stores/database";
import { GameDay } from "../../constructs/aws/stores/game-day";
import { Promotion } from "../../constructs/aws/stores/promotion";
import { databaseArn, databaseIdentifier } from "../../constructs/aws/stores/store-names";
import type { Named } from "./named-stores";
import type { RegionStores } from "./region-stores";

/** Only where the region is a standby: it makes the region the writer. */
export function addPromotion(
  scope: Construct,
  stores: RegionStores,
  databases: readonly Named<Database>[],
  copies: PlatformFunction | undefined,
): void {
  const { environment, region } = stores.site;
  const { access, nodeSecurityGroupId } = stores.props.cluster;
  const { stateMachine } = new Promotion(scope, "promotion", {
    environment,
    region: region.name,
    keyArn: stores.keyArn,
    topicArn: stores.topicArn,
    network: stores.functionNetwork,
    databases: databases.map(({ application, name, store }) => ({
      identifier: databaseIdentifier(environment, application.application.name, name),
      arn: databaseArn(environment, region, application.application.name, name),
      maxLagSeconds: store.rpoMinutes * 60,
      wantedRetentionDays: RECOVERY_DAYS,
    })),
    cluster: {
      name: access.name,
      endpoint: access.endpoint,
      certificateAuthority: access.certificateAuthority,
      securityGroupId: nodeSecurityGroupId,
    },
    ...(copies === undefined ? {} : { cacheCopyArn: copies.function.arn }),
    declaration: configured(environment, "writer"),
  });
  new GameDay(scope, "game-day", {
    name: `${environment.organisation}-${environment.name}-game-day`,
    region: region.name,
    keyArn: stores.keyArn,
    topicArn: stores.topicArn,
    promotionArn: stateMachine.arn,
  });
}
