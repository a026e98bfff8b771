import { restoreTestNames } from "../../../../catalog/kubernetes/restored-kinds";
import { NamespaceRestoreTests } from "../../../../constructs/aws/stores/namespace-restore-tests";
import { fixtureEnvironment } from "../../../fixtures/platform/environments";
import { Made, statementsOf, statesOf } from "../../empty-stack";

describe("the tests of restores of namespaces", () => {
  const made = new Made(
    (stack) =>
      new NamespaceRestoreTests(stack, "tests", {
        environment: fixtureEnvironment(),
        region: "eu-west-1",
        name: "acme",
        vpcId: "vpc",
        subnetIds: ["subnet-a", "subnet-b"],
        keyArn: "arn:key",
        topicArn: "arn:topic",
        cluster: { name: "acme", endpoint: "https://api", certificateAuthority: "ca", securityGroupId: "sg-cluster" },
        backups: {
          location: "other-region",
          bucketName: "acme-backups",
          bucketArn: "arn:aws:s3:::acme-backups",
          keyArn: "arn:backup-key",
          prefix: "us-east-1",
        },
        namespaces: ["shop", "desk"],
        image: "registry/pause@sha256:0",
        declaration: { file: "here.ts" },
      }),
  );

  it("read the lists of what this cluster's backups hold, and none of their content", () => {
    const role = made.all("aws_iam_role_policy").find(({ name }) => name === "function");
    const [read, decrypt, ...rest] = statementsOf(role?.["policy"]);
    expect(read).toEqual({
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: "arn:aws:s3:::acme-backups/us-east-1/backups/*-resource-list.json.gz",
    });
    expect(decrypt).toEqual({
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: "arn:backup-key",
      Condition: { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } },
    });
    expect(rest.map(({ Action }) => Action)).toEqual([["logs:CreateLogStream", "logs:PutLogEvents"]]);
  });

  it("are one Kubernetes group, without any of the policies that EKS has ready", () => {
    expect(made.only("aws_eks_access_entry")).toMatchObject({
      cluster_name: "acme",
      kubernetes_groups: [restoreTestNames.group],
      type: "STANDARD",
    });
    expect(made.counts).not.toHaveProperty("aws_eks_access_policy_association");
  });

  it("reach HTTPS alone, and nothing reaches them", () => {
    expect(made.only("aws_vpc_security_group_egress_rule")).toMatchObject({ from_port: 443, to_port: 443 });
    expect(made.only("aws_vpc_security_group_ingress_rule")).toMatchObject({
      security_group_id: "sg-cluster",
      referenced_security_group_id: expect.stringContaining("tests_group") as unknown,
      from_port: 443,
      to_port: 443,
    });
  });

  it("restore one namespace after another into the scratch, none from a backup older than the alert allows", () => {
    const states = statesOf(made);
    expect(states["EachStore"]?.["MaxConcurrency"]).toBe(1);
    expect(states["Stores"]?.["Result"]).toMatchObject(
      ["shop", "desk"].map((namespace) => ({
        store: {
          namespace,
          scratch: restoreTestNames.scratch,
          restorePrefix: restoreTestNames.restorePrefix,
          modifiers: restoreTestNames.guard,
          location: "other-region",
          allowedAgeMinutes: 1560,
        },
      })),
    );
  });
});
