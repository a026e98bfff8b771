import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { applicationRecords } from "../../catalog/applications";
import { platformCharts } from "../../catalog/charts";
import { projectRoot } from "../../config/project";
import recorded from "./aws-commands.json";

const pages = readdirSync(join(projectRoot, "docs"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".md"))
  .map((name) => join("docs", name))
  .sort();

/** Commands of a tool in a text, each as its words; it ends with the line, the code span, or where the shell goes on. */
const commandsOf = (tool: string, text: string): string[][] =>
  [...text.replace(/\\\n/g, " ").matchAll(new RegExp(`(?<![\\w/.-])${tool} (?=[a-z-])([^\`\\n|;&#)]*)`, "g"))].map(
    ([, words = ""]) =>
      words
        .replace(/'[^']*'|"[^"]*"/g, "text")
        .trim()
        .split(/\s+/),
  );

const awsOptions: Readonly<Record<string, readonly string[]>> = recorded.commands;

const services = new Set(Object.keys(awsOptions).map((name) => name.split(" ")[0]));

/** Operations and options that the AWS CLI does not have, and payloads that version 2 takes for base64. */
const wrongAws = (text: string): string[] =>
  commandsOf("aws", text)
    .filter(([service = "", operation = ""]) => operation !== "" && /^[a-z0-9]+$/.test(service))
    .flatMap(([service = "", operation = "", ...words]) => {
      const name = `${service} ${operation}`;
      const options = awsOptions[name];
      const given = words.filter((word) => word.startsWith("--")).map((word) => word.slice(2));
      // Prose may have the word, too.
      if (options === undefined) return given.length > 0 || services.has(service) ? [name] : [];
      const conditions = operation === "wait" ? options : [];
      const own = operation === "wait" ? (awsOptions[waitedFor(service, words[0] ?? "")] ?? []) : options;
      return [
        ...given.filter((one) => ![...own, ...recorded.global].includes(one)).map((one) => `${name} --${one}`),
        ...(operation === "wait" && !conditions.includes(words[0] ?? "") ? [`${name} ${words[0] ?? ""}`] : []),
        ...(name === "lambda invoke" && given.includes("payload") && !given.includes("cli-binary-format")
          ? [`${name} --payload without --cli-binary-format`]
          : []),
      ];
    });

/** The operation that a waiter calls, where a page uses one. Source: waiters of botocore 1.44.8. */
function waitedFor(service: string, condition: string): string {
  if (service === "rds") return "rds describe-db-instances";
  return condition.startsWith("nodegroup") ? "eks describe-nodegroup" : `${service} describe-cluster`;
}

/** Verbs of kubectl 1.36 that pages use. */
const verbs = [
  "cordon",
  "create",
  "delete",
  "describe",
  "drain",
  "get",
  "logs",
  "patch",
  "port-forward",
  "rollout",
  "scale",
  "top",
];
/** Plural or short names: those of Kubernetes 1.36, and of the definitions that the platform's charts bring. */
const kinds = [
  ..."pod pods po deployment deployments statefulset statefulsets daemonset job jobs cronjob node nodes event events".split(
    " ",
  ),
  ..."hpa horizontalpodautoscaler probes pvc pdb lease service services secret secrets configmap namespace validatingwebhookconfigurations".split(
    " ",
  ),
  ..."mutatingwebhookconfigurations servicemonitors podmonitors externalsecret externalsecrets scaledobject".split(" "),
  ..."backups.velero.io backupstoragelocations.velero.io targetgroupbindings worldspecs".split(" "),
];
const namespaces = [
  ...platformCharts.map(({ namespace }) => namespace),
  ...applicationRecords.map(({ application }) => application),
  ...["kube-system", "velero", "monitoring"],
];

const wrongKubectl = (text: string): string[] =>
  commandsOf("kubectl", text).flatMap((words) => {
    const at = words.indexOf("--namespace");
    const namespace = at === -1 ? undefined : words[at + 1];
    const rest = words.filter((_, index) => at === -1 || (index !== at && index !== at + 1));
    const verb = rest.find((word) => /^[a-z][a-z-]*$/.test(word)) ?? "";
    const [, kind = ""] = rest.slice(rest.indexOf(verb)).filter((word) => /^[a-z]/.test(word));
    return [
      ...(namespace === undefined || /^[<$]/.test(namespace) || namespaces.includes(namespace)
        ? []
        : [`namespace ${namespace}`]),
      ...(verbs.includes(verb) ? [] : [`kubectl ${verb}`]),
      ...(["get", "describe"].includes(verb) && !rest.includes("--raw")
        ? (kind.split("/")[0] ?? "")
            .split(",")
            .filter((one) => !kinds.includes(one))
            .map((one) => `${verb} ${one}`)
        : []),
    ];
  });

describe("commands of pages", () => {
  const everywhere = (find: (text: string) => readonly string[]): string[] =>
    pages.flatMap((page) => find(readFileSync(join(projectRoot, page), "utf8")).map((wrong) => `${page}: ${wrong}`));

  it("call what the AWS CLI has", () => {
    expect(everywhere(wrongAws)).toEqual([]);
    expect(
      wrongAws(
        [
          "`aws rds describe-db-instance --region x`, `aws sqs receive-message --queue x | jq .`",
          "aws rds wait db-instance-ready --db-instance-identifier x && aws ssm get-parameter \\\n  --nam x",
          "call it: aws lambda invoke --function-name f --payload '{}' answer.json",
        ].join("\n"),
      ),
    ).toEqual([
      "rds describe-db-instance",
      "sqs receive-message --queue",
      "rds wait db-instance-ready",
      "ssm get-parameter --nam",
      "lambda invoke --payload without --cli-binary-format",
    ]);
  });

  it("name verbs, kinds and namespaces that a cluster has", () => {
    expect(everywhere(wrongKubectl)).toEqual([]);
    expect(
      wrongKubectl("kubectl --namespace monitor get pods\nkubectl show nodes\nkubectl get pods,servicemonitor"),
    ).toEqual(["namespace monitor", "kubectl show", "get servicemonitor"]);
  });
});
