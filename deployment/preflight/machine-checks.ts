import type { Check } from "./check";

const numbersOf = (version: string): readonly number[] => version.split(".").map(Number);

/** Whether a version of numbers and dots is at least another. */
export function isAtLeast(version: string, oldest: string): boolean {
  const [found, wanted] = [numbersOf(version), numbersOf(oldest)];
  for (const [index, part] of wanted.entries()) {
    const own = found[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}

interface Tool {
  readonly program: string;
  readonly oldest: string;
  readonly because: string;
  readonly install: string;
}

const installed = ({ program, oldest, because, install }: Tool): Check["run"] => {
  return async ({ versionOf }) => {
    const found = versionOf(program);
    if (found !== undefined && isAtLeast(found, oldest)) return [];
    return [
      {
        what: `${program} on PATH: ${because}`,
        found: found ?? "not installed",
        expected: `version ${oldest} or newer`,
        supply: [`install it: ${install}`],
      },
    ];
  };
};

export const terraformInstalled: Check = {
  id: "terraform",
  title: "Terraform is installed",
  stage: "state",
  withoutAccount: true,
  run: installed({
    program: "terraform",
    // `use_lockfile` without DynamoDB and write-only arguments came with it.
    oldest: "1.11.0",
    because: "it applies the stacks",
    install: "https://developer.hashicorp.com/terraform/install",
  }),
};

export const awsCliInstalled: Check = {
  id: "aws-cli",
  title: "The AWS CLI is installed",
  stage: "clusters",
  withoutAccount: true,
  notEmulated: "no Kubernetes provider asks it for a token, and no log group or node group is asked for",
  run: installed({
    program: "aws",
    // The first of version 1 whose `eks get-token` speaks client.authentication.k8s.io/v1beta1 and v1.
    oldest: "1.32.0",
    because: "the preflight asks it, and Terraform's Kubernetes provider gets its token from `aws eks get-token`",
    install: "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
  }),
};

/** Values of config/organisation.ts that belong to nobody. */
export const ownValues: Check = {
  id: "own-values",
  title: "config/organisation.ts holds your own account and domain",
  stage: "state",
  withoutAccount: true,
  notEmulated: "an emulated account has the example values",
  run: async ({ environment: { accountId, domain, name } }) => {
    const supply = [`edit config/organisation.ts, ${name}`, "make synth"];
    const examples = ["111122223333", "444455556666", "777788889999", "123456789012"];
    return [
      ...(examples.includes(accountId)
        ? [{ what: "account", found: `${accountId}, an example`, expected: "the id of your AWS account", supply }]
        : []),
      ...(/\.(example|test|invalid|localhost)$/.test(domain)
        ? [{ what: "domain", found: `${domain}, reserved by RFC 2606`, expected: "a domain that you own", supply }]
        : []),
    ];
  },
};
