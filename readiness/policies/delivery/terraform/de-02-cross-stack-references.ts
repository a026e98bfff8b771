import { change, changeStack, output, remove, removeStack, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import type { Platform, Stack } from "../../../inventory/platform";
import { objectOf, textOf, textsWithin } from "../../../inventory/json";
import { stackSubject } from "../../../policy-terms/region-subjects";

const reference = /data\.terraform_remote_state\.cross-stack-reference-input-([\w-]+)\.outputs\.([\w-]+)/g;
/** Attributes whose value is a secret; a certificate authority's certificate is none. */
const secret =
  /\.(secret_string|secret_binary|password|master_password|auth_token|private_key|private_key_pem|secret_access_key|token)\b|random_password\./;

export default policy({
  id: "DE-02",
  severity: "error",
  proves: ["CA-23", "CA-24", "CA-28", "FG-12"],
  title: "Cross-stack references resolve and carry no secret",
  because:
    "an output that is gone stops the deployment half way, and the mark of a secret is lost when another stack reads it: it then stands in the plan of every run",
  remedy: "refer to the other stack's construct, not to text; pass the ARN of a secret and let the workload read it",
  subjects: (platform) => platform.stacks.map(stackSubject),
  check: ({ of }, platform) => {
    const found = [...dangling(of, platform), ...secrets(of)];
    return found.length > 0 ? found : pass("all references lead to an output");
  },
  mutants: [
    removeStack("the producer is gone", "network-us-east-1"),
    remove(
      "its outputs are gone",
      output((_, __, stack) => stack === "cluster-us-east-1"),
    ),
    changeStack(
      "a secret crosses",
      "data-us-east-1",
      set(["output", "url"], { value: "${aws_secretsmanager_secret_version.url.secret_string}", sensitive: true }),
    ),
    change(
      "a reference to nothing",
      resource("aws_lb_listener_rule"),
      set("listener_arn", "${data.terraform_remote_state.cross-stack-reference-input-ingress-us-east-1.outputs.gone}"),
    ),
    changeStack(
      "the state of another stack is read",
      "edge",
      set("data.terraform_remote_state.cross-stack-reference-input-dns.config.key", "audit.tfstate"),
    ),
  ],
  boundary: {
    holds: changeStack(
      "the ARN of a secret crosses",
      "data-us-east-1",
      set(["output", "url"], { value: "${aws_secretsmanager_secret.url.arn}", sensitive: true }),
    ),
    breaks: changeStack(
      "a password crosses",
      "data-us-east-1",
      set(["output", "url"], { value: "${random_password.url.result}", sensitive: true }),
    ),
  },
});

function dangling(stack: Stack, platform: Platform): Verdict[] {
  const inputs = objectOf(objectOf(stack.terraform["data"])["terraform_remote_state"]);
  const states = Object.entries(inputs).flatMap(([input, read]) => {
    const producer = platform.backends.find((backend) => `cross-stack-reference-input-${backend.stack}` === input);
    const key = textOf(objectOf(objectOf(read)["config"])["key"]);
    return producer?.key !== undefined && producer.key !== key
      ? [fail({ expected: `the state ${producer.key} of ${producer.stack}`, actual: key ?? "none" })]
      : [];
  });
  const wanted = new Set(
    textsWithin(stack.terraform)
      .flatMap((text) => [...text.matchAll(reference)])
      .map(([, producer = "", name = ""]) => `${producer} ${name}`),
  );
  const lost = [...wanted].sort().flatMap((pair) => {
    const [producer = "", name = ""] = pair.split(" ");
    const from = platform.stacks.find((other) => other.name === producer);
    return from?.outputs[name] === undefined
      ? [fail({ expected: `output ${name} of ${producer}`, actual: from ? "no such output" : "no such stack" })]
      : [];
  });
  return [...states, ...lost];
}

const secrets = (stack: Stack): Verdict[] =>
  Object.entries(stack.outputs)
    .filter(([, block]) => secret.test(JSON.stringify(objectOf(block)["value"] ?? "")))
    .map(([name, block]) =>
      fail({ expected: "no secret in an output", actual: `${name}: ${textOf(objectOf(block)["value"]) ?? "a value"}` }),
    );
