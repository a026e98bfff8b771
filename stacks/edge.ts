import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import type { Construct } from "constructs";
import type { Environment, RegionRole } from "../config/environment";
import { deliverAlarmsOf, type DeliveredBy } from "../constructs/aws/alarm-delivery";
import { EncryptionKey } from "../constructs/aws/encryption-key";
import { FailbackLatch, type LatchedEndpoint } from "../constructs/aws/functions/failback-latch";
import { FailoverEndpoint, type LoadBalancerAlias, regionalHost } from "../constructs/aws/network/failover-endpoint";
import { PlatformStack } from "../constructs/aws/platform-stack";
import { configured } from "../config/site";
import { escalationOf } from "../config/notifications";

export interface EdgeStackProps {
  readonly environment: Environment;
  /** Hosted zone of `environment.domain`. */
  readonly zoneId: string;
  /** What delivers the alarms of the secondary region. */
  readonly delivery: DeliveredBy;
  readonly loadBalancers: Readonly<Record<RegionRole, LoadBalancerAlias>>;
  /** Every application that customers reach. */
  readonly endpoints: readonly [PublicEndpoint, ...PublicEndpoint[]];
}

export interface PublicEndpoint {
  readonly application: string;
  /** Path that answers 200 to 399 while pods of the region run; it asks no store. */
  readonly healthPath: string;
}

/** What sends customers to one region or the other. It is in the secondary: it must work when the primary does not. */
export class EdgeStack extends PlatformStack {
  /** Public name of each application. */
  readonly hostNames: Readonly<Record<string, string>>;
  readonly latch: FailbackLatch;

  constructor(scope: Construct, props: EdgeStackProps) {
    const { environment } = props;
    const region = environment.regions.secondary.name;
    super(scope, "edge", { environment, layer: "edge", region, role: "global" });
    const prefix = `${environment.organisation}-${environment.name}`;
    const key = new EncryptionKey(this, "key", {
      name: `${prefix}-edge`,
      description: `Logs and notifications of failover, ${environment.name}`,
      environment,
      servicePrincipals: [`logs.${region}.amazonaws.com`, "cloudwatch.amazonaws.com"],
    });
    const declaration = configured(environment, "failover");
    this.latch = new FailbackLatch(this, "failback-latch", {
      environment,
      keyArn: key.arn,
      topicArn: this.addTopic(prefix, key.arn, props.delivery),
      declaration,
      endpoints: [
        latched(environment, props.endpoints[0]),
        ...props.endpoints.slice(1).map((endpoint) => latched(environment, endpoint)),
      ],
    });
    const names: Record<string, string> = {};
    for (const { application, healthPath } of props.endpoints)
      names[application] = new FailoverEndpoint(this, `endpoint-${application}`, {
        environment,
        application,
        healthPath,
        zoneId: props.zoneId,
        loadBalancers: props.loadBalancers,
        latch: this.latch.healthChecks(application),
        declaration,
      }).hostName;
    this.hostNames = names;
  }

  private addTopic(prefix: string, keyArn: string, delivery: DeliveredBy): string {
    const topic = new SnsTopic(this, "notifications", { name: `${prefix}-failover`, kmsMasterKeyId: keyArn });
    for (const [index, endpoint] of escalationOf(this.environment).entries())
      new SnsTopicSubscription(this, `notifications-${index}`, { topicArn: topic.arn, protocol: "email", endpoint });
    deliverAlarmsOf(this, "notifications", topic.arn, delivery);
    return topic.arn;
  }
}

function latched(environment: Environment, { application }: PublicEndpoint): LatchedEndpoint {
  const regional = (role: RegionRole) => regionalHost(environment, role, application);
  return {
    application,
    host: `${application}.${environment.domain}`,
    primary: regional("primary"),
    secondary: regional("secondary"),
  };
}
