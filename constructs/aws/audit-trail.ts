import { Cloudtrail } from "@cdktf/provider-aws/lib/cloudtrail";
import type { Construct } from "constructs";
import type { Environment } from "../../config/environment";
import { type Declaration, Guarded } from "../guarded";
import { PrivateBucket } from "./private-bucket";

export interface AuditTrailProps {
  readonly environment: Environment;
  /** Region that the trail and its bucket live in; it records all regions. */
  readonly regionName: string;
  /** Key that CloudTrail may encrypt with. */
  readonly keyArn: string;
  readonly declaration?: Declaration;
}

/** Who changed what in the account, in every region: management events, with log-file validation, which shows a changed file. */
export class AuditTrail extends Guarded {
  static readonly guardedBy = ["GO-06", "SC-17", "SC-22"] as const;

  constructor(scope: Construct, id: string, props: AuditTrailProps) {
    super(scope, id, props.declaration);
    const { environment, regionName } = props;
    const name = `${environment.organisation}-${environment.name}-audit`;
    const trailArn = `arn:aws:cloudtrail:${regionName}:${environment.accountId}:trail/${name}`;
    const bucket = new PrivateBucket(this, "log", {
      bucketName: `${name}-${environment.accountId}`,
      environment,
      keyArn: props.keyArn,
      noncurrentDays: 30,
      expirationDays: environment.logRetentionDays,
      statements: (bucketArn) => deliveryBy(trailArn, bucketArn, environment.accountId),
      ...(props.declaration ? { declaration: props.declaration } : {}),
    });
    // No event selectors: management events are what the trail is for, and each read of an object would cost.
    new Cloudtrail(this, "trail", {
      name,
      s3BucketName: bucket.bucketName,
      kmsKeyId: props.keyArn,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogging: true,
      enableLogFileValidation: true,
      dependsOn: [...bucket.ready],
    });
  }
}

function deliveryBy(trailArn: string, bucketArn: string, accountId: string): Record<string, unknown>[] {
  const principal = { Service: "cloudtrail.amazonaws.com" };
  return [
    {
      Sid: "TrailReadsTheAcl",
      Effect: "Allow",
      Principal: principal,
      Action: "s3:GetBucketAcl",
      Resource: bucketArn,
      Condition: { StringEquals: { "aws:SourceArn": trailArn } },
    },
    {
      Sid: "TrailDelivers",
      Effect: "Allow",
      Principal: principal,
      Action: "s3:PutObject",
      Resource: `${bucketArn}/AWSLogs/${accountId}/*`,
      Condition: { StringEquals: { "aws:SourceArn": trailArn, "s3:x-amz-acl": "bucket-owner-full-control" } },
    },
  ];
}
