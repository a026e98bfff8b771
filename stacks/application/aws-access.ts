import type { AwsResources } from "../../config/application/parts/access";
import type { Site } from "../../config/site";
import type { AwsPermission } from "../../constructs/kubernetes/workload/component-facts";

/** Source: Service Authorization Reference, "Actions, resources, and condition keys" for Amazon S3, Amazon SQS and Amazon DynamoDB; read 2026-11-29. */
const actions = {
  bucket: { read: ["s3:ListBucket"], write: ["s3:ListBucket"] },
  objects: {
    read: ["s3:GetObject"],
    write: ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
  },
  queue: {
    send: ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"],
    receive: [
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "sqs:ReceiveMessage",
    ],
  },
  table: {
    read: [
      "dynamodb:BatchGetItem",
      "dynamodb:ConditionCheckItem",
      "dynamodb:DescribeTable",
      "dynamodb:GetItem",
      "dynamodb:Query",
      "dynamodb:Scan",
    ],
    write: [
      "dynamodb:BatchGetItem",
      "dynamodb:BatchWriteItem",
      "dynamodb:ConditionCheckItem",
      "dynamodb:DeleteItem",
      "dynamodb:DescribeTable",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:Scan",
      "dynamodb:UpdateItem",
    ],
  },
} as const;

/** What a component may do with its buckets, queues and tables, in the region of its pods. */
export function awsPermissions(
  { buckets = [], queues = [], tables = [] }: AwsResources,
  { environment: { accountId }, region }: Site,
): readonly AwsPermission[] {
  const bucketArn = (name: string): string => `arn:aws:s3:::${name.replaceAll("{region}", region.name)}`;
  const table = (name: string): string => `arn:aws:dynamodb:${region.name}:${accountId}:table/${name}`;
  return [
    ...buckets.flatMap(({ name, access }) => [
      { actions: [...actions.bucket[access]], resources: [bucketArn(name)] },
      { actions: [...actions.objects[access]], resources: [`${bucketArn(name)}/*`] },
    ]),
    ...queues.map(({ name, access }) => ({
      actions: [...actions.queue[access]],
      resources: [`arn:aws:sqs:${region.name}:${accountId}:${name}`],
    })),
    ...tables.map(({ name, access }) => ({
      actions: [...actions.table[access]],
      resources: [table(name), `${table(name)}/index/*`],
    })),
  ];
}
