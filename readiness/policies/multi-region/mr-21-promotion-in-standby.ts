import { isObject, objectOf, objectsOf, type Json, type JsonObject, numberOf, textOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Resource } from "../../inventory/resource";
import type { DatabaseInstance } from "../../inventory/facts/aws/stores";
import { atLeast, atMost, holds } from "../../policy/comparison";
import { change, remove, resource, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, type Verdict } from "../../policy/verdict";
import { declarationOf } from "../../policy-terms/stores";

const machines = resource("aws_sfn_state_machine", (block) => String(block["name"]).endsWith("-promotion"));
const steps = resource("aws_lambda_function", (block) => JSON.stringify(block).includes("wantedRetentionDays"));
const entries = resource("aws_eks_access_entry", (block) => JSON.stringify(block).includes("plimsoll:promotion"));
/** In the order in which a promotion needs them. */
const ACTIONS = ["check", "promote", "progress", "settle", "migration", "seed", "writers"];
const RETENTION_DAYS = 30;

const edited = (edit: (text: string) => string) => (block: JsonObject | Parameters<ReturnType<typeof set>>[0]) => {
  (block as Record<string, unknown>)["definition"] = edit(String((block as Record<string, unknown>)["definition"]));
};
const databases =
  (edit: (all: Record<string, unknown>[]) => unknown[]) => (block: Parameters<ReturnType<typeof set>>[0]) => {
    const path = "environment.variables.DATABASES";
    const found = JSON.parse(
      String(objectOf(objectOf(objectOf(block)["environment"])["variables"])["DATABASES"]),
    ) as Record<string, unknown>[];
    set(path, JSON.stringify(edit(found)))(block);
  };

export default policy({
  id: "MR-21",
  severity: "error",
  proves: ["CA-09", "CA-11", "FF-24"],
  title: "A state machine in the standby promotes every replica, and starts what writes",
  because:
    "a promotion by hand keeps backups for one day, forgets a database, and begins with looking for the commands at night",
  remedy:
    "keep Promotion in the StoresStack of the region that does not write, and PromotionRights in its platform stack",
  subjects: (platform) => platform.databases.filter(({ replicates }) => replicates),
  check: (replica, platform) => {
    const machine = platform
      .ofType("aws_sfn_state_machine")
      .find((one) => one.region === replica.region && stepsOf(one, platform) !== undefined);
    if (machine === undefined)
      return fail({ expected: `a state machine in ${replica.region ?? "the standby"}`, actual: "none" });
    const step = stepsOf(machine, platform);
    return [...ordered(machine), ...promotes(replica, step, platform), admitted(step, platform)];
  },
  mutants: [
    remove("no state machine", machines),
    remove("no function of its steps", steps),
    change(
      "writers are not started",
      machines,
      edited((text) => text.replaceAll('"action":"writers"', '"action":"check"')),
    ),
    change(
      "promoted before the lag is known",
      machines,
      edited((text) => text.replace('"Next":"Check"', '"Next":"Promote"')),
    ),
    change(
      "no dry run",
      machines,
      edited((text) => text.replaceAll("dryRun", "dry")),
    ),
    change(
      "a database forgotten",
      steps,
      databases((all) => all.slice(1)),
    ),
    change(
      "one day of backups",
      steps,
      databases((all) => all.map((one) => ({ ...one, wantedRetentionDays: 1 }))),
    ),
    change(
      "any lag",
      steps,
      databases((all) => all.map((one) => ({ ...one, maxLagSeconds: 1e6 }))),
    ),
    change("a cluster that does not admit it", entries, set("kubernetes_groups", ["viewers"])),
    remove(
      "no rights in the cluster",
      resource("kubernetes_cluster_role_binding_v1", (block) => JSON.stringify(block).includes("plimsoll:promotion")),
    ),
    change("an access entry without a group", entries, unset("kubernetes_groups")),
  ],
  boundary: {
    holds: change(
      "30 days",
      steps,
      databases((all) => all.map((one) => ({ ...one, note: "same" }))),
    ),
    breaks: change(
      "29 days",
      steps,
      databases((all) => all.map((one) => ({ ...one, wantedRetentionDays: 29 }))),
    ),
  },
});

const stepsOf = (machine: Resource, platform: Platform): Resource | undefined =>
  platform
    .dependencies(machine)
    .find((one) => one.type === "aws_lambda_function" && one.has("environment.variables.DATABASES"));

const parsed = (text: string | undefined): Json | undefined => {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
};

/** Follows `Next` and the first choice: the way of a promotion that nothing stops. */
function ordered(machine: Resource): Verdict[] {
  const definition = objectOf(parsed(machine.expanded("definition")));
  const states = objectOf(definition["States"]);
  const seen: string[] = [];
  const actions: string[] = [];
  let name = textOf(definition["StartAt"]);
  while (name !== undefined && !seen.includes(name)) {
    seen.push(name);
    const state = objectOf(states[name]);
    const payload = objectOf(objectOf(state["Parameters"])["Payload"]);
    const action = textOf(payload["action"]);
    if (action !== undefined && ACTIONS.includes(action)) actions.push(action);
    const choices = objectsOf(state["Choices"]).filter(({ And }) => And === undefined);
    name = textOf(state["Next"]) ?? textOf(choices[0]?.["Next"]) ?? textOf(state["Default"]);
  }
  return [
    holds(
      JSON.stringify(actions) === JSON.stringify(ACTIONS),
      `the steps ${ACTIONS.join(", ")}`,
      actions.join(", ") || "none",
    ),
    holds(JSON.stringify(states).includes('"$.input.dryRun"'), 'a dry run by {"dryRun": true}', "none"),
  ];
}

function promotes(replica: DatabaseInstance, step: Resource | undefined, platform: Platform): Verdict[] {
  const all = parsed(step?.expanded("environment.variables.DATABASES"));
  const own = objectsOf(all).find((one) => isObject(one) && one["identifier"] === replica.identifier);
  if (own === undefined) return [fail({ expected: `${replica.label} among what is promoted`, actual: "it is not" })];
  const rpo = declarationOf(platform, replica)?.rpoMinutes;
  return [
    atLeast(RETENTION_DAYS, numberOf(own["wantedRetentionDays"]), "days of backups after the promotion"),
    atMost(
      rpo === undefined ? undefined : rpo * 60,
      numberOf(own["maxLagSeconds"]),
      "seconds of lag that are promoted without asking",
      {
        field: "rpoMinutes",
        arithmetic: `${rpo ?? "?"} min × 60`,
      },
    ),
  ];
}

/** The function's role has an access entry whose group is bound in the cluster. */
function admitted(step: Resource | undefined, platform: Platform): Verdict {
  const role = step?.resource("role");
  const groups = platform
    .ofType("aws_eks_access_entry")
    .filter((entry) => role !== undefined && entry.resource("principal_arn") === role)
    .flatMap((entry) => entry.list("kubernetes_groups"));
  const bound = platform.objects.some(
    ({ region, object }) =>
      object.kind === "ClusterRoleBinding" &&
      region === step?.region &&
      objectsOf(object["subjects"]).some(({ kind, name }) => kind === "Group" && groups.includes(String(name))),
  );
  return holds(
    bound,
    "an access entry of the steps' role, in a group that the cluster gives rights",
    groups.join(", ") || "none",
  );
}
