import { tag } from "../../../../contract";
import { secretCommitments } from "../../../../catalog/claims/commitments";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import type { Secret } from "../../../inventory/facts/aws/secrets";
import { atLeast, equals, holds, oneOf } from "../../../policy/comparison";
import { change, remove, resource, set, together, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, forClaim, notApplicable, type Verdict } from "../../../policy/verdict";

const secrets = resource("aws_secretsmanager_secret");
const rotations = resource("aws_secretsmanager_secret_rotation");
const reviews = resource("aws_cloudwatch_event_rule", (block) => block["schedule_expression"] === "rate(1 day)");

/** Why a secret of this origin is not rotated here. */
const exempt: Readonly<Record<string, string>> = {
  identifier: "an identifier is not secret, and does not change",
  permanent: "what it encrypts could not be read any more",
};

export default policy({
  id: "SC-14",
  severity: "error",
  proves: ["FG-12", "FG-22", "FG-24", "FL-23", "XB-20"],
  title: "Each secret is rotated as declared, or its owners are reminded",
  because: "a value that is never replaced is known to everyone who ever saw it: former colleagues, old backups, logs",
  remedy:
    "declare `generate` where the platform may make the value, `rotationDays` for how long it may live; let the data stack make secrets, rotations and the daily review",
  equivalents: ["checkov CKV2_AWS_57", "checkov CKV_AWS_304"],
  subjects: (platform) => platform.secrets,
  check: (secret, platform) => {
    const { [tag.secretOrigin]: origin = "an unknown origin", [tag.rotationDays]: days } = secret.tags;
    const reason = exempt[origin];
    if (reason !== undefined) return notApplicable(reason);
    if (days === undefined)
      return fail({
        expected: "tags that say who makes the value and how long it lives",
        actual: `made by ${origin}, never rotated`,
        field: "rotationDays",
      });
    const promised = promisedLength(secret, origin, platform);
    if (origin === "connection" && platform.environment.writer === "secondary")
      return notApplicable("after a promotion the passwords stay as they are until the failback");
    return origin === "generated" || origin === "connection"
      ? [...rotated(secret, Number(days), platform), ...promised]
      : [
          ...promised,
          oneOf(["generated", "connection", "entered"], origin, "who makes the value"),
          reviewed(secret, platform),
        ];
  },
  mutants: [
    remove("no rotation", rotations),
    change("twice the declared interval", rotations, set("rotation_rules.automatically_after_days", 180)),
    change("first value after 90 days", rotations, set("rotate_immediately", false)),
    change(
      "a function that is not there",
      rotations,
      set("rotation_lambda_arn", "arn:aws:lambda:us-east-1:111122223333:function:gone"),
    ),
    remove(
      "Secrets Manager may not call the function",
      resource("aws_lambda_permission", (block) => block["principal"] === "secretsmanager.amazonaws.com"),
    ),
    change(
      "any account may have it called",
      resource("aws_lambda_permission", (block) => block["principal"] === "secretsmanager.amazonaws.com"),
      unset("source_account"),
    ),
    change("no tag says who makes the value", secrets, unset("tags")),
    change("never rotated", secrets, (block) => {
      if (JSON.stringify(block).includes("entered")) unset(["tags", tag.rotationDays])(block);
    }),
    change("a promised key of 31 characters", named("JWT_SECRET"), set(["tags", tag.secretLength], "31")),
    change("a promised key that is entered by hand", named("JWT_SECRET"), set(["tags", tag.secretOrigin], "entered")),
    remove("no review", reviews),
    change("reminders are switched off", reviews, set("state", "DISABLED")),
  ],
  boundary: {
    holds: together(
      "shorter by a day, and so declared",
      change("declared", resource("aws_secretsmanager_secret", hasRotationDays), set(["tags", tag.rotationDays], "89")),
      change("made", rotations, set("rotation_rules.automatically_after_days", 89)),
    ),
    breaks: change("a day longer than declared", rotations, set("rotation_rules.automatically_after_days", 91)),
  },
});

function named(secret: string) {
  return resource("aws_secretsmanager_secret", (block) => String(block["name"]).endsWith(`/${secret}`));
}

function hasRotationDays(block: Parameters<ReturnType<typeof set>>[0]): boolean {
  return JSON.stringify(block).includes(`"${tag.rotationDays}":`);
}

function rotated({ rotation }: Secret, days: number, platform: Platform): Verdict[] {
  if (!rotation) return [fail({ expected: `a rotation every ${days} days`, actual: "none", field: "generate" })];
  const { rotator } = rotation;
  const mayCall = rotator
    ? callers(rotator, platform).some(
        (permission) =>
          permission.text("principal") === "secretsmanager.amazonaws.com" &&
          permission.text("source_account") === platform.environment.accountId,
      )
    : false;
  return [
    equals(days, rotation.days, "days between rotations, as declared", { field: "rotationDays" }),
    holds(
      rotation.immediately,
      "the first value is made at once",
      rotation.immediately ? "at once" : "at the end of the first interval",
    ),
    holds(
      rotator?.type === "aws_lambda_function",
      "a function of the stacks makes the value",
      rotator?.label ?? "none",
    ),
    holds(
      mayCall,
      "Secrets Manager of this account, and of no other, may call it",
      mayCall ? "it may" : "no such permission",
    ),
  ];
}

/** Only a value that is made here has a length that is known. */
function promisedLength({ name, tags }: Secret, origin: string, platform: Platform): Verdict[] {
  // A connection is composed: its password is longer than any promise.
  if (origin === "connection") return [];
  return secretCommitments(platform.commitments, name ?? "").map(({ claim, minimumLength }) =>
    forClaim(
      claim,
      origin === "generated"
        ? atLeast(minimumLength, Number(tags[tag.secretLength]), `characters, as ${claim} promises`, {
            field: "generate.length",
          })
        : fail({
            expected: `${claim} promises at least ${minimumLength} characters, which a generated value has`,
            actual: `a value that is ${origin}`,
            field: "generate",
          }),
    ),
  );
}

/** Values that a person enters: the rotation function checks the age of every secret each day. */
function reviewed(secret: Secret, platform: Platform): Verdict {
  const schedules = platform
    .ofType("aws_cloudwatch_event_target")
    .filter(
      (target) =>
        target.region === secret.region &&
        target.resource("arn")?.text("environment.variables.NAME_PREFIX") !== undefined &&
        secret.name?.startsWith(target.resource("arn")?.text("environment.variables.NAME_PREFIX") ?? " ") === true,
    )
    .map((target) => target.resource("rule"));
  const daily = schedules.filter(
    (rule) => rule?.text("schedule_expression") === "rate(1 day)" && rule.text("state") !== "DISABLED",
  );
  return atLeast(1, daily.length, "daily reviews that notify the owners when it is due");
}

const callers = (lambda: Resource, platform: Platform): readonly Resource[] =>
  platform.ofType("aws_lambda_permission").filter((permission) => permission.resource("function_name") === lambda);
