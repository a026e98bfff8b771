// Runs each minute in the secondary region. Watches what Route 53 watches, the primary's endpoints, and remembers that
// it failed: Route 53 sends traffic back to a recovered primary at once, while the promoted database is elsewhere.
import { request } from "node:https";

/** One round of probes every ten seconds; the sixth ends before the next invocation begins. */
const roundsPerMinute = 6;
const secondsBetweenRounds = 10;
/** Route 53's limits: a connection within 4 s, the status within 2 s more. */
const connectMillis = 4000;
const responseMillis = 2000;

/**
 * The latch of one application after one more round.
 *
 * waiting: the primary was never seen healthy, so there is nothing to fail over from (an application being installed).
 * armed: normal; `failures` counts the rounds that failed one after another.
 * engaged: stays, whatever the primary does, until a person writes `armed`.
 *
 * Failures count only while the secondary answers: when neither does, either this function sees no network or there is
 * nowhere to send traffic to.
 */
export function advance(latch, round, threshold) {
  if (latch.state === "engaged") return latch;
  if (round.primary) return { state: "armed", failures: 0 };
  if (latch.state === "waiting" || !round.secondary) return latch;
  const failures = latch.failures + 1;
  return failures >= threshold ? { state: "engaged", failures } : { state: "armed", failures };
}

/** Reads `waiting`, `engaged`, `armed`, `armed:2`. Anything else is `armed`: a slip of the pen must not move traffic. */
export function parse(value) {
  const [state, failures] = String(value).trim().split(":");
  if (state === "engaged" || state === "waiting") return { state, failures: 0 };
  const count = Number(failures);
  return { state: "armed", failures: Number.isInteger(count) && count > 0 ? count : 0 };
}

export function format(latch) {
  return latch.state === "armed" && latch.failures > 0 ? `armed:${latch.failures}` : latch.state;
}

/** One minute of all applications. Everything that touches the world comes in `world`. */
export async function minute(applications, threshold, world) {
  const before = await world.read(applications.map((application) => application.parameter));
  const latches = applications.map((application) => parse(before[application.parameter]));
  for (let number = 0; number < roundsPerMinute; number += 1) {
    await world.waitUntil(number * secondsBetweenRounds);
    await Promise.all(applications.map(async (application, index) => {
      const [primary, secondary] = await Promise.all([world.probe(application.primary), world.probe(application.secondary)]);
      latches[index] = advance(latches[index], { primary, secondary }, threshold);
    }));
    // Until it is published, a recovered primary gets its traffic back: not a second is spent on further rounds.
    if (latches.some((latch, index) => latch.state === "engaged" && format(latch) !== before[applications[index].parameter])) break;
  }
  // A person may have released the latch, or engaged it for an exercise, during this minute: what was written since wins.
  const now = await world.read(applications.map((application) => application.parameter));
  for (const [index, application] of applications.entries()) {
    const { parameter } = application;
    if (now[parameter] !== before[parameter]) latches[index] = parse(now[parameter]);
    else if (format(latches[index]) !== before[parameter]) await world.write(parameter, format(latches[index]));
  }
  await world.publish(applications.map((application, index) => ({ application: application.name, engaged: latches[index].state === "engaged" ? 1 : 0 })));
  return latches.map((latch, index) => ({ application: applications[index].name, latch: format(latch) }));
}

/** Healthy means what Route 53 means: connected in time, and a status from 200 to 399 in time. */
export function probe(url, get = request) {
  return new Promise((resolve) => {
    const call = get(url, { agent: false, headers: { "user-agent": "plimsoll-failback-latch" } });
    const answer = (healthy) => {
      clearTimeout(timer);
      call.destroy();
      resolve(healthy);
    };
    let timer = setTimeout(answer, connectMillis, false);
    call.on("socket", (socket) => socket.once("connect", () => {
      clearTimeout(timer);
      timer = setTimeout(answer, responseMillis, false);
    }));
    call.on("response", (response) => answer(response.statusCode >= 200 && response.statusCode < 400));
    call.on("error", () => answer(false));
    call.end();
  });
}

async function awsWorld(started) {
  const { CloudWatchClient, PutMetricDataCommand } = await import("@aws-sdk/client-cloudwatch");
  const { SSMClient, GetParametersCommand, PutParameterCommand } = await import("@aws-sdk/client-ssm");
  const [metrics, parameters] = [new CloudWatchClient({}), new SSMClient({})];
  return {
    probe,
    waitUntil: (second) => new Promise((resolve) => setTimeout(resolve, Math.max(0, started + second * 1000 - Date.now()))),
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
  const result = await minute(JSON.parse(process.env.ENDPOINTS), Number(process.env.FAILED_ROUNDS), await awsWorld(Date.now()));
  console.log(JSON.stringify({ latches: result }));
}
