// Runs each minute in the secondary region. Asks DNS which region Route 53 serves, and remembers that it was the
// secondary: Route 53 sends traffic back to a recovered primary at once, while the promoted database is elsewhere.
import { Resolver } from "node:dns/promises";

/**
 * The latch of one application after one more minute.
 *
 * waiting: the primary was never served, so there is nothing to fail over from (an application being installed).
 * armed: normal; `minutes` counts the minutes that the secondary was served one after another.
 * engaged: stays, whatever Route 53 serves, until a person writes `armed`.
 *
 * A minute without an answer changes nothing.
 */
export function advance(latch, served, threshold) {
  if (latch.state === "engaged" || served === "unknown") return latch;
  if (served === "primary") return { state: "armed", minutes: 0 };
  if (latch.state === "waiting") return latch;
  const minutes = latch.minutes + 1;
  return minutes >= threshold ? { state: "engaged", minutes } : { state: "armed", minutes };
}

/** Reads `waiting`, `engaged`, `armed`, `armed:2`. Anything else is `armed`: an unreadable value must not move traffic. */
export function parse(value) {
  const [state, minutes] = String(value).trim().split(":");
  if (state === "engaged" || state === "waiting") return { state, minutes: 0 };
  const count = Number(minutes);
  return { state: "armed", minutes: Number.isInteger(count) && count > 0 ? count : 0 };
}

export function format(latch) {
  return latch.state === "armed" && latch.minutes > 0 ? `armed:${latch.minutes}` : latch.state;
}

/**
 * The region that Route 53 serves: that whose own name has the addresses of the public name. Both regional names are
 * asked, because load balancers change their addresses.
 */
export async function servedRegion({ host, primary, secondary }, resolve) {
  const [answer, own, other] = await Promise.all(
    [host, primary, secondary].map((name) => resolve(name).catch(() => [])),
  );
  const shares = (addresses) => addresses.some((address) => answer.includes(address));
  if (shares(own) === shares(other)) return "unknown";
  return shares(other) ? "secondary" : "primary";
}

/** One minute of all applications. Everything that touches the world comes in `world`. */
export async function minute(applications, threshold, world) {
  const names = applications.map((application) => application.parameter);
  const before = await world.read(names);
  const latches = await Promise.all(
    applications.map(async (application) =>
      advance(parse(before[application.parameter]), await servedRegion(application, world.resolve), threshold),
    ),
  );
  // A person may have released the latch, or engaged it for an exercise, in the meantime: what was written since wins.
  const now = await world.read(names);
  const failures = [];
  for (const [index, { parameter }] of applications.entries()) {
    if (now[parameter] !== before[parameter]) latches[index] = parse(now[parameter]);
    else if (format(latches[index]) !== before[parameter])
      await world.write(parameter, format(latches[index])).catch((error) => failures.push(error));
  }
  // Published although a write failed: the health check needs the metric, and the next minute writes again.
  await world.publish(
    applications.map(({ name }, index) => ({ application: name, engaged: latches[index].state === "engaged" ? 1 : 0 })),
  );
  if (failures.length > 0) throw new AggregateError(failures, "The state of the latch was published but not stored");
  return latches.map((latch, index) => ({ application: applications[index].name, latch: format(latch) }));
}

async function awsWorld() {
  const { CloudWatchClient, PutMetricDataCommand } = await import("@aws-sdk/client-cloudwatch");
  const { SSMClient, GetParametersCommand, PutParameterCommand } = await import("@aws-sdk/client-ssm");
  const [metrics, parameters] = [new CloudWatchClient({}), new SSMClient({})];
  const dns = new Resolver({ timeout: 2000, tries: 2 });
  return {
    resolve: (name) => dns.resolve4(name),
    async read(names) {
      const values = {};
      // The interface takes ten names at a time.
      for (let first = 0; first < names.length; first += 10) {
        const { Parameters } = await parameters.send(new GetParametersCommand({ Names: names.slice(first, first + 10) }));
        for (const parameter of Parameters ?? []) values[parameter.Name] = parameter.Value;
      }
      const missing = names.filter((name) => values[name] === undefined);
      if (missing.length > 0) throw new Error(`The latch has no state: parameters ${missing.join(", ")} do not exist`);
      return values;
    },
    write: (name, value) => parameters.send(new PutParameterCommand({ Name: name, Value: value, Type: "String", Overwrite: true })),
    publish: (values) => metrics.send(new PutMetricDataCommand({
      Namespace: process.env.METRIC_NAMESPACE,
      MetricData: values.map(({ application, engaged }) => ({
        MetricName: "Engaged", Value: engaged, Unit: "Count", Dimensions: [{ Name: "application", Value: application }],
      })),
    })),
  };
}

export async function handler() {
  const result = await minute(JSON.parse(process.env.ENDPOINTS), Number(process.env.ENGAGE_AFTER_MINUTES), await awsWorld());
  console.log(JSON.stringify({ latches: result }));
}
