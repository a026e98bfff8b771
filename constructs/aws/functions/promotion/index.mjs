// Steps of the promotion, called one after another by the state machine of the standby. Each may be repeated: what an
// earlier attempt did is found and left. None calls anything in the primary region.
import { apiOf, tokenOf } from "../shared/kubernetes.mjs";

const WRITER_ONLY = "plimsoll.dev/writer-only=true";
const REPLICAS_AS_WRITER = "plimsoll.dev/replicas-as-writer";
const PAUSED = "autoscaling.keda.sh/paused-replicas";
const STEP = "plimsoll.dev/step";
/** Migrations first; a seed needs their tables. */
const ORDER = ["migration", "seed"];

/**
 * Seconds of writes that a replica lacked at `lostAt`, when its source ended; without it, now. RDS for PostgreSQL counts
 * from the newest transaction that the replica has, so the figure grows with each second after the loss (RDS user guide,
 * monitoring replication of RDS for PostgreSQL, read 2026-11-29): what has passed since then is no lag.
 */
const lagAt = (lostAt, { seconds, at }) =>
  lostAt === undefined ? seconds : Math.max(0, seconds - Math.max(0, at - lostAt) / 1000);

/** State and lag of each database; `lagSeconds` is null where CloudWatch has no figure. */
export async function report(databases, world, lostAt) {
  return Promise.all(databases.map(async (database) => {
    const { status, replica, multiAz, retentionDays } = await world.describe(database.identifier);
    const figure = replica ? await world.lag(database.identifier) : { seconds: 0, at: 0 };
    const lagSeconds = figure === null ? null : lagAt(lostAt, figure);
    return { ...database, status, replica, multiAz, retentionDays, lagSeconds, lagAllowed: !replica || (lagSeconds !== null && lagSeconds <= database.maxLagSeconds) };
  }));
}

/** @throws for what is no moment of the last week: a wrong one would hide a lag */
function momentOf(lostAt, now) {
  if (lostAt === undefined) return undefined;
  const moment = Date.parse(lostAt);
  if (!(moment <= now && moment > now - 7 * 86_400_000))
    throw new Error(`lostAt ${lostAt} is not a time of the last seven days: write it as 2026-11-29T09:41:00Z`);
  return moment;
}

/** Refused while a lag is too long or not known, unless the operator accepts the loss. */
export async function check(databases, { acceptLag, lostAt }, world) {
  const lines = await report(databases, world, momentOf(lostAt, world.now()));
  const late = lines.filter(({ lagAllowed }) => !lagAllowed);
  return {
    lines,
    allowed: late.length === 0 || acceptLag === true,
    reason: late.map(({ identifier, lagSeconds, maxLagSeconds }) => `${identifier} lags ${lagSeconds ?? "?"} s, allowed are ${maxLagSeconds} s`).join("; "),
  };
}

/** A promoted instance keeps backups for one day by default. */
export async function promote(databases, world) {
  const lines = await report(databases, world);
  for (const { identifier, replica, status, retentionDays, wantedRetentionDays } of lines) {
    if (!replica) continue;
    // RDS refuses a promotion while it takes a backup; the state machine tries again.
    if (status !== "available") throw new Error(`${identifier} is ${status}, not available`);
    await world.promote(identifier, wantedRetentionDays ?? retentionDays);
  }
  return { started: lines.filter(({ replica }) => replica).map(({ identifier }) => identifier) };
}

export async function progress(databases, world) {
  const lines = await report(databases, world);
  return { lines, done: lines.every(({ replica, status }) => !replica && status === "available") };
}

/** The standby's other zones, and the retention where a promotion outside the state machine left it at one day. */
export async function settle(databases, world) {
  const changed = [];
  for (const { identifier, multiAz, retentionDays, wantedRetentionDays } of await report(databases, world)) {
    if (multiAz && retentionDays >= wantedRetentionDays) continue;
    await world.modify(identifier, { multiAz: true, retentionDays: wantedRetentionDays });
    changed.push(identifier);
  }
  return { changed };
}

const listPath = (group, kind) => `/apis/${group}/${kind}?labelSelector=${encodeURIComponent(WRITER_ONLY)}`;
const pathOf = (group, kind, { namespace, name }) => `/apis/${group}/namespaces/${namespace}/${kind}/${name}`;

/** Of a cluster that knows no such kind: none. */
async function list(call, group, kind) {
  try {
    return (await call("GET", listPath(group, kind))).items ?? [];
  } catch (error) {
    if (error.status === 404) return [];
    throw error;
  }
}

/** Minute in which the execution started: ends the names of its jobs, as a CronJob's own do. */
export const runOf = (startedAt) => String(Math.floor(Date.parse(startedAt) / 60_000));

/** Starts one Job of a suspended step, named by the promotion: a repeated call finds it. */
async function runStep(call, cronJob, execution) {
  const { namespace, name, uid, labels } = cronJob.metadata;
  const job = `${name}-${execution}`;
  try {
    await call("POST", `/apis/batch/v1/namespaces/${namespace}/jobs`, {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: job, namespace, labels, ownerReferences: [{ apiVersion: "batch/v1", kind: "CronJob", name, uid }] },
      spec: cronJob.spec.jobTemplate.spec,
    });
  } catch (error) {
    if (error.status !== 409) throw error;
  }
  return { namespace, job };
}

/**
 * Runs the steps of one kind (migrations, then seeds). `done` when all have completed. `failed` is there when one has
 * failed: the promotion then ends, because its application's writers must not start on a half-changed schema. It is no
 * error, which would be tried again for minutes and fail each time.
 */
export async function steps(step, execution, call) {
  const all = (await list(call, "batch/v1", "cronjobs")).filter(({ metadata }) => metadata.labels?.[STEP] === step);
  const jobs = await Promise.all(all.map((cronJob) => runStep(call, cronJob, execution)));
  const states = await Promise.all(jobs.map(async ({ namespace, job }) => {
    const { status } = await call("GET", pathOf("batch/v1", "jobs", { namespace, name: job }));
    const holds = (type) => status?.conditions?.some((condition) => condition.type === type && condition.status === "True") ?? false;
    return { job: `${namespace}/${job}`, complete: holds("Complete"), failed: holds("Failed") };
  }));
  const failed = states.filter((state) => state.failed).map(({ job }) => job);
  return {
    done: states.every(({ complete }) => complete),
    jobs: states,
    ...(failed.length > 0 ? { failed: `${failed.join(", ")} failed: read its log, fix the cause, delete the job and start the promotion again` } : {}),
  };
}

/** Schedules are resumed, Deployments get their replicas, ScaledObjects go on. */
export async function startWriters(call) {
  const started = [];
  for (const { metadata, spec } of await list(call, "batch/v1", "cronjobs"))
    if (!ORDER.includes(metadata.labels?.[STEP]) && spec.suspend === true) {
      await call("PATCH", pathOf("batch/v1", "cronjobs", metadata), { spec: { suspend: false } });
      started.push(`CronJob ${metadata.namespace}/${metadata.name}`);
    }
  for (const kind of ["deployments", "statefulsets"])
    for (const { metadata, spec } of await list(call, "apps/v1", kind)) {
      const replicas = Number(metadata.annotations?.[REPLICAS_AS_WRITER]);
      if (!(replicas > 0) || spec.replicas > 0) continue;
      await call("PATCH", pathOf("apps/v1", kind, metadata), { spec: { replicas } });
      started.push(`${kind} ${metadata.namespace}/${metadata.name}: ${replicas}`);
    }
  for (const { metadata } of await list(call, "keda.sh/v1alpha1", "scaledobjects"))
    if (metadata.annotations?.[PAUSED] !== undefined) {
      await call("PATCH", pathOf("keda.sh/v1alpha1", "scaledobjects", metadata), { metadata: { annotations: { [PAUSED]: null } } });
      started.push(`ScaledObject ${metadata.namespace}/${metadata.name}`);
    }
  return { started };
}

async function awsWorld() {
  const { RDSClient, ...rds } = await import("@aws-sdk/client-rds");
  const { CloudWatchClient, GetMetricStatisticsCommand } = await import("@aws-sdk/client-cloudwatch");
  const [databases, metrics] = [new RDSClient({}), new CloudWatchClient({})];
  return {
    now: () => Date.now(),
    describe: async (identifier) => {
      const { DBInstances: [instance] } = await databases.send(new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
      return {
        status: instance.DBInstanceStatus,
        replica: (instance.ReadReplicaSourceDBInstanceIdentifier ?? "") !== "",
        multiAz: instance.MultiAZ === true,
        retentionDays: instance.BackupRetentionPeriod ?? 0,
      };
    },
    lag: async (identifier) => {
      const { Datapoints: points = [] } = await metrics.send(new GetMetricStatisticsCommand({
        Namespace: "AWS/RDS", MetricName: "ReplicaLag", Dimensions: [{ Name: "DBInstanceIdentifier", Value: identifier }],
        StartTime: new Date(Date.now() - 900_000), EndTime: new Date(), Period: 60, Statistics: ["Maximum"],
      }));
      const [latest] = points.sort((a, b) => b.Timestamp - a.Timestamp);
      return latest === undefined ? null : { seconds: latest.Maximum, at: latest.Timestamp.getTime() };
    },
    promote: (identifier, days) => databases.send(new rds.PromoteReadReplicaCommand({ DBInstanceIdentifier: identifier, BackupRetentionPeriod: days })),
    modify: (identifier, { multiAz, retentionDays }) =>
      databases.send(new rds.ModifyDBInstanceCommand({ DBInstanceIdentifier: identifier, MultiAZ: multiAz, BackupRetentionPeriod: retentionDays, ApplyImmediately: true })),
  };
}

function cluster() {
  const { CLUSTER, AWS_REGION, CLUSTER_ENDPOINT, CLUSTER_CA, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN };
  const token = tokenOf({ cluster: CLUSTER, region: AWS_REGION, credentials, now: Date.now() });
  return apiOf({ endpoint: CLUSTER_ENDPOINT, certificateAuthority: Buffer.from(CLUSTER_CA, "base64").toString(), token });
}

export async function handler({ action, execution, input = {} }) {
  const databases = JSON.parse(process.env.DATABASES);
  const actions = {
    check: async () => check(databases, input, await awsWorld()),
    promote: async () => promote(databases, await awsWorld()),
    progress: async () => progress(databases, await awsWorld()),
    settle: async () => settle(databases, await awsWorld()),
    migration: () => steps("migration", runOf(execution), cluster()),
    seed: () => steps("seed", runOf(execution), cluster()),
    writers: () => startWriters(cluster()),
  };
  if (actions[action] === undefined) throw new Error(`${action} is no step of a promotion: ${Object.keys(actions).join(", ")}`);
  const result = await actions[action]();
  console.log(JSON.stringify({ action, ...result }));
  return result;
}
