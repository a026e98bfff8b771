import { change, resource, set } from "../../policy/mutation";
import { policy, wholePlatform } from "../../policy/policy";
import { fail, pass, type Verdict } from "../../policy/verdict";
import type { Platform } from "../../inventory/platform";
import type { Json } from "../../inventory/json";

/** Names whose values are secret, unless the value is a path, a reference to a secret or a plain setting. */
const secretName = /(password|passwd|secret|token|api_?key|private_?key|credential|connection_?string|webhook_?url)$/i;
const secretText = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/, /\bAKIA[0-9A-Z]{16}\b/, /\bgh[pousr]_[A-Za-z0-9]{36}/, /\bxox[abpr]-[A-Za-z0-9-]{10,}/,
  /\b(postgres(ql)?|rediss?|mysql|amqps?|mongodb(\+srv)?):\/\/[^\s:@/]*:[^\s@${}]+@/,
];

export default policy({
  id: "SC-13", severity: "error", proves: ["CA-23", "CA-28", "FG-12", "FL-06"],
  title: "No secret value stands in what is synthesised",
  because: "Terraform JSON and state are read by CI, by reviewers and by everybody with the bucket: a secret in them is public within the company",
  remedy: "declare the secret in the application's `secrets` and read it from the mounted file; take the value out of the code and rotate it",
  equivalents: ["kube-linter env-var-secret"],
  subjects: () => [wholePlatform],
  check: (_, platform) => {
    const found = [...environmentValues(platform), ...secretTexts(platform)];
    return found.length > 0 ? found : pass("no value of a secret's name or form");
  },
  mutants: [
    change("password in the environment", resource("kubernetes_deployment_v1"), set("spec.template.spec.container.env", [{ name: "DB_PASSWORD", value: "hunter2" }])),
    change("connection with its password", resource("aws_cloudwatch_log_group"), set("tags", { url: "postgres://app:s3cret@db:5432/app" })),
    change("secret value in the configuration", resource("aws_lb_target_group"), set("tags", { key: "AKIAABCDEFGHIJKLMNOP" })),
  ],
  boundary: {
    holds: change("path of a secret's file", resource("kubernetes_deployment_v1"), set("spec.template.spec.container.env", [{ name: "DB_PASSWORD_FILE", value: "/var/run/secrets/application/DB_PASSWORD" }])),
    breaks: change("the secret itself", resource("kubernetes_deployment_v1"), set("spec.template.spec.container.env", [{ name: "DB_PASSWORD", value: "/var/run/secrets" }])),
  },
});

function environmentValues(platform: Platform): Verdict[] {
  return platform.containers.flatMap((item) => item.container.environment
    .filter((variable) => variable.value !== undefined && variable.value !== "" && secretName.test(variable.name))
    .map((variable) => fail({
      expected: `${variable.name} from a mounted secret`, actual: "a value in the pod's environment",
      message: `${item.label} in ${item.stack} carries ${variable.name} in its environment`,
    })));
}

function secretTexts(platform: Platform): Verdict[] {
  return platform.resources.flatMap((resource) => textsOf(resource.arguments as Json).filter((text) => secretText.some((form) => form.test(text))).map(() => fail({
    expected: "no text in the form of a credential", actual: "one", message: `${resource.stack} ${resource.address} holds text in the form of a credential`,
  })));
}

function textsOf(value: Json): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(textsOf);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap((inner) => (inner === undefined ? [] : textsOf(inner))) : [];
}
