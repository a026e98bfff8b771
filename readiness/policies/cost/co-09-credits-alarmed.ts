import { holds } from "../../policy/comparison";
import { change, remove, resource, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { notApplicable } from "../../policy/verdict";

const METRIC = "CPUSurplusCreditsCharged";
const alarms = resource("aws_cloudwatch_metric_alarm", (block) => block["metric_name"] === METRIC);

export default policy({
  id: "CO-09",
  severity: "error",
  proves: [],
  beyond:
    "no report speaks of CPU credits: RDS sells them to its burstable classes without a limit, beside the price of the instance",
  title: "A burstable database has an alarm on the CPU credits that it buys",
  because:
    "classes of RDS that burst always run in unlimited mode: one statement that keeps the CPU busy is billed by the vCPU-hour for as long as it runs, and no estimate of the month holds it",
  remedy: "keep the alarm that DatabaseAlarms makes, or declare a load whose class does not burst",
  subjects: (platform) => platform.databases,
  check: (database, platform) => {
    const instanceClass = database.resource.text("instance_class") ?? database.source?.resource.text("instance_class");
    if (instanceClass !== undefined && !/^db\.t\d/.test(instanceClass))
      return notApplicable(`${instanceClass} earns no credits`);
    const watching = platform.alarms.filter(
      (alarm) =>
        alarm.metric === METRIC &&
        alarm.namespace === "AWS/RDS" &&
        alarm.region === database.region &&
        alarm.dimensions.some(({ name, value }) => name === "DBInstanceIdentifier" && value === database.identifier),
    );
    return [
      holds(watching.length > 0, `an alarm on ${METRIC} in ${database.region ?? "its region"}`, "none"),
      ...watching.map(({ comparison, threshold, actionsEnabled, label }) =>
        holds(
          comparison === "GreaterThanThreshold" && threshold !== undefined && threshold < 60 && actionsEnabled,
          `${label} rings before an hour of a vCPU is bought`,
          `${comparison ?? "no comparison"} ${threshold ?? "unknown"}`,
        ),
      ),
    ];
  },
  mutants: [
    remove("no alarm", alarms),
    change("the alarm of another instance", alarms, set("dimensions.DBInstanceIdentifier", "another")),
    change("a metric of EC2", alarms, set("namespace", "AWS/EC2")),
    change("credits that are left", alarms, set("comparison_operator", "LessThanThreshold")),
    change("without actions", alarms, set("actions_enabled", false)),
  ],
  boundary: {
    holds: change("59 credits", alarms, set("threshold", 59)),
    breaks: change("60 credits, an hour of one vCPU", alarms, set("threshold", 60)),
  },
});
