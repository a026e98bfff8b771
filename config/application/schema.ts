import { z } from "zod";
import { allow, settings } from "../allowed";
import { adjustments } from "./parts/adjustment";
import { authentication, entryAuthentication, pathPattern } from "./parts/authentication";
import { claim, claimName } from "./parts/claim";
import { component } from "./parts/component";
import { customResource, kindName } from "./parts/custom-resource";
import { count, distinctListOf, dnsLabel, listOf, path, recordOf, variable } from "./fields";
import { job } from "./parts/job";
import { indicatorName, measure, timeShare, workObjectives } from "./parts/measure";
import { cache, database } from "./parts/store";
import { secret } from "./parts/secret";

export type { Authentication } from "./parts/authentication";
export type { Component, ComponentLiteral } from "./parts/component";
export type { CreatedPods } from "./parts/created";
export type { Dependency, DependencyLiteral } from "./parts/dependency";
export type { Job, JobLiteral } from "./parts/job";
export type { Probe, ProbeLiteral, Probes } from "./parts/probe";

/** Longest name of an application: load balancer target groups hold 32 characters, two of them for the region. */
export const LONGEST_NAME = 30;
/** Longest name of a component: with the application's it must fit 63 characters, and CronJobs hold 52. */
export const LONGEST_COMPONENT = 20;

const partName = dnsLabel(
  LONGEST_COMPONENT,
  "it is part of object names and labels of at most 63 characters, and of CronJobs of at most 52",
);
const storeName = dnsLabel(30, "it is part of the names of the store and of its secret");
const ratio = (low: number, high: number, example: string, because: string) =>
  allow(z.number().gt(low).lt(high), `a ratio between ${low} and ${high}, such as ${example}`, because);
const latency = count(1, 600_000, "ms", "it is an objective of one request");
/** Share of requests of the application. Source of 5 ms: DefBuckets of Prometheus' clients, and the boundaries that OpenTelemetry advises for http.server.request.duration. */
const percentile = count(5, 600_000, "ms", "the clients' histograms begin at 5 ms: nothing faster is measured");

/** One indicator beside the answers to requests. */
const indicator = settings({
  latencyMeanMs: latency.optional(),
  latencyP95Ms: latency.optional(),
  latencyP99Ms: latency.optional(),
  /** Share that may fail. */
  errorRate: ratio(0, 0.5, "0.001", "an objective of 0 has no error budget").optional(),
  ...workObjectives,
  /** Share of time in which means, freshness, queue age and throughput must hold. @default 0.99 */
  timeShare: timeShare.optional(),
  /** The metric behind it. */
  measuredBy: measure.optional(),
});

const objectives = settings({
  availability: allow(
    z.number().gt(0.5).max(0.9999),
    "a ratio above 0.5 and at most 0.9999, such as 0.9995",
    "a scrape and an evaluation take 30 s each: of 0.99999, which leaves 26 s in 30 days, all is spent before an alert fires",
  ),
  /** At least one of p95 and p99. */
  latencyP99Ms: percentile.optional(),
  latencyP95Ms: percentile.optional(),
  latencyMeanMs: latency.optional(),
  errorRate: allow(
    z.number().min(0.0001).lt(0.5),
    "a ratio of at least 0.0001 and below 0.5, such as 0.001",
    "an outage of a minute, which is over before an alert fires, fails more than 0.00001 of 30 days, and 0.5 has no meaning",
  ),
  /** Longest time without the application after the loss of a region. It is held against detection, DNS, and the start of pods and nodes in the other one. */
  rtoMinutes: count(1, 10_080, "minutes", "recovery is computed in minutes"),
  /** Longest time in which a pod that hangs is found out, ended and replaced by one that serves. @default none - nothing is promised of single pods */
  podRecoveryMinutes: count(1, 60, "minutes", "it is held against probes, grace period and boot time").optional(),
  /** Objectives of what is measured by itself, such as queries of the database or jobs, by its name. */
  indicators: recordOf(indicatorName, indicator, 10).optional(),
  /** The metric behind latency and error rate. @default the OpenTelemetry HTTP histogram of the entry's component, or of the first service */
  measuredBy: measure.optional(),
  /** Share of time in which the mean latency must hold. @default 0.99 */
  timeShare: timeShare.optional(),
  /** Days over which objectives are judged and error budgets last. @default 30 */
  windowDays: count(7, 365, "days", "the slowest alert looks back three days").optional(),
  /** Hours of work that a loss of the region may cost: never less than the longest gap of the backups and the time they take. Stores have an `rpoMinutes` of their own. */
  rpoHours: allow(z.number().gt(0).max(168), "more than 0, at most 168 hours", "backups run at least weekly"),
});

/** How customers reach the application: `<name>.<domain>`, TLS at the region's load balancer, failover between the regions. */
const entry = settings({
  /** The service that answers what no route names; it speaks HTTP. */
  component: z.string(),
  /** Path of it that answers 200 to a GET while the process serves, without asking stores or other services: the load balancer asks it of each pod, and Route 53 of each region. What the stores say is the readiness probe's business. */
  healthPath: path,
  /** How it authenticates callers. @default none - refused by NW-13, because a caller who finds the name could change its state */
  authentication: entryAuthentication.optional(),
  /** Paths whose requests quote what others wrote, such as webhooks and build logs: there the web ACL does not judge bodies, because its rules against injection and scripts refuse quoted code. @default none - it judges every body */
  uninspectedBodies: distinctListOf(
    pathPattern,
    (pattern) => pattern,
    "a path is left out of the judgement once, and six are all there is room for",
    6,
  ).optional(),
  /** Paths that other services answer, first match first: one route for each service, with all its paths. @default none - the entry's component answers everything */
  routes: listOf(
    settings({
      /** A service that neither `entry.component` nor another route names; with the application's name at most 29 characters. */
      component: z.string(),
      /** One to twelve; every three are one listener rule. */
      paths: listOf(pathPattern),
      /** The load balancer asks it of each pod: a path that answers 200, or of a gRPC service the method that answers OK, such as "/grpc.health.v1.Health/Check". */
      healthPath: path,
      /** As of the entry. */
      authentication: authentication.optional(),
    }),
    10,
  ).optional(),
});

const logField = allow(
  z
    .string()
    .max(63)
    .regex(/^[A-Za-z_][A-Za-z0-9_.]*$/),
  "a field name of at most 63 letters, digits, dots and underscores",
  "log queries name it",
);

/** The logging contract: one JSON object a line on standard output. */
const logs = settings({
  format: allow(z.literal("json"), "json", "the collector parses lines by this form"),
  level: allow(z.enum(["debug", "info", "warn", "error"]), "debug, info, warn or error", "it is given as LOG_LEVEL"),
  /** Field that carries the trace id, by which a log line is found from its trace. */
  correlation: logField,
});

/** The form of an application file. What one field says of another is checked beside it: see validate.ts. */
export const applicationShape = settings({
  name: dnsLabel(LONGEST_NAME, "load balancer target groups hold 32 characters, two of them for the region"),
  owner: allow(
    z.string().regex(/^[a-z0-9]([-a-z0-9_.]{0,61}[a-z0-9])?$/),
    "a team name that is a valid label value",
    "every object carries it as a label",
  ),
  tier: allow(
    z.union([z.literal(1), z.literal(2), z.literal(3)]),
    "1, 2 or 3",
    "in tier 1 each component has three replicas or more, in every environment, and a rollout takes none away before its successor is there, unless a volume binds it",
  ),
  /** What it promises: probes, backups and failover are held against it. */
  objectives,
  /** How customers reach it from outside. @default none - it has no customers */
  entry: entry.optional(),
  /** @default one JSON object a line, level info, trace ids as trace_id */
  logs: logs.optional(),
  /** Feature flags as environment variables of every component and job: `true` or `false`. */
  flags: recordOf(variable, z.boolean()).optional(),
  /** Secrets by name, such as `PAYMENT_KEY`; a pod gets those that its component or job lists. */
  secrets: recordOf(variable, secret).optional(),
  /** PostgreSQL databases that it needs, by name. */
  databases: recordOf(storeName, database, 5).optional(),
  /** Redis-compatible caches and queues that it needs, by name. */
  caches: recordOf(storeName, cache, 5).optional(),
  /** Kinds of Kubernetes objects that the application defines, by kind, such as `Shelf`. */
  customResources: recordOf(kindName, customResource, 10).optional(),
  /** What runs to its end: migration, then seed, before any pod of a release; and schedules. */
  jobs: recordOf(partName, job, 20).optional(),
  /** What runs all the time: services, workers and controllers. */
  components: recordOf(partName, component, 30),
  /** Claims of the application's own by id, such as "SLA-7": what a contract or a readiness report promises. Each commitment is judged in production by the policy of its kind, and the claim stands in the report. @default none */
  claims: recordOf(claimName, claim).optional(),
  /** What differs from production in the other environments. @default nothing */
  environments: adjustments.optional(),
});

export type Application = z.infer<typeof applicationShape>;
export type Logs = z.infer<typeof logs>;
export type ApplicationLiteral = z.input<typeof applicationShape>;

export const logsOf = ({ logs: declared }: Application): Logs =>
  declared ?? { format: "json", level: "info", correlation: "trace_id" };
