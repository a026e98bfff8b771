import { isEmulated } from "../../../../config/environment";
import { protectedTypes } from "../../../../catalog/resource-types";
import { arrayOf, isObject, type Json, type JsonObject, objectOf, objectsOf, textOf } from "../../../inventory/json";
import type { Platform, Stack } from "../../../inventory/platform";
import { fail, type Verdict } from "../../../policy/verdict";

/** Changes by others that no deployment takes back. Anything else that is ignored stays as it is, whatever the program says. */
const ignorable: Readonly<Record<string, readonly string[]>> = {
  aws_db_instance: ["replicate_source_db"],
  aws_eks_node_group: ["scaling_config[0].desired_size"],
  aws_elasticache_user: ["authentication_mode", "passwords", "no_password_required"],
  aws_ssm_parameter: ["value"],
  kubernetes_cron_job_v1: ["spec[0].suspend"],
  kubernetes_deployment_v1: ["spec[0].replicas"],
  kubernetes_stateful_set_v1: ["spec[0].replicas"],
};
const restarted =
  /^spec\[0\]\.template\[0\]\.metadata\[0\]\.annotations\["reloader\.stakater\.com\/last-reloaded-from"\]$/;

/** What providers are given; the rest sends the deployment to another account, cluster or address. */
const providerArguments: Readonly<Record<string, readonly string[]>> = {
  aws: ["alias", "region", "default_tags", "allowed_account_ids"],
  helm: ["kubernetes"],
  kubernetes: ["host", "cluster_ca_certificate", "exec"],
};
const emulated = ["s3_use_path_style", "skip_credentials_validation", "skip_metadata_api_check"];

const refusal = (label: string, what: string, expected: string, because: string): Verdict =>
  fail({ expected, actual: what, message: `${label}: ${expected}; found ${what}: ${because}` });

/** What another program changes while the platform runs: each deployment would set it back. */
const mustIgnore: Readonly<Record<string, string>> = { aws_eks_node_group: "scaling_config[0].desired_size" };

function lifecycleOf(label: string, type: string, written: JsonObject): Verdict[] {
  const { ignore_changes: ignored = [], ...rest } = written;
  const allowed = ignorable[type] ?? [];
  const foreign = arrayOf(ignored)
    .map(String)
    .filter((one) => !allowed.includes(one) && !(allowed.length > 0 && restarted.test(one)));
  const others = Object.keys(rest).filter((one) => one !== "prevent_destroy" && one !== "create_before_destroy");
  const needed = mustIgnore[type];
  return [
    ...(needed === undefined || arrayOf(ignored).map(String).includes(needed)
      ? []
      : [
          refusal(
            label,
            "it is not ignored",
            `ignore_changes ${needed}`,
            "each deployment sets it back to what is written, and the nodes that the autoscaler added go with their pods",
          ),
        ]),
    ...foreign.map((one) =>
      refusal(
        label,
        `ignore_changes ${one}`,
        `only ${allowed.join(", ") || "nothing"} ignored`,
        "what is judged here is never deployed again, and a change by hand stays",
      ),
    ),
    ...others.map((one) =>
      refusal(
        label,
        `lifecycle.${one}`,
        "no further lifecycle argument",
        "the resource is made anew, or the deployment ends, when something else changes",
      ),
    ),
  ];
}

function resourcesOf({ terraform }: Stack): Verdict[] {
  return Object.entries(objectOf(terraform["resource"])).flatMap(([type, blocks]) =>
    Object.entries(objectOf(blocks)).flatMap(([id, written]) => {
      const block = objectOf(written);
      const label = `${type}.${id}`;
      const many = ["count", "for_each"].filter((one) => block[one] !== undefined);
      return [
        ...many.map((one) =>
          refusal(
            label,
            `${one} = ${JSON.stringify(block[one])}`,
            "one resource for each block",
            "everything was judged as one resource, and with none or several it is not what is deployed",
          ),
        ),
        ...lifecycleOf(label, type, objectOf(arrayOf(block["lifecycle"])[0] ?? block["lifecycle"])),
      ];
    }),
  );
}

const addressed = (value: Json | undefined): string => (textOf(value) ?? "").replace(/^\$\{(.*)\}$/, "$1");

/** Blocks that change the state beside what the resources say. */
function statesOf({ terraform }: Stack): Verdict[] {
  const data = protectedTypes();
  const holdsData = (value: Json | undefined) => data.some((type) => addressed(value).startsWith(`${type}.`));
  return [
    ...objectsOf(terraform["removed"])
      .filter((one) => objectOf(arrayOf(one["lifecycle"])[0] ?? one["lifecycle"])["destroy"] !== false)
      .map((one) =>
        refusal(
          "state",
          `removed ${addressed(one["from"])}`,
          "no removed block that destroys",
          "the resource and its data are destroyed, although prevent_destroy is written nowhere any more",
        ),
      ),
    ...(["moved", "import"] as const).flatMap((kind) =>
      objectsOf(terraform[kind])
        .filter((one) => holdsData(one["to"]))
        .map((one) =>
          refusal(
            "state",
            `${kind} to ${addressed(one["to"])}`,
            "no block that puts something else at the address of data",
            "another resource is taken for it and changed, or made anew, to what the arguments say",
          ),
        ),
    ),
  ];
}

function providersOf({ terraform }: Stack, { environment }: Platform): Verdict[] {
  return Object.entries(objectOf(terraform["provider"])).flatMap(([provider, written]) =>
    arrayOf(written)
      .filter(isObject)
      .flatMap((block) => {
        const allowed = [...(providerArguments[provider] ?? []), ...(isEmulated(environment) ? emulated : [])];
        const accounts = arrayOf(block["allowed_account_ids"]).map(String);
        return [
          ...Object.keys(block)
            .filter((one) => providerArguments[provider] !== undefined && !allowed.includes(one))
            .map((one) =>
              refusal(
                `provider ${provider}`,
                `${one} = ${JSON.stringify(block[one])}`,
                `only ${allowed.join(", ")}`,
                "the deployment goes to another account, cluster or address than the one that was judged, or leaves changes out",
              ),
            ),
          ...(provider === "aws" && String(accounts) !== environment.accountId
            ? [
                refusal(
                  `provider aws`,
                  `allowed_account_ids ${accounts.join(", ") || "none"}`,
                  `allowed_account_ids ${environment.accountId}`,
                  "a deployment with the credentials of another account is not refused",
                ),
              ]
            : []),
        ];
      }),
  );
}

/** Other states are read as they are: with defaults, or from another workspace, a missing output is a wrong value. */
function remoteStatesOf({ terraform }: Stack): Verdict[] {
  return Object.entries(objectOf(objectOf(terraform["data"])["terraform_remote_state"])).flatMap(([id, block]) =>
    ["defaults", "workspace"]
      .filter(
        (one) =>
          ![undefined, "${terraform.workspace}"].includes(
            textOf(objectOf(block)[one]) ?? (objectOf(block)[one] === undefined ? undefined : "set"),
          ),
      )
      .map((one) =>
        refusal(
          `data.terraform_remote_state.${id}`,
          `${one} = ${JSON.stringify(objectOf(block)[one])}`,
          "the outputs of the other stack as they are",
          "a missing output is replaced by a value that nothing is behind",
        ),
      ),
  );
}

/** What of the stack makes Terraform do something else than its resources say. */
export const blocksBeside = (stack: Stack, platform: Platform): readonly Verdict[] => [
  ...resourcesOf(stack),
  ...statesOf(stack),
  ...providersOf(stack, platform),
  ...remoteStatesOf(stack),
];
