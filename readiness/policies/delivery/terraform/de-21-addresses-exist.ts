import { objectOf, textsOf } from "../../../inventory/json";
import { perObject, traversalsIn } from "../../../inventory/references";
import type { JsonObject } from "../../../inventory/json";
import { change, resource, set, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass } from "../../../policy/verdict";
import { stackSubject, type StackSubject } from "../../../policy-terms/region-subjects";

/** Blocks of a stack by section, with their address. */
const blocksOf = (terraform: JsonObject): readonly { address: string; block: JsonObject }[] =>
  (["resource", "data"] as const).flatMap((section) =>
    Object.entries(objectOf(terraform[section])).flatMap(([type, blocks]) =>
      Object.entries(objectOf(blocks)).map(([name, block]) => ({
        address: section === "data" ? `data.${type}.${name}` : `${type}.${name}`,
        block: objectOf(block),
      })),
    ),
  );

/** Types of resources that the stack's providers have: other names with a dot are text or functions of Terraform. */
function typesOf(terraform: JsonObject): RegExp {
  const providers = Object.keys(objectOf(objectOf(terraform["terraform"])["required_providers"]));
  return new RegExp(`^(data\\.)?(${[...providers, "terraform"].join("|")})_[a-z0-9_]+\\.`);
}

const danglingIn = perObject((terraform: JsonObject): readonly string[] => {
  const blocks = blocksOf(terraform);
  const known = new Set(blocks.map(({ address }) => address));
  const types = typesOf(terraform);
  const named = (address: string): boolean => known.has(address.replace(/\[[^\]]*\]$/, ""));
  return blocks.flatMap(({ address, block }) => {
    const after = textsOf(block["depends_on"]).filter((one) => !one.startsWith("module.") && !named(one));
    const mentioned = traversalsIn(block)
      .map((one) => one.address)
      .filter((one) => types.test(one) && !named(one));
    return [
      ...after.map((one) => `${address} depends on ${one}`),
      ...[...new Set(mentioned)].map((one) => `${address} refers to ${one}`),
    ];
  });
});

const roles = resource("aws_iam_role_policy");

export default policy({
  id: "DE-21",
  severity: "error",
  proves: ["XB-20"],
  title: "Each reference and each depends_on of a stack leads to a resource of it",
  because:
    "Terraform refuses the whole stack when one address does not exist: in the middle of a deployment, after the stacks before it",
  remedy: "correct the address; a construct that is passed in dependsOn always has the right one",
  subjects: (platform) => platform.stacks.map(stackSubject),
  check: ({ of }: StackSubject) => {
    const found = danglingIn(of.terraform);
    return found.length === 0
      ? pass("all addresses exist")
      : found.map((one) =>
          fail({
            expected: `an address of ${of.name}`,
            actual: one,
            message: `${of.name}: ${one}, which is not in the stack: Terraform refuses it`,
          }),
        );
  },
  mutants: [
    change("depends on nothing", roles, set("depends_on", ["aws_iam_role.ghost"])),
    change("refers to nothing", roles, set("role", "${aws_iam_role.ghost.id}")),
    change("reads no data", roles, set("role", "${data.aws_iam_role.ghost.id}")),
    change(
      "a resource inside a policy",
      roles,
      update("policy.Statement.0.Resource", () => "${aws_s3_bucket.ghost.arn}"),
    ),
  ],
  boundary: {
    holds: change("depends on its own role", roles, (block) => {
      const [, address = ""] = /\$\{(aws_iam_role\.[\w-]+)\./.exec(String(block["role"])) ?? [];
      block["depends_on"] = [address];
    }),
    breaks: change("depends on a role that is called otherwise", roles, (block) => {
      const [, address = ""] = /\$\{(aws_iam_role\.[\w-]+)\./.exec(String(block["role"])) ?? [];
      block["depends_on"] = [`${address}_`];
    }),
  },
});
