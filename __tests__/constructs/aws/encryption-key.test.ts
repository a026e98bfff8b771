import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { EncryptionKey } from "../../../constructs/aws/encryption-key";
import { fixtureEnvironment } from "../../fixtures/platform/environments";
import { Made, statementsOf } from "../empty-stack";

const environment = fixtureEnvironment();
const base = { name: "acme-logs", description: "Logs", environment };

describe("an encryption key", () => {
  it("rotates, can be restored for 30 days and is protected where data is", () => {
    const made = new Made((stack) => new EncryptionKey(stack, "key", base));
    expect(made.counts).toEqual({ aws_kms_key: 1, aws_kms_alias: 1 });
    expect(made.only("aws_kms_key")).toMatchObject({
      enable_key_rotation: true,
      deletion_window_in_days: 30,
      multi_region: false,
      lifecycle: { prevent_destroy: true },
    });
    expect(made.only("aws_kms_alias")).toMatchObject({ name: "alias/acme-logs" });
  });

  it("can be destroyed where no data is protected", () => {
    const local = new Made(
      (stack) => new EncryptionKey(stack, "key", { ...base, environment: fixtureEnvironment("local") }),
    );
    expect(local.only("aws_kms_key")["lifecycle"]).toBeUndefined();
  });

  it("lets the account decide, and each named service on the account's behalf alone", () => {
    const made = new Made(
      (stack) =>
        new EncryptionKey(stack, "key", {
          ...base,
          servicePrincipals: ["logs.eu-west-1.amazonaws.com", "sns.amazonaws.com"],
        }),
    );
    const [account, ...services] = statementsOf(made.only("aws_kms_key")["policy"]);
    expect(account).toMatchObject({ Principal: { AWS: `arn:aws:iam::${environment.accountId}:root` } });
    expect(services.map(({ Principal, Condition }) => [Principal, Condition])).toEqual([
      [
        { Service: "logs.eu-west-1.amazonaws.com" },
        {
          ArnLike: {
            "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:eu-west-1:${environment.accountId}:*`,
          },
        },
      ],
      [{ Service: "sns.amazonaws.com" }, { StringEquals: { "aws:SourceAccount": environment.accountId } }],
    ]);
    for (const { Action } of services) expect(Action).not.toContain("kms:*");
  });

  it("has a replica of the same policy and alias in each further region", () => {
    let key: EncryptionKey | undefined;
    const made = new Made((stack) => {
      const provider = new AwsProvider(stack, "far", { region: "eu-west-1", alias: "far" });
      key = new EncryptionKey(stack, "key", { ...base, replicas: [{ region: "eu-west-1", provider }] });
    });
    expect(made.counts).toEqual({ aws_kms_key: 1, aws_kms_alias: 2, aws_kms_replica_key: 1 });
    const [original, replica] = [made.only("aws_kms_key"), made.only("aws_kms_replica_key")];
    expect(original["multi_region"]).toBe(true);
    expect(replica).toMatchObject({ provider: "aws.far", policy: original["policy"] });
    expect(made.all("aws_kms_alias").map(({ name }) => name)).toEqual(["alias/acme-logs", "alias/acme-logs"]);
    expect(Object.keys(key?.replicaArns ?? {})).toEqual(["eu-west-1"]);
  });
});
