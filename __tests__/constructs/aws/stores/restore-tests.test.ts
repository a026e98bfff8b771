import { RestoreTests, type RestoreTestsProps, SCRATCH_PREFIX } from "../../../../constructs/aws/stores/restore-tests";
import { fixtureEnvironment } from "../../../fixtures/platform/environments";
import { type Arguments, Made } from "../../empty-stack";

const subnets = ["a", "b"].map((zone, index) => ({ id: `subnet-${zone}`, cidr: `10.65.${index}.0/24` }));
const store = { application: "shop", host: "host", secret: "acme/secret", parameters: "acme", rpoMinutes: 30 };
const orders = { ...store, name: "shop/orders", identifier: "acme-shop-orders" };
const database = { ...orders, instanceClass: "db.t4g.medium", database: "orders", extensions: ["citext"] };
const jobs = { ...store, name: "shop/jobs", identifier: "shop-jobs" };
const cache = {
  ...jobs,
  source: "snapshot",
  nodeType: "cache.t4g.small",
  users: "users",
  prefix: "shop/jobs",
} as const;
const made = (props: Partial<RestoreTestsProps> = {}) =>
  new Made(
    (stack) =>
      new RestoreTests(stack, "tests", {
        environment: fixtureEnvironment(),
        name: "acme",
        vpcId: "vpc",
        subnets,
        keyArn: "arn:key",
        topicArn: "arn:topic",
        databases: [database],
        caches: [cache],
        statements: (names) => [{ Effect: "Allow", Action: "*", Resource: Object.values(names) }],
        declaration: { file: "here.ts" },
        ...props,
      }),
  );
/** What the state machines hand to the function, by kind. */
function storesOf(tests: Made, kind: string): readonly Arguments[] {
  const machines = tests
    .all("aws_sfn_state_machine")
    .map(({ definition }) => JSON.parse(String(definition)) as unknown);
  return (machines as { readonly States: { readonly Stores: { readonly Result: readonly { store: Arguments }[] } } }[])
    .flatMap(({ States }) => States.Stores.Result.map((one) => one.store))
    .filter((one) => one["kind"] === kind);
}
const rulesOf = (tests: Made, type: string, group: string) =>
  tests
    .all(`aws_vpc_security_group_${type}_rule`)
    .filter(({ security_group_id }) => String(security_group_id).includes(group))
    .map((rule) => [rule["from_port"], rule["cidr_ipv4"] ?? rule["referenced_security_group_id"]]);

describe("the tests of restores of a region", () => {
  it("let the checking function alone reach what is restored, and nothing leave it", () => {
    const checker = expect.stringContaining("tests_checker") as unknown;
    expect(rulesOf(made(), "ingress", "tests_restored")).toEqual([
      [5432, checker],
      [6379, checker],
    ]);
    expect(rulesOf(made(), "egress", "tests_restored")).toEqual([]);
  });

  it("let the function reach stores of the private subnets and HTTPS, and nothing reach it", () => {
    expect(rulesOf(made(), "egress", "tests_checker")).toEqual([
      [443, "0.0.0.0/0"],
      ...[5432, 6379].flatMap((port) => subnets.map(({ cidr }) => [port, cidr])),
    ]);
    expect(rulesOf(made(), "ingress", "tests_checker")).toEqual([]);
  });

  it("restore under names that the function may delete, in the group of restored stores", () => {
    for (const [kind, identifier] of [
      ["database", orders.identifier],
      ["cache", jobs.identifier],
    ] as const)
      expect(storesOf(made(), kind)).toMatchObject([
        { identifier, scratch: `${SCRATCH_PREFIX}${identifier}`, group: expect.stringContaining("tests_restored") },
      ]);
  });

  it("fail at a recovery point that is older than it may be", () => {
    expect(storesOf(made(), "database")).toMatchObject([{ rpoMinutes: 30, allowedAgeMinutes: 90 }]);
    expect(storesOf(made(), "cache")).toMatchObject([{ source: "snapshot", key: "arn:key", allowedAgeMinutes: 1560 }]);
    const copied = made({ caches: [{ ...cache, source: "copy" }], bucket: "copies" });
    expect(storesOf(copied, "cache")).toMatchObject([{ source: "copy", allowedAgeMinutes: 30 }]);
    expect(copied.only("aws_lambda_function")).toMatchObject({ environment: { variables: { BUCKET: "copies" } } });
  });

  it("run databases each day and caches twice a week, and neither where there is none", () => {
    const schedules = (tests: Made) =>
      tests.all("aws_cloudwatch_event_rule").map(({ schedule_expression }) => schedule_expression);
    expect(schedules(made()).sort()).toEqual(["cron(0 5 * * ? *)", "cron(0 7 ? * MON,THU *)"]);
    expect(schedules(made({ caches: [] }))).toEqual(["cron(0 5 * * ? *)"]);
    expect(made({ caches: [], databases: [] }).counts).not.toHaveProperty("aws_sfn_state_machine");
  });
});
