import { atLeast, atMost } from "../../../policy/comparison";
import { change, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail } from "../../../policy/verdict";

const groups = resource("aws_cloudwatch_log_group");

export default policy({
  id: "OB-06",
  severity: "warning",
  proves: ["CA-23", "FG-22"],
  title: "Log groups are encrypted and have the environment's retention",
  because:
    "a log that expired early is missing in an audit, and a group without retention is stored and billed without end",
  remedy: "set retention_in_days to logRetentionDays of the environment",
  equivalents: ["checkov CKV_AWS_66"],
  subjects: (platform) => platform.ofType("aws_cloudwatch_log_group"),
  check: (group, { environment }) => {
    const days = group.number("retention_in_days") ?? 0;
    // CloudWatch reads 0 as never expiring.
    if (days === 0)
      return fail({
        expected: `${environment.logRetentionDays} days`,
        actual: "never expires",
        field: "retention_in_days",
      });
    return [
      atLeast(environment.logRetentionDays, days, "days that logs are kept", { field: "retention_in_days" }),
      atMost(environment.logRetentionDays, days, "days that logs are kept", { field: "retention_in_days" }),
    ];
  },
  mutants: [
    change("never expires, by omission", groups, unset("retention_in_days")),
    change("never expires", groups, set("retention_in_days", 0)),
    change("a week", groups, set("retention_in_days", 7)),
    change("ten years", groups, set("retention_in_days", 3653)),
  ],
  boundary: {
    holds: change("as a text", groups, set("retention_in_days", "365")),
    breaks: change("a month too long", groups, set("retention_in_days", 400)),
  },
});
