import { exportedHandler } from "../../../../contract";
import { daysOfSupportLeft, supportItem } from "../../../../catalog/support-calendar";
import { minutesBetweenRuns } from "../../../figures/recovery/cache-copies";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import { itemsOf } from "../../../permissions/software";
import { atLeast, atMost, below, equals } from "../../../policy/comparison";
import { change, judgedAt, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";

/** A runtime is replaced, tried and deployed in this time. */
const DAYS_OF_SUPPORT = 30;
/** Seconds for the first connections to AWS and the two retries of its SDK; Lambda's own value without one is 3. */
const LEAST_SECONDS = 10;
/** Quotas of Lambda (developer guide, "Lambda quotas", read 2026-11-29). */
const MOST_SECONDS = 900;
const UNSET_SECONDS = 3;

function judgeRuntime(called: Resource, { now }: Platform): Verdict {
  const runtime = called.text("runtime");
  if (runtime === undefined) return unknown("its runtime is not known", "runtime");
  const known = supportItem("lambda-runtime", runtime);
  if (known === undefined)
    return fail({ expected: "a runtime of catalog/support-calendar.json", actual: runtime, field: "runtime" });
  return atLeast(DAYS_OF_SUPPORT, daysOfSupportLeft(known, new Date(now)), `days until AWS deprecates ${runtime}`);
}

function judgeHandler(called: Resource): Verdict {
  const file = called.text("filename");
  const exported = file === undefined ? undefined : exportedHandler(file);
  return exported === undefined
    ? unknown(`what ${file ?? "its package"} exports is not known: make it with FunctionArchive`, "filename")
    : equals(exported, called.text("handler"), "handler, against what its package exports");
}

/** Reserved concurrency: 0 is how a function is switched off, −1 that nothing is reserved. */
function judgeConcurrency(called: Resource): Verdict {
  const reserved = called.number("reserved_concurrent_executions") ?? -1;
  return reserved === 0
    ? fail({ expected: "reserved_concurrent_executions of 1 or more, or none", actual: "0: Lambda refuses every call" })
    : pass(reserved < 0 ? "nothing reserved" : String(reserved));
}

/** A run that is still going when the next begins does the same work twice. */
function judgeTime(called: Resource, platform: Platform): Verdict[] {
  const seconds = called.number("timeout") ?? UNSET_SECONDS;
  const minutes = minutesBetweenRuns(platform, called);
  return [
    atLeast(LEAST_SECONDS, seconds, "seconds of timeout"),
    atMost(MOST_SECONDS, seconds, "seconds of timeout"),
    ...(minutes === undefined ? [] : [below(minutes * 60, seconds, "seconds of timeout, against its schedule")]),
  ];
}

const functions = resource("aws_lambda_function");
const minutely = resource("aws_lambda_function", (_block, id) => id.startsWith("failback-latch"));

export default policy({
  id: "DE-34",
  severity: "error",
  proves: ["FL-23", "FF-25"],
  title: "Functions can run: handler exported, runtime supported, time enough",
  because:
    "Lambda creates a function whose handler does not exist, or that may not run at all, without an error: the rotation, the copy or the promotion fails on the day of its first call",
  remedy:
    "pass handler and filename of FunctionArchive, a runtime of catalog/support-calendar.json, a timeout of 10 to 900 seconds, and no reserved concurrency of 0",
  subjects: (platform) => itemsOf(platform, "aws_lambda_function"),
  check: ({ resource: called }, platform) => [
    judgeConcurrency(called),
    // A container image brings its runtime and its handler along.
    ...(called.text("package_type") === "Image" ? [] : [judgeRuntime(called, platform), judgeHandler(called)]),
    ...judgeTime(called, platform),
  ],
  mutants: [
    change("switched off", functions, set("reserved_concurrent_executions", 0)),
    change("a runtime of years ago", functions, set("runtime", "nodejs14.x")),
    change("a runtime that AWS has deprecated", functions, set("runtime", "nodejs20.x")),
    judgedAt("a runtime that is deprecated next week", "2028-04-24"),
    change("a handler that nothing exports", functions, set("handler", "nope.handler")),
    change("a function of the file that it does not export", functions, set("handler", "index.main")),
    change("Lambda's own timeout", functions, unset("timeout")),
    change("a second", functions, set("timeout", 1)),
    change("longer than Lambda runs", functions, set("timeout", 901)),
    change("the next run begins before it ends", minutely, set("timeout", 60)),
    change(
      "switched off in the secondary",
      resource("aws_lambda_function", (_block, _id, stack) => stack.endsWith("-eu-west-1")),
      set("reserved_concurrent_executions", 0),
    ),
  ],
  boundary: {
    holds: change("ten seconds", functions, set("timeout", LEAST_SECONDS)),
    breaks: change("nine seconds", functions, set("timeout", LEAST_SECONDS - 1)),
  },
});
