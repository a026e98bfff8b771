import { change, resource, set } from "../../policy/mutation";
import { policy, wholePlatform } from "../../policy/policy";
import { fail, pass } from "../../policy/verdict";
import { textsWithin } from "../../inventory/json";
import type { Resource } from "../../inventory/resource";
import type { Subject } from "../../inventory/subject";
import type { WorkloadContainer } from "../../inventory/facts/kubernetes/workload-graph";

/** Names whose values are secret, unless the value is a path, a reference to a secret or a plain setting. */
const secretName =
  /(password|passwd|pass|pwd|secret|token|api_?key|private_?key|credential|connection_?string|webhook_?url)$/i;
const secretText = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\bAKIA[0-9A-Z]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{36}/,
  /\bxox[abpr]-[A-Za-z0-9-]{10,}/,
  /\b(postgres(ql)?|rediss?|mysql|amqps?|mongodb(\+srv)?):\/\/[^\s:@/]*:[^\s@${}]+@/,
];

export default policy({
  id: "SC-13",
  severity: "error",
  proves: ["CA-23", "CA-28", "FG-12", "FL-06"],
  title: "Synthesised output contains no secret value",
  because:
    "Terraform JSON and state are read by CI, by reviewers and by everybody with the bucket: a secret in them is public within the company",
  remedy:
    "declare the secret in the application's `secrets` and read it from the mounted file; remove the value from the code and rotate it",
  equivalents: ["kube-linter env-var-secret"],
  subjects: (platform): readonly Subject[] => {
    const found = [
      ...platform.containers.filter((item) => secretVariables(item).length > 0),
      ...platform.resources.filter((one) => credentials(one).length > 0),
    ];
    return found.length > 0 ? found : [wholePlatform];
  },
  check: (subject, platform) => {
    const item = platform.containers.find((one) => one === subject);
    if (item)
      return secretVariables(item).map(({ name }) =>
        fail({
          expected: `${name} from a mounted secret`,
          actual: "a value in the pod's environment",
          field: `settings.${name}`,
          message: `${item.label} in ${item.stack} carries ${name} in its environment`,
        }),
      );
    if (subject === wholePlatform) return pass("no value of a secret's name or form");
    return fail({
      expected: "no text in the form of a credential",
      actual: "one",
      message: `${subject.stack} ${subject.address} holds text in the form of a credential`,
    });
  },
  mutants: [
    change(
      "password in the environment",
      resource("kubernetes_deployment_v1"),
      set("spec.template.spec.container.env", [{ name: "DB_PASSWORD", value: "hunter2" }]),
    ),
    change(
      "password by its short name",
      resource("kubernetes_deployment_v1"),
      set("spec.template.spec.container.env", [{ name: "DB_PASS", value: "hunter2" }]),
    ),
    change(
      "connection with its password",
      resource("aws_cloudwatch_log_group"),
      set("tags", { url: "postgres://app:s3cret@db:5432/app" }),
    ),
    change(
      "secret value in the configuration",
      resource("aws_lb_target_group"),
      set("tags", { key: "AKIAABCDEFGHIJKLMNOP" }),
    ),
  ],
  boundary: {
    holds: change(
      "path of a secret's file",
      resource("kubernetes_deployment_v1"),
      set("spec.template.spec.container.env", [
        { name: "DB_PASSWORD_FILE", value: "/var/run/secrets/application/DB_PASSWORD" },
      ]),
    ),
    breaks: change(
      "the secret itself",
      resource("kubernetes_deployment_v1"),
      set("spec.template.spec.container.env", [{ name: "DB_PASSWORD", value: "/var/run/secrets" }]),
    ),
  },
});

const secretVariables = ({ container }: WorkloadContainer) =>
  container.environment.filter(({ name, value }) => value !== undefined && value !== "" && secretName.test(name));

const credentials = ({ arguments: written }: Resource): string[] =>
  [...textsWithin(written), ...textsWithin(written["//"])].filter((text) => secretText.some((form) => form.test(text)));
