import { isMirrored } from "../../../catalog/charts/model/image-mirror";
import { type BillableResource, type ByScenario, byScenario } from "../../../models/cost";
import type { Resource } from "../../inventory/resource";
import type { BillingContext, Rule } from "./billing-context";
import { daysOfMonth, healthCheckLogGb, plus } from "./declared-traffic";

/** With rotation each of the first two rotations adds a key to the bill: the estimate shows the lasting price, not that of the first year. */
const rotationsBilled = 2;

/** Buckets, keys, secrets and images. */
export const storageRules: Readonly<Record<string, Rule>> = {
  aws_s3_bucket: bucket,
  aws_kms_key: (resource, context) => [key(resource, context, false)],
  aws_kms_replica_key: (resource, context) => [key(resource, context, true)],
  aws_secretsmanager_secret: (resource, context) => [
    {
      kind: "secrets",
      ...context.subject(resource),
      count: 1,
      replicas: resource.blocks("replica").length,
      requests: context.volume("secretRequests", resource.region),
    },
  ],
  aws_ecr_repository: (resource, context) => [
    {
      kind: "ecr",
      ...context.subject(resource),
      storedGb: context.volume(
        isMirrored(resource.text("name") ?? "") ? "mirroredImageGb" : "imageGb",
        resource.region,
      ),
    },
  ],
  // Who may write images that no repository of the platform holds pays for those that it keeps in its own region.
  aws_iam_role_policy: (resource, context) =>
    (resource.text("policy") ?? "").includes('"ecr:PutImage"')
      ? [{ kind: "ecr", ...context.subject(resource), storedGb: context.volume("copiedImageGb", resource.region) }]
      : [{ kind: "free-of-charge", ...context.subject(resource), reason: "IAM costs nothing" }],
};

function key(resource: Resource, context: BillingContext, replica: boolean): BillableResource {
  const rotates = resource.flag("enable_key_rotation") === true;
  return {
    kind: "kms-key",
    ...context.subject(resource),
    count: 1,
    replica,
    billedRotations: rotates ? rotationsBilled : 0,
    requests: context.volume("keyRequests", resource.region),
  };
}

function bucket(resource: Resource, context: BillingContext): BillableResource[] {
  const stored = storedIn(resource, context);
  if (stored === undefined) return [context.unpriced(resource, "a bucket whose volume is not declared")];
  const replicates =
    context.platform.buckets.find((one) => one.resource === resource)?.replication.some(({ enabled }) => enabled) ===
    true;
  return [
    {
      kind: "s3-bucket",
      ...context.subject(resource),
      storageClass: "standard",
      ...stored,
      replicatedGb: replicates ? stored.storedGb : 0,
      replicationTimeControl: false,
    },
  ];
}

interface Stored {
  readonly storedGb: number | ByScenario;
  readonly writeRequests: number | ByScenario;
  readonly readRequests: number | ByScenario;
}

/** A bucket's purpose is who writes to it. */
function storedIn(resource: Resource, context: BillingContext): Stored | undefined {
  const { platform, usage } = context;
  // Every backup bucket holds the backups of whichever region serves: each region writes to both.
  if (platform.backups.some(({ locations }) => locations.some((location) => location.bucket === resource))) {
    return {
      storedGb: context.volumeOfActive("backupGb"),
      writeRequests: context.volumeOfActive("backupWriteRequests"),
      readRequests: context.volumeOfActive("backupReadRequests"),
    };
  }
  if (platform.ofType("aws_cloudtrail").some((trail) => trail.resources("s3_bucket_name").includes(resource))) {
    return {
      storedGb: usage.global.auditTrailGb,
      writeRequests: usage.global.auditTrailWriteRequests,
      readRequests: 0,
    };
  }
  // Loki's: a role of its pods may write there, and the stack of monitoring makes it.
  if (platform.stacks.some(({ name, layer }) => name === resource.stack && layer === "monitoring")) {
    return {
      storedGb: context.volume("lokiGb", resource.region),
      writeRequests: context.volume("lokiWriteRequests", resource.region),
      readRequests: context.volume("lokiReadRequests", resource.region),
    };
  }
  const balancer = platform.loadBalancers.find((one) => one.resource.resource("access_logs.bucket") === resource);
  if (balancer) {
    const days = platform.buckets.find((one) => one.resource === resource)?.lifecycleRules[0]?.expirationDays;
    if (days === undefined) return undefined;
    const perMonth = plus(
      context.volume("loadBalancerLogGb", resource.region),
      healthCheckLogGb(platform, resource.region),
    );
    return {
      storedGb: byScenario((scenario) => (perMonth[scenario] * days) / daysOfMonth),
      // A file of each node, which is one a zone, every five minutes (Elastic Load Balancing user guide, access log files).
      writeRequests: balancer.zones.length * 12 * 24 * daysOfMonth,
      readRequests: 0,
    };
  }
  if (platform.backends.some(({ bucketReference }) => bucketReference?.resource === resource)) {
    return {
      storedGb: usage.global.stateGb,
      writeRequests: usage.global.stateRequests,
      readRequests: usage.global.stateRequests,
    };
  }
  // Where the states lie in local files, the buckets made for them stay empty.
  if (platform.stacks.some(({ name, layer }) => name === resource.stack && layer === "state"))
    return { storedGb: 0, writeRequests: 0, readRequests: 0 };
  return undefined;
}
