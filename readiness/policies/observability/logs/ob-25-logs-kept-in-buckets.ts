import { objectOf, textOf } from "../../../inventory/json";
import type { Bucket } from "../../../inventory/facts/aws/buckets";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import type { Release } from "../../../inventory/facts/kubernetes/releases";
import { atLeast, holds } from "../../../policy/comparison";
import { add, change, resource, set, together } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";
import { releaseOf } from "../../../policy-terms/targets";

/** Days that a reader looks back; undefined: without end, or not known. */
interface Reader {
  readonly name: string;
  /** A program that reads at any time and does not restore objects from an archive first. */
  readonly program?: boolean;
  readonly days: number | undefined;
}

const limitsOf = ({ values }: Release) => objectOf(objectOf(values["loki"])["limits_config"]);

/** Loki's retention is a duration of Go in hours, such as 720h. */
const hoursOf = (text: string | undefined): number | undefined => {
  const hours = /^(\d+)h$/.exec(text ?? "")?.[1];
  return hours === undefined ? undefined : Number(hours);
};

/** By resource type: the arguments that name the bucket into which AWS writes. Provider 6.25.0, read 2026-11-29. */
const written: Readonly<Record<string, readonly string[]>> = {
  aws_cloudtrail: ["s3_bucket_name"],
  aws_config_delivery_channel: ["s3_bucket_name"],
  aws_flow_log: ["log_destination"],
  aws_lb: ["access_logs.bucket", "connection_logs.bucket", "health_check_logs.bucket"],
  aws_s3_bucket_logging: ["target_bucket"],
  aws_wafv2_web_acl_logging_configuration: ["log_destination_configs.0"],
};

/** Logs that people read after an incident: as long as the environment keeps logs. */
const writersTo = (bucket: Resource, platform: Platform): readonly Reader[] =>
  platform.ofType(...Object.keys(written)).flatMap((writer) =>
    (written[writer.type] ?? [])
      .filter((path) => writer.resource(path) === bucket)
      .map((path) => ({
        name: `logRetentionDays of the environment (${path} of ${writer.address})`,
        days: platform.environment.logRetentionDays,
      })),
  );

function readersOf({ name, resource: bucket }: Bucket, platform: Platform): readonly Reader[] {
  const lokis = platform.releases.filter(({ chart, values }) => {
    const buckets = objectOf(objectOf(objectOf(values["loki"])["storage"])["bucketNames"]);
    return chart === "loki" && name !== undefined && textOf(buckets["chunks"]) === name;
  });
  return [
    ...lokis.map((release) => {
      const hours = hoursOf(textOf(limitsOf(release)["retention_period"]));
      // The compactor still reads a day's index while it applies the retention to it.
      return {
        name: "retention_period of Loki and a day",
        program: true,
        days: hours === undefined ? undefined : hours / 24 + 1,
      };
    }),
    ...writersTo(bucket, platform),
  ];
}

/** Storage classes that have to be restored before they can be read. Source: Amazon S3 user guide, read 2026-11-28. */
const archives = ["GLACIER", "DEEP_ARCHIVE"];

function judgeArchive({ lifecycleRules }: Bucket): Verdict {
  const found = lifecycleRules.filter(({ enabled }) => enabled).flatMap(({ transitions }) => transitions);
  const archived = found.filter((storageClass) => archives.includes(storageClass));
  return holds(archived.length === 0, "no rule that moves what a program reads to an archive", archived.join(", "));
}

function judgeReader({ name, days }: Reader, { lifecycleRules }: Bucket): readonly Verdict[] {
  const expiring = lifecycleRules.filter(({ enabled, expires }) => enabled && expires);
  if (expiring.length === 0) return [pass("no rule removes current objects")];
  if (days === undefined) return [unknown(`${name}: how long the reader looks back is not known`)];
  return expiring.map(({ id, expirationDays }) =>
    expirationDays === undefined
      ? fail({ expected: `days of rule ${id ?? "without id"}`, actual: "it removes everything on a date" })
      : atLeast(days, expirationDays, `days of rule ${id ?? "without id"}, against ${name}`),
  );
}

const rules = (stack: string) =>
  resource("aws_s3_bucket_lifecycle_configuration", (_block, _id, name) => name.startsWith(stack));
const expiration = (days: number) => set("rule.0.expiration", [{ days }]);

export default policy({
  id: "OB-25",
  severity: "error",
  proves: ["CA-23", "FG-22", "FL-33"],
  title: "Buckets keep logs as long as their readers and logRetentionDays ask for",
  because:
    "a lifecycle rule that is shorter than what reads the bucket removes chunks to which an index still points, and an audit trail before the audit: the search fails on the day on which it is needed",
  remedy: "raise expirationDays of the bucket to the retention of its reader, or shorten that retention",
  subjects: (platform) => platform.buckets.filter((bucket) => readersOf(bucket, platform).length > 0),
  check: (bucket, platform) =>
    readersOf(bucket, platform).flatMap((reader) => [
      ...judgeReader(reader, bucket),
      ...(reader.program ? [judgeArchive(bucket)] : []),
    ]),
  mutants: [
    change("the trail of a week", rules("audit"), expiration(7)),
    change("Loki's chunks of three days", rules("monitoring-"), expiration(3)),
    change("Loki's chunks of three days in the standby", rules("monitoring-eu"), expiration(3)),
    change(
      "chunks go to an archive",
      rules("monitoring-"),
      set("rule.0.transition", [{ days: 1, storage_class: "GLACIER" }]),
    ),
    change("access logs of a day", rules("ingress-"), expiration(1)),
    change("access logs of a day in the standby", rules("ingress-eu"), expiration(1)),
    together(
      "flow logs in a bucket of a day",
      change("", resource("aws_flow_log"), (block) => {
        set("log_destination_type", "s3")(block);
        set("log_destination", "${aws_s3_bucket.flow.arn}")(block);
      }),
      add("", /^network-/, "aws_s3_bucket", "flow", { bucket: "flow-logs" }),
      add("", /^network-/, "aws_s3_bucket_lifecycle_configuration", "flow", {
        bucket: "${aws_s3_bucket.flow.id}",
        rule: [{ id: "short", status: "Enabled", filter: [{ prefix: "" }], expiration: [{ days: 1 }] }],
      }),
    ),
    change("chunks end on a date", rules("monitoring-"), set("rule.0.expiration", [{ date: "2027-01-01T00:00:00Z" }])),
    change("Loki looks back a year", releaseOf("loki"), set("values.0.loki.limits_config.retention_period", "8760h")),
  ],
  boundary: {
    holds: change("two days more than Loki keeps", rules("monitoring-"), expiration(32)),
    breaks: change("as long as Loki keeps", rules("monitoring-"), expiration(30)),
  },
});
