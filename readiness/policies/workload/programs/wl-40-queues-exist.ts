import { objectOf, objectsOf, textOf } from "../../../inventory/json";
import type { Autoscaler } from "../../../inventory/facts/kubernetes/workload-graph";
import { contains } from "../../../policy/comparison";
import { change, changeRecords, manifest, set, type Mutation, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { notApplicable } from "../../../policy/verdict";

const scaled = manifest("ScaledObject");
const LIST = ["spec", "triggers", "0", "metadata", "listName"];

/** Redis lists whose length KEDA asks for. Source: KEDA, Redis Lists scaler, `listName`; read 2026-11-29. */
const listsOf = ({ object }: Autoscaler): string[] =>
  objectsOf(objectOf(object["spec"])["triggers"])
    .filter(({ type }) => type === "redis")
    .map(({ metadata }) => textOf(objectOf(metadata)["listName"]) ?? "no list");

const queuesOfOrders = (name: string, keys: readonly string[]): Mutation =>
  changeRecords(name, (records) => {
    for (const record of records)
      if (record.application === "orders") record.queues = keys.map((key) => ({ key, at: "src/queues.ts:1" }));
  });

export default policy({
  id: "WL-40",
  severity: "error",
  proves: ["FG-01"],
  title: "An autoscaler follows a queue that the application's code has",
  because:
    "a list that no program fills has length 0 without end: KEDA keeps the minimum of pods while the real queue grows",
  remedy:
    "use one of the keys that catalog/applications/<application>.json records under queues; after a change of the program, record its new commit first",
  subjects: ({ autoscalers }) => autoscalers.filter((one) => listsOf(one).length > 0),
  check: (autoscaler, { applicationRecords }) => {
    const record = applicationRecords.find(({ application }) => application === autoscaler.namespace);
    if (record === undefined) return notApplicable("the code of the application is not recorded");
    const keys = (record.queues ?? []).map(({ key }) => key);
    return listsOf(autoscaler).map((list) =>
      contains(list, keys, "queues of the application's code", { field: "scale.queue.list" }),
    );
  },
  mutants: [
    change("a queue of the report that the code lacks", scaled, set(LIST, "bull:flakeguard:wait")),
    change("a trigger without a list", scaled, unset(LIST)),
    queuesOfOrders("code that renamed its queue", ["bull:orders-v2:wait"]),
    queuesOfOrders("code without queues", []),
  ],
  boundary: {
    holds: queuesOfOrders("one queue more", ["bull:orders:wait", "bull:refunds:wait"]),
    breaks: queuesOfOrders("only the other queue", ["bull:refunds:wait"]),
  },
});
