import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import { change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";

/** Log groups that AWS makes by itself for a resource, where none of this name exists. */
function groupsOf(writer: Resource): readonly (string | undefined)[] {
  const named = (argument: string, name: (value: string) => string): string | undefined => {
    const value = writer.text(argument);
    return value === undefined ? undefined : name(value);
  };
  switch (writer.type) {
    case "aws_eks_cluster":
      return writer.list("enabled_cluster_log_types").length === 0
        ? []
        : [named("name", (name) => `/aws/eks/${name}/cluster`)];
    case "aws_lambda_function":
      return [writer.text("logging_config.log_group") ?? named("function_name", (name) => `/aws/lambda/${name}`)];
    default:
      return writer
        .list("enabled_cloudwatch_logs_exports")
        .map((log) => named("identifier", (name) => `/aws/rds/instance/${name}/${log}`));
  }
}

function judgeGroup(name: string | undefined, writer: Resource, platform: Platform): Verdict {
  if (name === undefined) return unknown("the name that its log group will have is not known");
  const group = platform
    .ofType("aws_cloudwatch_log_group")
    .find((one) => one.region === writer.region && one.text("name") === name);
  if (group === undefined) return fail({ expected: `log group ${name}`, actual: "none: AWS makes it, without end" });
  return platform.dependencies(writer).includes(group)
    ? pass(`${name} comes first`)
    : fail({ expected: `${name} before what writes into it`, actual: "no dependency: AWS may make it first" });
}

const functions = resource("aws_lambda_function");
const clusters = resource("aws_eks_cluster");
const groupNamed = (pattern: RegExp) =>
  resource("aws_cloudwatch_log_group", ({ name }) => typeof name === "string" && pattern.test(name));
const databases = resource(
  "aws_db_instance",
  ({ enabled_cloudwatch_logs_exports: logs }) => Array.isArray(logs) && logs.length > 0,
);

export default policy({
  id: "DE-40",
  severity: "error",
  proves: [],
  beyond:
    "no claim speaks of log groups, and the control plane of a destroyed cluster was seen to leave one that stops the next deployment",
  title: "What AWS writes logs into exists before the writer, as a resource of its own",
  because:
    "AWS otherwise makes the group: it never expires, has no key, stays when the environment is destroyed, and stops the next deployment that declares it",
  remedy: "declare the log group with the name that the service uses, and let the writer depend on it",
  subjects: (platform) =>
    platform
      .ofType("aws_eks_cluster", "aws_lambda_function", "aws_db_instance")
      .filter((writer) => groupsOf(writer).length > 0),
  whenAbsent: () => fail({ expected: "clusters that write logs", actual: "none" }),
  check: (writer, platform) => groupsOf(writer).map((name) => judgeGroup(name, writer, platform)),
  mutants: [
    remove("the control plane's group is AWS's", groupNamed(/^\/aws\/eks\//)),
    remove("the groups of functions are AWS's", groupNamed(/^\/aws\/lambda\//)),
    remove("the groups of databases are AWS's", groupNamed(/^\/aws\/rds\//)),
    change("functions do not wait for their groups", functions, unset("depends_on")),
    change("clusters do not wait for their groups", clusters, unset("depends_on")),
    change("databases do not wait for their groups", databases, unset("depends_on")),
    change("functions write elsewhere", functions, set("logging_config", { log_group: "/elsewhere" })),
  ],
  boundary: {
    holds: change("its own group, said twice", resource("aws_lambda_function", isLatch), (block) => {
      set("logging_config", { log_format: "Text", log_group: `/aws/lambda/${String(block["function_name"])}` })(block);
    }),
    breaks: change("a group with a slash too many", resource("aws_lambda_function", isLatch), (block) => {
      set("logging_config", { log_format: "Text", log_group: `/aws/lambda/${String(block["function_name"])}/` })(block);
    }),
  },
});

function isLatch(_block: unknown, id: string): boolean {
  return id.startsWith("failback-latch");
}
