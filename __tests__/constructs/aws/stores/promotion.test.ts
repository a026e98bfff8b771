import { Promotion, PROMOTION_GROUP, type PromotionProps } from "../../../../constructs/aws/stores/promotion";
import { fixtureEnvironment } from "../../../fixtures/platform/environments";
import { type Arguments, Made, statementsOf, statesOf } from "../../empty-stack";

const environment = fixtureEnvironment();
const made = (props: Partial<PromotionProps> = {}) =>
  new Made(
    (stack) =>
      new Promotion(stack, "promotion", {
        environment,
        region: "eu-west-1",
        keyArn: "arn:key",
        topicArn: "arn:topic",
        network: { subnetIds: ["subnet-a"], securityGroupId: "sg-functions" },
        databases: [{ identifier: "orders", arn: "arn:orders", maxLagSeconds: 300, wantedRetentionDays: 14 }],
        cluster: { name: "acme", endpoint: "https://api", certificateAuthority: "ca", securityGroupId: "sg-cluster" },
        declaration: { file: "here.ts" },
        ...props,
      }),
  );
const statements = (promotion: Made, name: string): readonly Arguments[] =>
  statementsOf(promotion.all("aws_iam_role_policy").find((policy) => policy["name"] === name)?.["policy"]);

describe("the promotion of a standby", () => {
  it("changes the databases that it is given, and no other", () => {
    const changing = statements(made(), "function").filter(({ Action }) => JSON.stringify(Action).includes("rds:"));
    expect(changing).toEqual([
      {
        Effect: "Allow",
        Action: ["rds:DescribeDBInstances", "rds:ModifyDBInstance", "rds:PromoteReadReplica"],
        Resource: ["arn:orders"],
      },
    ]);
    for (const { Action, Resource } of statements(made(), "function"))
      if (Resource === "*") expect(Action).toEqual(["cloudwatch:GetMetricStatistics"]);
  });

  it("never starts by itself: no schedule and no event calls it", () => {
    for (const type of ["rule", "target"]) expect(made().counts).not.toHaveProperty(`aws_cloudwatch_event_${type}`);
  });

  it("looks at the lag before it changes anything, and reports only in a dry run", () => {
    const states = statesOf(made());
    expect(states["Begin"]).toMatchObject({ Next: "Check" });
    expect(states["Check"]).toMatchObject({ Next: "MayPromote" });
    expect(states["MayPromote"]).toMatchObject({
      Choices: [{ Next: "Reported" }, { Variable: "$.check.result.allowed", BooleanEquals: true, Next: "Promote" }],
      Default: "LagTooLong",
    });
    expect(made().only("aws_lambda_function")).toMatchObject({
      environment: { variables: { DATABASES: expect.stringContaining('"maxLagSeconds":300') as unknown } },
    });
  });

  it("calls its steps and, only where caches have copies, the function that loads them", () => {
    const called = (promotion: Made) =>
      statements(promotion, "promotion").find(({ Action }) => String(Action) === "lambda:InvokeFunction")?.["Resource"];
    const steps = expect.stringContaining("promotion_steps") as unknown;
    expect(called(made())).toEqual([steps]);
    expect(statesOf(made())).not.toHaveProperty("LoadCaches");
    const copies = made({ cacheCopyArn: "arn:copies" });
    expect(called(copies)).toEqual([steps, "arn:copies"]);
    expect(statesOf(copies)["Settle"]).toMatchObject({ Next: "LoadCaches" });
  });

  it("uses the key for the encrypted topic alone", () =>
    expect(statements(made(), "promotion").filter(({ Resource }) => Resource === "arn:key")).toMatchObject([
      { Condition: { StringEquals: { "kms:ViaService": "sns.eu-west-1.amazonaws.com" } } },
    ]));

  it("is one Kubernetes group, and reaches the API server by HTTPS", () => {
    expect(made().only("aws_eks_access_entry")).toMatchObject({ kubernetes_groups: [PROMOTION_GROUP] });
    expect(made().only("aws_vpc_security_group_ingress_rule")).toMatchObject({
      security_group_id: "sg-cluster",
      referenced_security_group_id: "sg-functions",
      from_port: 443,
      to_port: 443,
    });
  });

  it("keeps every log encrypted as long as the environment says", () => {
    expect(made().all("aws_cloudwatch_log_group")).toHaveLength(2);
    for (const group of made().all("aws_cloudwatch_log_group"))
      expect(group).toMatchObject({ kms_key_id: "arn:key", retention_in_days: environment.logRetentionDays });
  });
});
