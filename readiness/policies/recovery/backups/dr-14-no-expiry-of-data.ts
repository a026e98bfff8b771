import { atLeast, holds } from "../../../policy/comparison";
import { asObject } from "../../../policy/json";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";
import type { Platform } from "../../../inventory/platform";
import type { Bucket } from "../../../inventory/facts/aws/buckets";

const lifecycles = (stack: string) =>
  resource("aws_s3_bucket_lifecycle_configuration", (_, __, name) => name.startsWith(stack));
/** Storage classes that need hours or days to be read again. Source: Amazon S3 user guide, "Understanding S3 Glacier storage classes", read 2026-11-28. */
const archives = ["GLACIER", "DEEP_ARCHIVE"];

/** Buckets whose current objects are needed for as long as anything refers to them: backup repositories and states. */
function keepers(platform: Platform): readonly Bucket[] {
  return platform.buckets.filter(
    ({ resource: bucket, name }) =>
      platform.backups.some(({ locations }) => locations.some((location) => location.bucket === bucket)) ||
      platform.backends.some((backend) => name !== undefined && backend.bucket === name),
  );
}

/** A damaged state is noticed when its stack is applied again; the nightly drift check may be out of use for a month. */
const STATE_VERSION_DAYS = 30;

const judgeVersions = ({ id, noncurrentDays }: Bucket["lifecycleRules"][number]): readonly Verdict[] =>
  noncurrentDays === undefined
    ? []
    : [atLeast(STATE_VERSION_DAYS, noncurrentDays, `days that rule ${id ?? "without id"} keeps earlier states`)];

export default policy({
  id: "DR-14",
  severity: "error",
  proves: ["CA-10", "CA-13", "FG-08"],
  title: "No lifecycle rule removes or archives current objects of backups or states",
  because:
    "Kopia shares packs and its repository object between backups: after the first expiry no volume backup can be restored, and an expired state makes Terraform create everything a second time",
  remedy:
    "leave expirationDays out for the bucket; Velero deletes what no backup needs, noncurrent versions may expire",
  subjects: keepers,
  whenAbsent: () => fail({ expected: "a bucket of backups in each region", actual: "none is known" }),
  check: ({ lifecycleRules, name }, platform) => {
    const isState = platform.backends.some(({ bucket }) => name !== undefined && bucket === name);
    const inForce = lifecycleRules.filter(({ enabled }) => enabled);
    const said = (rules: typeof inForce): string =>
      rules.map(({ id, expirationDays }) => `rule ${id ?? "without id"}, ${expirationDays ?? "?"} days`).join("; ");
    const expiring = inForce.filter(({ expires }) => expires);
    const archiving = inForce.filter(({ transitions }) => transitions.some((name) => archives.includes(name)));
    return [
      holds(expiring.length === 0, "no rule that removes current objects", said(expiring) || "none"),
      holds(
        archiving.length === 0,
        "no rule that moves objects to an archive",
        archiving.map(({ transitions }) => transitions.join(", ")).join("; ") || "none",
      ),
      ...(isState ? inForce.flatMap(judgeVersions) : []),
    ];
  },
  mutants: [
    change("backups expire long after their retention", lifecycles("data-"), set("rule.0.expiration", [{ days: 365 }])),
    change("backups of the secondary expire", lifecycles("data-eu"), set("rule.0.expiration", [{ days: 35 }])),
    change("states expire", lifecycles("state-"), set("rule.0.expiration", [{ days: 90 }])),
    change(
      "earlier states are removed after a day",
      lifecycles("state-"),
      set("rule.0.noncurrent_version_expiration", [{ noncurrent_days: 1 }]),
    ),
    change(
      "backups expire on a date",
      lifecycles("data-"),
      set("rule.0.expiration", [{ date: "2030-01-01T00:00:00Z" }]),
    ),
    change(
      "backups move to an archive",
      lifecycles("data-"),
      set("rule.0.transition", [{ days: 1, storage_class: "GLACIER" }]),
    ),
  ],
  boundary: {
    holds: change("delete markers without versions expire", lifecycles("data-"), (block) => {
      for (const rule of Array.isArray(block["rule"]) ? block["rule"] : [])
        asObject(rule)["expiration"] = [{ expired_object_delete_marker: true }];
    }),
    breaks: change("current objects expire", lifecycles("data-"), set("rule.0.expiration", [{ days: 3650 }])),
  },
});
