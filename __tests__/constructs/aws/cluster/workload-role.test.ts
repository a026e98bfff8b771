import { WorkloadRole, type WorkloadRoleProps } from "../../../../constructs/aws/cluster/workload-role";
import { Made, statementsOf } from "../../empty-stack";

const made = (props: Partial<WorkloadRoleProps> = {}) =>
  new Made(
    (stack) =>
      new WorkloadRole(stack, "role", {
        name: "acme-api",
        clusterName: "acme",
        clusterArn: "arn:aws:eks:eu-west-1:210987654321:cluster/acme",
        accountId: "210987654321",
        namespace: "shop",
        serviceAccount: "api",
        ...props,
      }),
  );

describe("the role of a workload", () => {
  it("is assumed by pods of this cluster and account alone", () =>
    expect(statementsOf(made().only("aws_iam_role")["assume_role_policy"])).toEqual([
      {
        Effect: "Allow",
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Principal: { Service: "pods.eks.amazonaws.com" },
        Condition: {
          StringEquals: { "aws:SourceAccount": "210987654321" },
          ArnEquals: { "aws:SourceArn": "arn:aws:eks:eu-west-1:210987654321:cluster/acme" },
        },
      },
    ]));

  it("belongs to one service account, and may do nothing by default", () => {
    expect(made().counts).toEqual({ aws_iam_role: 1, aws_eks_pod_identity_association: 1 });
    expect(made().only("aws_eks_pod_identity_association")).toMatchObject({
      cluster_name: "acme",
      namespace: "shop",
      service_account: "api",
    });
  });

  it("may do what its statements and managed policies say", () => {
    const statement = { Effect: "Allow" as const, Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::acme/*"] };
    const role = made({ statements: [statement], managedPolicyArns: ["arn:one", "arn:two"] });
    expect(statementsOf(role.only("aws_iam_role_policy")["policy"])).toEqual([statement]);
    expect(role.all("aws_iam_role_policy_attachment").map((one) => one["policy_arn"])).toEqual(["arn:one", "arn:two"]);
  });

  it("is associated by an add-on where that is wanted", () => {
    expect(made({ associate: false }).counts).toEqual({ aws_iam_role: 1 });
  });
});
