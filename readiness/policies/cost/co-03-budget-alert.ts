import { atMost, holds } from "../../policy/comparison";
import { change, type JsonObject, remove, resource, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, type Verdict } from "../../policy/verdict";

const budgets = resource("aws_budgets_budget");

export default policy({
  id: "CO-03",
  severity: "warning",
  proves: ["CA-17"],
  title: "An AWS budget notifies the owner before the money is spent",
  because: "an estimate knows nothing of data that flows more than expected: the bill comes a month later",
  remedy:
    "keep the budget of the AuditStack at budget.usdPerMonth, with an actual and a forecast notification to the contact and to those whom PagerDuty calls (config/on-call.ts)",
  subjects: (platform) => platform.ofType("aws_budgets_budget"),
  whenAbsent: () => fail({ expected: "an AWS budget", actual: "none" }),
  check: (budget, platform) => {
    const notifications = budget
      .blocks("notification")
      .filter(
        (one) => one.list("subscriber_email_addresses").length + one.list("subscriber_sns_topic_arns").length > 0,
      );
    const told = (type: string): Verdict => {
      const thresholds = notifications
        .filter((one) => one.text("notification_type") === type)
        .flatMap((one) => one.number("threshold") ?? []);
      return thresholds.length === 0
        ? fail({ expected: `a notification of type ${type} with a subscriber`, actual: "none" })
        : atMost(100, Math.min(...thresholds), `percent of the budget at which ${type} costs are notified`);
    };
    return [
      atMost(platform.environment.budget.usdPerMonth, budget.number("limit_amount"), "USD a month", {
        field: "budget.usdPerMonth",
      }),
      holds(
        budget.text("time_unit") === "MONTHLY" && budget.text("budget_type") === "COST",
        "a monthly budget of costs",
        `${budget.text("time_unit") ?? "no period"} ${budget.text("budget_type") ?? ""}`,
      ),
      told("ACTUAL"),
      told("FORECASTED"),
    ];
  },
  mutants: [
    remove("no budget", budgets),
    change("no subscriber", budgets, (block) => {
      for (const one of block["notification"] as JsonObject[]) {
        one["subscriber_email_addresses"] = [];
        delete one["subscriber_sns_topic_arns"];
      }
    }),
    change("no forecast", budgets, unset("notification.1")),
    change("no notification", budgets, unset("notification")),
    change("a yearly budget", budgets, set("time_unit", "ANNUALLY")),
    change("notified when twice is spent", budgets, set("notification.threshold", 200)),
  ],
  boundary: {
    holds: change("the budget itself", budgets, set("limit_amount", "2600.0")),
    breaks: change("a dollar more", budgets, set("limit_amount", "2601")),
  },
});
