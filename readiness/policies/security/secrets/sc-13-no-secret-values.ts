import { credentialIn } from "../../../../catalog/credential-forms";
import { change, resource, set } from "../../../policy/mutation";
import { policy, wholePlatform } from "../../../policy/policy";
import { fail, pass } from "../../../policy/verdict";
import { textsWithin } from "../../../inventory/json";
import type { Resource } from "../../../inventory/resource";
import type { Subject } from "../../../inventory/subject";
import type { WorkloadContainer } from "../../../inventory/facts/kubernetes/workload-graph";

/** Names whose values are secret, unless the value is a path, a reference to a secret or a plain setting. */
const secretName =
  /(password|passwd|pass|pwd|secret|token|api_?key|private_?key|credential|connection_?string|webhook_?url)$/i;

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
    const containers = platform.containers.filter((item) => secretVariables(item).length > 0);
    const shown = new Set(containers.flatMap(secretVariables).map(({ value }) => value));
    const found = [
      ...containers,
      ...platform.resources.filter((one) => credentials(one).some((text) => !shown.has(text))),
    ];
    return found.length > 0 ? found : [wholePlatform];
  },
  check: (subject, platform) => {
    const item = platform.containers.find((one) => one === subject);
    if (item)
      return secretVariables(item).map(({ name, value = "" }) => {
        const what = credentialIn(value);
        return fail({
          expected: `${name} from a mounted secret`,
          actual: what ?? "a value in the pod's environment",
          field: `settings.${name}`,
          message: `${name} stands in its environment${what === undefined ? "" : `: ${what}`}`,
        });
      });
    if (subject === wholePlatform) return pass("no value of a secret's name or form");
    const [text = ""] = credentials(platform.resources.find((one) => one === subject));
    const what = credentialIn(text) ?? "one";
    return fail({
      expected: "no text in the form of a credential",
      actual: what,
      message: `it holds text in the form of a credential: ${what}`,
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
    change(
      "key of a payment service in the environment",
      resource("kubernetes_deployment_v1"),
      set("spec.template.spec.container.env", [{ name: "PAYMENTS", value: `sk_${"live"}_51HxAbCdEfGhIjKl` }]),
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
  container.environment.filter(
    ({ name, value }) =>
      value !== undefined && value !== "" && (secretName.test(name) || credentialIn(value) !== undefined),
  );

const credentials = (one: Resource | undefined): string[] =>
  one === undefined
    ? []
    : [...textsWithin(one.arguments), ...textsWithin(one.arguments["//"])].filter(
        (text) => credentialIn(text) !== undefined,
      );
