import type { Environment } from "../../config/environment";
import type { Account } from "../account";

interface Asked {
  readonly account: Account;
  readonly environment: Environment;
}

/** First words of an error, on one line. */
export const wordsOf = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).replace(/\s+/g, " ").slice(0, 300);

/** How to become the administrator role of the environment. */
export const asAdmin = ({ name, adminRoleArn }: Environment): readonly string[] => [
  `in ~/.aws/config: [profile ${name}-admin] role_arn = ${adminRoleArn}, source_profile = <yours>`,
  `export AWS_PROFILE=${name}-admin`,
];

/** Why nothing can be asked of the environment's account: no credentials, no way to AWS, or another account. */
export async function barredFrom({ account, environment }: Asked) {
  const { accountId, adminRoleArn } = environment;
  try {
    const { account: id, arn } = await account.caller();
    if (id === accountId) return undefined;
    return {
      what: "AWS credentials",
      found: `account ${id} (${arn})`,
      expected: `account ${accountId}`,
      supply: asAdmin(environment),
    };
  } catch (error) {
    return {
      what: "AWS credentials that AWS accepts, from this machine",
      found: wordsOf(error),
      expected: `a session of ${adminRoleArn}`,
      supply: [...asAdmin(environment), "aws sts get-caller-identity   # answers with that role once it is right"],
    };
  }
}
