import { variableInVpc, variablesOf } from "../../../../catalog/functions/variables";
import { objectOf } from "../../../inventory/json";
import type { Resource } from "../../../inventory/resource";
import { itemsOf } from "../../../permissions/software";
import { change, type JsonObject, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";
import { same } from "./_stores-of-functions";
import { judgeVariable } from "./_variables";

const VARIABLES = "environment.variables";

/** A name that the function does not read is most likely one that it does read, mistyped. */
function unread(called: Resource, read: readonly string[]): Verdict[] {
  return Object.keys(objectOf(called.raw(VARIABLES)))
    .filter((name) => !read.includes(name))
    .map((name) => fail({ expected: `only variables that it reads: ${read.join(", ")}`, actual: name }));
}

function judgeNetwork(called: Resource): Verdict[] {
  const { name, value, because } = variableInVpc;
  return called.has("vpc_config")
    ? [same(value, called.text(`${VARIABLES}.${name}`), `${name} of a function in a VPC: ${because}`)]
    : [];
}

const named = (end: string) =>
  resource("aws_lambda_function", (block) => String(block["function_name"]).endsWith(`-${end}`));
const inSecondary = (end: string) =>
  resource(
    "aws_lambda_function",
    (block, _id, stack) => stack.endsWith("eu-west-1") && String(block["function_name"]).endsWith(`-${end}`),
  );
const edited = (variable: string, from: string | RegExp, to: string) => (block: JsonObject) => {
  const path = `${VARIABLES}.${variable}`;
  const text = String(objectOf(objectOf(objectOf(block)["environment"])["variables"])[variable]);
  set(path, text.replace(from, to))(block);
};

export default policy({
  id: "DE-49",
  severity: "error",
  proves: ["CA-09", "FF-25"],
  title: "Each function has the variables that it reads, of its own region and of one store each",
  because:
    "AWS creates a function whatever its variables say: a copy of another queue, a bucket of another region or a cluster that is not there is found on the day of the loss",
  remedy:
    "give a function the variables that catalog/functions/variables.json names, from the resources of its own region",
  subjects: (platform) => itemsOf(platform, "aws_lambda_function"),
  check: ({ resource: called }, platform): readonly Verdict[] => {
    const variables = variablesOf(called.text("function_name"));
    if (variables === undefined)
      return [
        fail({
          expected: "a function whose variables catalog/functions/variables.json names",
          actual: called.text("function_name") ?? "no name",
        }),
      ];
    return [
      ...variables.flatMap((one) => judgeVariable(called, one, platform)),
      ...unread(called, [...variables.map(({ name }) => name), variableInVpc.name]),
      ...judgeNetwork(called),
    ];
  },
  mutants: [
    change("a function that declares nothing", named("cache-copy"), set("function_name", "copies")),
    change("no credentials of receivers", named("alarm-delivery"), unset(`${VARIABLES}.SECRET`)),
    change("a secret that is not there", inSecondary("alarm-delivery"), set(`${VARIABLES}.SECRET`, "acme/ghost")),
    change("secrets of another environment", named("secret-rotation"), set(`${VARIABLES}.NAME_PREFIX`, "acme/other/")),
    change("a topic by name", named("secret-rotation"), set(`${VARIABLES}.TOPIC_ARN`, "arn:aws:sns:us-east-1:1:ghost")),
    change("minutes that are none", named("failback-latch"), set(`${VARIABLES}.ENGAGE_AFTER_MINUTES`, "five")),
    change("a bucket of another account", inSecondary("namespace-restore"), set(`${VARIABLES}.BUCKET`, "other")),
    change("another region than its bucket's", named("cache-copy"), set(`${VARIABLES}.BUCKET_REGION`, "ap-south-1")),
    change(
      "copies of one queue over another's",
      named("cache-copy"),
      edited("CACHES", /"prefix":"[^"]*"/, '"prefix":"caches/x/y/"'),
    ),
    change(
      "credentials of another store",
      named("cache-copy"),
      edited("CACHES", /"secret":"[^"]*"/, '"secret":"acme/other/URL"'),
    ),
    change("another database of a queue", named("cache-copy"), edited("CACHES", '"database":"0"', '"database":"1"')),
    change(
      "an endpoint that is a name",
      named("replication-heartbeat"),
      edited("HEARTBEATS", /"host":"[^"]*"/, '"host":"db.example"'),
    ),
    change(
      "credentials of an instance that is not there",
      named("store-credentials"),
      edited("STORES", /"instance":"[^"]*"/, '"instance":"ghost"'),
    ),
    change("a user of another cache", named("store-credentials"), edited("STORES", /"user":"[^"]*"/, '"user":"ghost"')),
    change("a port of another store", named("store-credentials"), edited("STORES", '"port":5432', '"port":5433')),
    change("stores that are no JSON", named("store-credentials"), set(`${VARIABLES}.STORES`, "flakeguard")),
    change("another cluster by name", named("promotion"), set(`${VARIABLES}.CLUSTER`, "acme-staging")),
    change("a replica that is not there", named("promotion"), edited("DATABASES", /"identifier":"/, '"identifier":"x')),
    change("databases that are no JSON", named("promotion"), set(`${VARIABLES}.DATABASES`, "all")),
    change(
      "certificates of RDS are not known",
      inSecondary("restore-check"),
      unset(`${VARIABLES}.NODE_EXTRA_CA_CERTS`),
    ),
    change("a mistyped variable beside the right one", named("restore-check"), set(`${VARIABLES}.BUCKETS`, "other")),
  ],
  boundary: {
    holds: change("six minutes", named("failback-latch"), set(`${VARIABLES}.ENGAGE_AFTER_MINUTES`, "6")),
    breaks: change("six minutes, as text", named("failback-latch"), set(`${VARIABLES}.ENGAGE_AFTER_MINUTES`, "6 min")),
  },
});
