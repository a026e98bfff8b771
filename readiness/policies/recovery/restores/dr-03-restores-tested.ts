import { annotation } from "../../../../contract";
import { type RestoreTest, restoreTests, type TestedStore } from "../../../figures/recovery/restore-tests";
import type { Platform } from "../../../inventory/platform";
import type { CacheGroup, DatabaseInstance } from "../../../inventory/facts/aws/stores";
import { atMost, contains, equals, holds } from "../../../policy/comparison";
import { change, remove, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, type Verdict } from "../../../policy/verdict";
import { declarationOf, declaredExtensions, inWriterRegion } from "../../../policy-terms/stores";
import { deletesWhatItMade, edited, testAlarms, testRules, tests, told } from "./_restore-tests";

/** Longest time between two tests (claim FG-10 for databases; caches are promised none). */
const DAYS = { database: 1, cache: 7 } as const;
const MINUTES_OF_DAY = 1440;

export default policy({
  id: "DR-03",
  severity: "error",
  proves: ["FG-10", "FF-25", "FG-25"],
  title: "Each store is restored by schedule, looked at, and missed when it is not",
  because: "a backup that was never restored is a hope: the first restore is then tried on the day of the loss",
  remedy: "keep RestoreTests in the StoresStack of each region, with the topic that a person reads",
  subjects: (platform): readonly (DatabaseInstance | CacheGroup)[] => [
    ...platform.databases.filter(({ replicates }) => replicates),
    ...platform.caches,
  ],
  check: (store, platform) => {
    const declared = declarationOf(platform, store);
    if (declared?.persistent !== true) return notApplicable(`${store.label} keeps nothing`);
    const name = `${declared.application}/${declared.name}`;
    const test = restoreTests(platform).find(
      (one) => one.region === store.region && one.stores.some((tested) => tested.name === name),
    );
    const tested = test?.stores.find((one) => one.name === name);
    if (test === undefined || tested === undefined)
      return fail({ expected: `a restore test of ${name} in ${store.region ?? "its region"}`, actual: "none" });
    const days = DAYS[declared.kind];
    return [
      test.minutesBetween === undefined
        ? fail({ expected: "an enabled schedule that starts the restore test", actual: "none" })
        : atMost(days * MINUTES_OF_DAY, test.minutesBetween, "minutes between two restore tests", {
            arithmetic: `${days} d × ${MINUTES_OF_DAY}`,
          }),
      ...[
        equals(store.identifier, tested.identifier, "store that is restored"),
        ...looked(test, tested, store, platform),
        ...told(test),
      ].map((verdict) => atMachine(verdict, test)),
    ];
  },
  mutants: [
    remove("no test of databases", tests("databases")),
    remove("no test of caches", tests("caches")),
    remove("nothing starts it", testRules("databases")),
    change("switched off", testRules("caches"), set("state", "DISABLED")),
    change("each fortnight", testRules("caches"), set("schedule_expression", "rate(14 days)")),
    change("a store forgotten", tests("databases"), edited("/main", "/other")),
    change("another store", tests("databases"), edited(/"identifier":"[^"]+"/g, '"identifier":"other"')),
    change("restored, not looked at", tests("databases"), edited('"action":"check"', '"action":"remove"')),
    change("never deleted", tests("caches"), edited('"action":"remove"', '"action":"progress"')),
    change("left after a failure", tests("databases"), edited('"Next":"Remove"', '"Next":"Recorded"')),
    change("leftovers stay", tests("databases"), edited('"action":"sweep"', '"action":"verdict"')),
    change("a failed check passes", tests("databases"), edited('"action":"verdict"', '"action":"sweep"')),
    change("a scratch of any name", tests("caches"), edited(/"scratch":"restore-test-/g, '"scratch":"')),
    change(
      "an extension that is not looked for",
      resource("kubernetes_namespace_v1", (block) => JSON.stringify(block).includes("postgres")),
      set(["metadata", "annotations", annotation.stores, "databases", "main", "extensions"], ["citext"]),
    ),
    remove("no alarm on a failure", testAlarms("ExecutionsFailed")),
    remove("no alarm on a test that hangs", testAlarms("ExecutionsTimedOut")),
    remove("no alarm on its absence", testAlarms("ExecutionsSucceeded")),
    change("silence is fine", testAlarms("ExecutionsSucceeded"), set("treat_missing_data", "notBreaching")),
    change("an alarm without an action", testAlarms("ExecutionsFailed"), set("alarm_actions", [])),
    change("missed after an hour", testAlarms("ExecutionsSucceeded"), set("evaluation_periods", 1)),
  ],
  boundary: {
    holds: change("each 24 hours", testRules("databases"), set("schedule_expression", "rate(24 hours)")),
    breaks: change("each 25 hours", testRules("databases"), set("schedule_expression", "rate(25 hours)")),
  },
});

/** What a test does is written where the test is made: the store's application declares nothing of it. */
const atMachine = (verdict: Verdict, { machine }: RestoreTest): Verdict =>
  verdict.outcome === "fail"
    ? { ...verdict, place: { constructPath: machine.constructPath, field: "definition" } }
    : verdict;

/** The test looks at what it restored, and deletes it whatever happened. */
function looked(
  test: RestoreTest,
  tested: TestedStore,
  store: DatabaseInstance | CacheGroup,
  platform: Platform,
): Verdict[] {
  const source = "nodeType" in store ? (inWriterRegion(platform, store) ? "snapshot" : "copy") : undefined;
  return [
    ...deletesWhatItMade(test),
    holds(
      tested.scratch?.startsWith("restore-test-") === true,
      "a scratch named restore-test-…",
      tested.scratch ?? "none",
    ),
    ...(source === undefined
      ? [contains(declaredExtensions(platform, store), tested.extensions, "extensions that are looked for")]
      : [equals(source, tested.source ?? "none", "source of the restored entries")]),
  ];
}
