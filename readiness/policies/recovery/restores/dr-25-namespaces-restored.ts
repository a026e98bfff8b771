import { type RestoreTest, restoreTests, type TestedStore } from "../../../figures/recovery/restore-tests";
import type { Platform } from "../../../inventory/platform";
import type { BackupLocation } from "../../../inventory/facts/kubernetes/backups";
import type { Namespace } from "../../../inventory/facts/kubernetes/namespaces";
import { atMost, equals, holds, matches } from "../../../policy/comparison";
import { change, type Edit, remove, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";
import { deletesWhatItMade, edited, testAlarms, testRules, tests, told } from "./_restore-tests";
import { applicationNamespaces, backupsOf } from "../_velero";

const WEEK_DAYS = 7;
const MINUTES_OF_DAY = 1440;
const machine = tests("namespaces");
const rule = testRules("namespaces");
const absence = testAlarms("ExecutionsSucceeded", "namespaces");

export default policy({
  id: "DR-25",
  severity: "error",
  proves: ["FF-17", "FF-25", "FL-21"],
  title: "Each application's namespace is restored every week, looked at, and missed",
  because:
    "Velero calls a backup complete that cannot be restored: a missing key, an unknown kind or an empty volume shows in the restore only",
  remedy: "keep NamespaceRestoreTests in the StoresStack of each region, with every application and the topic",
  subjects: applicationNamespaces,
  check: (namespace, platform) => {
    const test = restoreTests(platform).find(
      (one) => one.region === namespace.region && one.stores.some((tested) => isOf(tested, namespace)),
    );
    const tested = test?.stores.find((one) => isOf(one, namespace));
    if (test === undefined || tested === undefined)
      return fail({
        expected: `a restore test of the namespace ${namespace.name} in ${namespace.region}`,
        actual: "none",
      });
    return [
      test.minutesBetween === undefined
        ? fail({ expected: "an enabled schedule that starts the restore test", actual: "none" })
        : atMost(WEEK_DAYS * MINUTES_OF_DAY, test.minutesBetween, "minutes between two restore tests", {
            arithmetic: `${WEEK_DAYS} d × ${MINUTES_OF_DAY}`,
          }),
      equals(1, test.atOnce, "namespaces that are in the scratch at the same time"),
      matches(/@sha256:[0-9a-f]{64}$/, "an image by its digest", tested.image, "image that mounts restored volumes"),
      ...readsBackups(tested, test, namespace, platform),
      ...deletesWhatItMade(test),
      ...told(test),
    ];
  },
  mutants: [
    remove("no test of namespaces", machine),
    remove("nothing starts it", rule),
    change("switched off", rule, set("state", "DISABLED")),
    change("each fortnight", rule, set("schedule_expression", "rate(14 days)")),
    change("each month", rule, set("schedule_expression", "cron(0 9 1 * ? *)")),
    change("another namespace", machine, edited(/"namespace":"[^"]+"/g, '"namespace":"other"')),
    change("at the same time", machine, edited('"MaxConcurrency":1', '"MaxConcurrency":2')),
    change("an image by its tag", machine, edited(/@sha256:[0-9a-f]{64}/g, ":latest")),
    change("of a location that is not there", machine, edited(/"location":"[^"]+"/g, '"location":"elsewhere"')),
    change("of the other region's bucket", machine, edited(/"location":"[^"]+"/g, '"location":"other-region"')),
    change("lists of another cluster", machine, edited(/"prefix":"[^"]+"/g, '"prefix":"other"')),
    change("restored, not looked at", machine, edited('"action":"check"', '"action":"remove"')),
    change("left after a failure", machine, edited('"Next":"Remove"', '"Next":"Recorded"')),
    change("a failed check passes", machine, edited('"action":"verdict"', '"action":"sweep"')),
    remove("no access to the cluster", resource("aws_eks_access_entry", ofTest)),
    remove("no alarm on a failure", testAlarms("ExecutionsFailed", "namespaces")),
    remove("no alarm on a test that hangs", testAlarms("ExecutionsTimedOut", "namespaces")),
    remove("no alarm on its absence", absence),
    change("silence is fine", absence, set("treat_missing_data", "notBreaching")),
    change("an alarm without an action", absence, set("alarm_actions", [])),
  ],
  // CloudWatch looks back a whole number of days, here five: a gap of 116 hours and a test of four.
  boundary: {
    holds: change("missed after five days", rule, set("schedule_expression", "rate(116 hours)")),
    breaks: change("missed before the test has ended", rule, set("schedule_expression", "rate(117 hours)")),
  },
});

const isOf = ({ kind, namespace }: TestedStore, { name }: Namespace): boolean =>
  kind === "namespace" && namespace === name;

function ofTest(block: Parameters<Edit>[0]): boolean {
  return JSON.stringify(block).includes("restore-test");
}

/** The backups lie in the region itself, where the restore and the reading of their lists cost no way. */
function readsBackups(
  { location: name, prefix }: TestedStore,
  { check }: RestoreTest,
  { region }: Namespace,
  platform: Platform,
): Verdict[] {
  const location: BackupLocation | undefined = backupsOf(platform, region)
    .flatMap(({ locations }) => locations)
    .find((one) => one.name === name);
  const role = check?.resource("role");
  const entry = platform
    .ofType("aws_eks_access_entry")
    .find((one) => role !== undefined && one.resource("principal_arn") === role);
  return [
    holds(location !== undefined, `a location of Velero named ${name ?? "…"}`, "none"),
    equals(region, location?.region ?? "none", "region of the bucket that is restored from"),
    equals(location?.prefix ?? "none", prefix ?? "none", "cluster whose backups are restored and read"),
    holds(entry !== undefined, "an access entry of the function in the cluster", "none"),
  ];
}
