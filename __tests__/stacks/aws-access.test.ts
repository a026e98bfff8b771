import { siteOf } from "../../config/site";
import { awsPermissions } from "../../stacks/application/aws-access";
import { fixtureEnvironment } from "../fixtures/platform/environments";

describe("buckets, queues and tables of a component", () => {
  const environment = fixtureEnvironment("production");
  const resourcesIn = (role: "primary" | "secondary"): readonly string[] =>
    awsPermissions(
      {
        buckets: [{ name: "invoices-{region}", access: "read" }],
        queues: [{ name: "orders.fifo", access: "send" }],
        tables: [{ name: "orders", access: "write" }],
      },
      siteOf(environment, role),
    ).flatMap(({ actions, resources }) => resources.map((resource) => `${actions.length} of ${resource}`));

  it.each([
    ["primary", "us-east-1"],
    ["secondary", "eu-west-1"],
  ] as const)("are those of the %s region", (role, region) => {
    const account = environment.accountId;
    expect(resourcesIn(role)).toEqual([
      `1 of arn:aws:s3:::invoices-${region}`,
      `1 of arn:aws:s3:::invoices-${region}/*`,
      `3 of arn:aws:sqs:${region}:${account}:orders.fifo`,
      `10 of arn:aws:dynamodb:${region}:${account}:table/orders`,
      `10 of arn:aws:dynamodb:${region}:${account}:table/orders/index/*`,
    ]);
  });
});
