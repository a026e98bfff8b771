import type { AlarmMetric } from "../../../../catalog/alarm-metrics";
import { arrayOf, type Json, objectOf, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import type { Alarm } from "../../../inventory/facts/aws/alarms";

const GIB = 2 ** 30;
const secondsIn: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

/** Functions that publish to the namespace, by the variable that names it. */
const publishers = (namespace: string, platform: Platform): readonly Resource[] =>
  platform
    .ofType("aws_lambda_function")
    .filter((one) => one.text("environment.variables.METRIC_NAMESPACE") === namespace);

/** Names that a function has in one of its variables. */
function namesIn(publisher: Resource, variable: string): readonly string[] {
  try {
    const parsed = JSON.parse(publisher.expanded(`environment.variables.${variable}`) ?? "[]") as Json;
    return arrayOf(parsed).flatMap((one) => textOf(objectOf(one)["name"]) ?? []);
  } catch {
    return [];
  }
}

/** Resource whose values the alarm watches; undefined: nothing in the alarm's region publishes them. */
export function sourceOf(alarm: Alarm, metric: AlarmMetric, platform: Platform): Resource | undefined {
  const { name, resource, argument, publishedBy, replicates, member, beside } = metric.dimension;
  const dimension = alarm.dimensions.find((one) => one.name === name);
  const others = alarm.dimensions.filter((one) => one !== dimension).map((one) => one.name);
  if (dimension === undefined || others.join() !== (beside ?? "")) return undefined;
  if (publishedBy !== undefined)
    return publishers(metric.namespace, platform).find(
      (one) => one.region === alarm.region && namesIn(one, publishedBy).includes(dimension.value ?? ""),
    );
  return platform.ofType(resource ?? "").find((one) => {
    const same =
      dimension.value === undefined
        ? dimension.resource === one
        : one.text(argument ?? "") === (member ? dimension.value.replace(/-\d{3}$/, "") : dimension.value);
    const here = (metric.region ?? one.region) === alarm.region;
    const database = platform.databases.find((instance) => instance.resource === one);
    return same && here && (replicates === undefined || database?.replicates === replicates);
  });
}

/** Highest value that the metric of the source takes. */
export function mostOf(metric: AlarmMetric, source: Resource | undefined): number {
  if (metric.most === undefined) return Number.POSITIVE_INFINITY;
  if (typeof metric.most === "number") return metric.most;
  return (source?.number("allocated_storage") ?? Number.NaN) * GIB;
}

/** Seconds between two runs of a function that has a schedule; undefined: something else calls it. */
export function intervalOf(source: Resource | undefined, platform: Platform): number | undefined {
  const targets = platform.ofType("aws_cloudwatch_event_target").filter((one) => one.resource("arn") === source);
  const rules = targets.flatMap((one) => one.resource("rule") ?? []);
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(rules[0]?.text("schedule_expression") ?? "") ?? [];
  return count === undefined || unit === undefined ? undefined : Number(count) * (secondsIn[unit] ?? 0);
}

/** Why the topic delivers the alarm to no subscriber; undefined: it does deliver it. */
export function silent(topic: Resource, platform: Platform): string | undefined {
  const name = topic.text("name") ?? topic.address;
  const subscriptions = platform
    .ofType("aws_sns_topic_subscription")
    .filter((one) => one.resource("topic_arn") === topic && one.region === topic.region);
  if (subscriptions.length === 0) return `topic ${name} has no subscription in its region`;
  const heard = subscriptions.filter((one) => {
    if (one.has("filter_policy")) return false;
    const [protocol, endpoint] = [one.text("protocol") ?? "", one.expanded("endpoint") ?? ""];
    return (
      (/^email(-json)?$/.test(protocol) && /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(endpoint)) ||
      (protocol === "https" && endpoint.startsWith("https://")) ||
      (/^(lambda|sqs)$/.test(protocol) && one.resource("endpoint") !== undefined) ||
      (protocol === "sms" && /^\+\d{6,15}$/.test(endpoint))
    );
  });
  return heard.length > 0 ? undefined : `no subscription of topic ${name} can be confirmed and takes every message`;
}
