import { parsedJson, textMapOf, type JsonObject as Read } from "../../../inventory/json";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import type { Subject } from "../../../inventory/subject";
import { holds } from "../../../policy/comparison";
import { change, resource, set, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";

/** Arguments that hold a document in JSON. Source: documentation of hashicorp/aws 6.25.0 for each type, read 2026-11-29. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  aws_cloudwatch_event_rule: ["event_pattern"],
  aws_cloudwatch_event_target: ["input"],
  aws_ecr_lifecycle_policy: ["policy"],
  aws_eks_addon: ["configuration_values"],
  aws_iam_role: ["assume_role_policy"],
  aws_iam_role_policy: ["policy"],
  aws_kms_key: ["policy"],
  aws_s3_bucket_policy: ["policy"],
  aws_sfn_state_machine: ["definition"],
  aws_sns_topic_policy: ["policy"],
  aws_sns_topic_subscription: ["redrive_policy", "filter_policy"],
  aws_sqs_queue_policy: ["policy"],
};

interface Written extends Subject {
  readonly what: string;
  readonly text: string;
}

const inArguments = (one: Resource): readonly Written[] =>
  (ARGUMENTS[one.type] ?? []).flatMap((argument) => {
    const text = one.expanded(argument) ?? one.text(argument);
    return text === undefined ? [] : [{ ...subjectOf(one), what: argument, text }];
  });

const inFiles = (placed: PlacedObject): readonly Written[] =>
  placed.object.kind === "ConfigMap"
    ? Object.entries(textMapOf(placed.object["data"] as Read | undefined))
        .filter(([name]) => name.endsWith(".json"))
        .map(([name, text]) => ({ ...subjectOf(placed), what: `file ${name}`, text }))
    : [];

const subjectOf = ({ stack, address, constructPath, label }: Subject): Subject => ({
  stack,
  address,
  constructPath,
  label,
});

const written = (platform: Platform): readonly Written[] => [
  ...platform.ofType(...Object.keys(ARGUMENTS)).flatMap(inArguments),
  ...platform.objects.flatMap(inFiles),
];

const dashboards = resource("kubernetes_config_map_v1", (_, id) => id.startsWith("dashboards-"));
const cut = update("data", (data) =>
  Object.fromEntries(Object.entries(data as object).map(([name, text]) => [name, String(text).slice(0, -1)])),
);

export default policy({
  id: "DE-61",
  severity: "error",
  proves: [],
  beyond: "a comma too many passes every tool until AWS, Grafana or the pod reads the text",
  title: "Texts that are read as JSON are JSON",
  because:
    "AWS refuses the document in the middle of a deployment, Grafana leaves the dashboard out, and a program does not start; every other policy about its content sees nothing",
  remedy: "write the value as an object and let JSON.stringify make the text",
  subjects: written,
  check: ({ what, text }) => holds(parsedJson(text) !== undefined, `JSON in ${what}`, `${text.slice(0, 40)} …`),
  mutants: [
    change("half a dashboard", dashboards, cut),
    change("half a lifecycle policy", resource("aws_ecr_lifecycle_policy"), set("policy", '{"rules": [')),
    change(
      "no pattern",
      resource("aws_cloudwatch_event_rule", (block) => "event_pattern" in block),
      set("event_pattern", "{source}"),
    ),
  ],
  boundary: {
    holds: change("no rules", resource("aws_ecr_lifecycle_policy"), set("policy", '{"rules": []}')),
    breaks: change("a comma more", resource("aws_ecr_lifecycle_policy"), set("policy", '{"rules": [],}')),
  },
});
