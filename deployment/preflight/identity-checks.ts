import { isEmulated } from "../../config/environment";
import { objectOf } from "../../readiness/inventory/json";
import type { DeployedStack } from "../stack-folder";
import { asAdmin, barredFrom } from "./caller";
import type { Check } from "./check";
import required from "./required-actions.json";

/** "arn:aws:sts::1:assumed-role/NAME/session" for the role "arn:aws:iam::1:role/path/NAME"; the path is lost. */
const isRole = (caller: string, roleArn: string): boolean => {
  const [, account, name] = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(roleArn) ?? [];
  return caller.startsWith(`arn:aws:sts::${account}:assumed-role/${name}/`);
};

export const deployerIsAdmin: Check = {
  id: "identity",
  title: "The deployer is the cluster administrator, in the account of the environment",
  stage: "state",
  withoutAccount: true,
  run: async ({ account, environment }) => {
    const barred = await barredFrom({ account, environment });
    if (barred) return [barred];
    const { arn } = await account.caller();
    const { adminRoleArn } = environment;
    // Emulators know one caller.
    if (isEmulated(environment) || isRole(arn, adminRoleArn)) return [];
    return [
      {
        what: "identity: EKS admits this role alone, so the Kubernetes stages fail with any other",
        found: arn,
        expected: `a session of ${adminRoleArn}`,
        supply: asAdmin(environment),
      },
    ];
  },
};

const { always, byPrefix } = required as {
  readonly always: readonly string[];
  readonly byPrefix: Readonly<Record<string, readonly string[]>>;
};

/** IAM actions that the AWS resources of the stacks need at least, each once, sorted. */
export function actionsFor(stacks: readonly DeployedStack[]): readonly string[] {
  const types = stacks.flatMap(({ terraform }) => Object.keys(objectOf(terraform["resource"])));
  const actions = types.filter((type) => type.startsWith("aws_")).flatMap(actionsOfType);
  return [...new Set([...always, ...actions])].sort();
}

/** The longest prefix counts: `aws_` alone is EC2. */
export function actionsOfType(type: string): readonly string[] {
  const prefix = Object.keys(byPrefix)
    .filter((one) => type.startsWith(one))
    .sort((a, b) => b.length - a.length)[0];
  return prefix === undefined ? [] : (byPrefix[prefix] ?? []);
}

export const deployerMay: Check = {
  id: "permissions",
  title: "IAM allows the administrator role to create and delete what the stacks hold",
  stage: "state",
  notEmulated: "an emulator has no such role and allows everything",
  run: async ({ account, environment: { adminRoleArn }, stacks }) => {
    const denied = await account.deniedActions(adminRoleArn, actionsFor(stacks));
    return denied.length === 0
      ? []
      : [
          {
            what: `permissions of ${adminRoleArn}`,
            found: `denied: ${denied.join(", ")}`,
            expected: "allowed, also by service control policies and permission boundaries",
            supply: [
              `attach a policy with these actions to ${adminRoleArn} (arn:aws:iam::aws:policy/AdministratorAccess has them)`,
            ],
          },
        ];
  },
};
