import { EntryAlarms } from "../../../../constructs/aws/network/entry-alarms";
import { Made } from "../../empty-stack";

describe("alarms of the entries", () => {
  const made = (components: readonly string[]) =>
    new Made(
      (stack) =>
        new EntryAlarms(stack, "alarms", {
          prefix: "acme",
          loadBalancer: "app/acme/1",
          topicArn: "arn:topic",
          entries: components.map((component) => ({
            application: "shop",
            owner: "shopkeepers",
            component,
            targetGroup: `targetgroup/${component}/1`,
          })),
        }),
    ).all("aws_cloudwatch_metric_alarm");

  it("watch the load balancer's own errors and, by target group, each component's refusals", () =>
    expect(
      made(["api", "web"]).map((alarm) => [alarm["alarm_name"], alarm["metric_name"], alarm["dimensions"]]),
    ).toEqual([
      [
        "acme-shop-api-refused",
        "HTTPCode_Target_4XX_Count",
        { LoadBalancer: "app/acme/1", TargetGroup: "targetgroup/api/1" },
      ],
      [
        "acme-shop-web-refused",
        "HTTPCode_Target_4XX_Count",
        { LoadBalancer: "app/acme/1", TargetGroup: "targetgroup/web/1" },
      ],
      ["acme-unanswered", "HTTPCode_ELB_5XX_Count", { LoadBalancer: "app/acme/1" }],
    ]));

  it("say when they begin and end, and are quiet where nothing failed", () => {
    for (const alarm of made(["api"]))
      expect(alarm).toMatchObject({
        alarm_actions: ["arn:topic"],
        ok_actions: ["arn:topic"],
        treat_missing_data: "notBreaching",
        period: 300,
      });
  });

  it("watch the load balancer without any entry", () => expect(made([])).toHaveLength(1));
});
