import { agreedLosses, dataLockName, lostData } from "../../../figures/data/data-lock";
import { asObject } from "../../../policy/json";
import {
  change,
  changeEnvironment,
  changeStack,
  remove,
  removeStack,
  resource,
  set,
  together,
} from "../../../policy/mutation";
import { policy, wholePlatform } from "../../../policy/policy";
import { fail, notApplicable, pass } from "../../../policy/verdict";

const BUCKET = "data-us-east-1/aws_s3_bucket.backups_bucket";
const bucketIn = (region: string) =>
  resource("aws_s3_bucket", (_b, id, stack) => id === "backups_bucket" && stack === `data-${region}`);
const lost = remove("", bucketIn("us-east-1"));
const agreed = (until: string) =>
  changeEnvironment("", (environment) => {
    environment.agreedLosses = [{ address: BUCKET, reason: "moved to another account", until }];
  });

export default policy({
  id: "DR-17",
  severity: "error",
  proves: ["CA-23", "CA-28"],
  title: "What holds data and is deployed stays at its address and is not made anew",
  because:
    "prevent_destroy goes with the block that has it: a renamed application takes its databases, secrets and volumes along, and Terraform says so only in the plan",
  remedy:
    "put it back, or write a moved block; where the data may go, agree to it in agreedLosses of the environment's file (address, reason, until)",
  subjects: () => [wholePlatform],
  check: (_, platform) => {
    const { dataLock, environment, now, stacks } = platform;
    if (dataLock === undefined)
      return notApplicable(
        `no lock: nothing is known to be deployed. Run make data-lock after the first deployment, and commit ${dataLockName(environment.name)}`,
      );
    if (dataLock.accountId !== environment.accountId)
      return notApplicable(`the lock is of account ${dataLock.accountId}, in which this environment is not`);
    const consents = agreedLosses(environment, now);
    const losses = lostData(dataLock, stacks);
    const open = losses.filter(({ subject }) => !consents.has(subject));
    if (open.length === 0)
      return pass(`${Object.keys(dataLock.resources).length} recorded, ${losses.length} lost with consent`);
    return open.map(({ subject, what, becomes }) =>
      fail({
        expected: `${subject} as recorded in ${dataLockName(environment.name)}: it holds ${what}`,
        actual: becomes,
      }),
    );
  },
  mutants: [
    remove("secrets of the primary are gone", resource("aws_secretsmanager_secret")),
    remove("the bucket of the standby is gone", bucketIn("eu-west-1")),
    change("a bucket of another name", bucketIn("eu-west-1"), set("bucket", "another-name")),
    change("a database that is encrypted anew", resource("aws_db_instance"), set("storage_encrypted", false)),
    removeStack("a whole stack is gone", "data-eu-west-1"),
    changeStack("another address without a moved block", "data-us-east-1", (terraform) => {
      const buckets = asObject(asObject(terraform["resource"])["aws_s3_bucket"]);
      buckets["copies"] = buckets["backups_bucket"] ?? {};
      delete buckets["backups_bucket"];
    }),
    together("consent to the loss of something else", remove("", bucketIn("eu-west-1")), agreed("2027-01-31")),
  ],
  boundary: {
    holds: together("consent until today", lost, agreed("2026-11-21")),
    breaks: together("consent until yesterday", lost, agreed("2026-11-20")),
  },
});
