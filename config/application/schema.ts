import { z } from "zod";
import { allow, violation } from "../allowed";
import { cpuMillis, memoryMiB } from "../../models/quantity";
import { throughput } from "./throughput";

const integer = (min: number, max: number) => z.int().min(min).max(max);
const dnsLabel = (max: number, because: string) =>
  allow(z.string().max(max).regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/), `a DNS label: at most ${max} lower-case letters, digits and hyphens, beginning with a letter`, because);

const cpu = allow(z.string().refine((text) => (cpuMillis(text) ?? 0) > 0), 'a CPU quantity such as "250m" or "2"', "the scheduler places pods by it");
const memory = allow(z.string().refine((text) => (memoryMiB(text) ?? 0) >= 1), 'a memory quantity of at least 1Mi, such as "512Mi" or "1Gi"', "the scheduler places pods by it, and the kernel kills above the limit");
const port = allow(integer(1, 65535), "a port from 1 to 65535", "TCP knows no other");
const portName = allow(z.string().max(15).regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/), "a port name of at most 15 characters", "Kubernetes refuses longer ones");

const probe = z.strictObject({ http: allow(z.string().startsWith("/"), 'a path that begins with "/"', "the kubelet requests it"), port: portName.optional() });

const dependency = z.union([
  z.strictObject({ redis: dnsLabel(40, "it names the secret that holds the connection") }),
  z.strictObject({ postgres: dnsLabel(40, "it names the secret that holds the connection") }),
  z.strictObject({ component: z.string() }),
  z.strictObject({ https: z.string().regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/) }),
]);

const scale = z.strictObject({
  min: allow(integer(1, 1000), "1 to 1000 replicas", "an autoscaler without a floor leaves nothing running"),
  max: allow(integer(1, 1000), "1 to 1000 replicas", "the ceiling bounds capacity and cost"),
  cpuPercent: allow(integer(1, 100), "1 to 100 % of the CPU request", "above 100 % the pods are throttled before more are added").optional(),
  memoryPercent: allow(integer(1, 100), "1 to 100 % of the memory request", "above 100 % the pods are evicted before more are added").optional(),
  /** @default 0 - Kubernetes' own default: scale up at once */
  upWindowSeconds: allow(integer(0, 3600), "0 to 3600 seconds", "Kubernetes allows this range").optional(),
  /** @default 300 - Kubernetes' own default */
  downWindowSeconds: allow(integer(0, 3600), "0 to 3600 seconds", "Kubernetes allows this range").optional(),
});

const common = {
  image: allow(z.string().regex(/^[a-z0-9]+([._/-][a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/), 'an image of the platform\'s own registry with a tag, such as "ci-failure-agent:1.0.0"', "the digest is looked up in apps/images.lock.json and the registry of the region is put before it"),
  command: z.array(z.string()).min(1).optional(),
  requests: z.strictObject({ cpu, memory }),
  limits: z.strictObject({ cpu: cpu.optional(), memory }),
  /** Replicas without an autoscaler. Exactly one of `replicas` and `scale`. */
  replicas: allow(integer(1, 1000), "1 to 1000 replicas", "a component that runs nowhere is no component").optional(),
  scale: scale.optional(),
  /** Pods that a drain must leave running (PodDisruptionBudget minAvailable). */
  keepAvailable: allow(integer(1, 1000), "1 to 1000 pods", "a budget that keeps nothing available protects nothing"),
  metricsPort: port.optional(),
  /** Longest time from start to readiness. @default 30 */
  bootSeconds: allow(integer(1, 900), "1 to 900 seconds", "the startup probe waits this long, and longer starts do not fit a 30 minute recovery").optional(),
  /** Longest time to finish what is in flight after SIGTERM. @default 20 */
  drainSeconds: allow(integer(1, 600), "1 to 600 seconds", "the grace period is computed from it").optional(),
  talksTo: z.array(dependency).optional(),
  /** Environment variables of secrets: variable name to key of a secret declared under `secrets`. */
  environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string()).optional(),
  secrets: z.array(z.string()).optional(),
  /** What it promises to carry. @default none - nothing is promised */
  throughput: throughput.optional(),
  /** Pool of the environment to run in. @default general */
  pool: z.string().optional(),
  userId: allow(integer(1, 65535), "a user id from 1 to 65535", "0 is root, which the restricted pod security standard refuses").optional(),
};

const component = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("service"), ...common, port, probes: z.strictObject({ liveness: probe, readiness: probe }) }),
  z.strictObject({ kind: z.literal("worker"), ...common, metricsPort: port, probes: z.strictObject({ liveness: probe, readiness: probe.optional() }) }),
]);

const secret = z.strictObject({
  /** What the value is for; shown to whoever sets it. */
  description: z.string().min(1),
  /** Shortest value accepted. */
  minimumLength: allow(integer(8, 4096), "8 to 4096 characters", "a shorter secret can be guessed"),
});

export const applicationSchema = z.strictObject({
  name: dnsLabel(30, "load balancer target groups hold 32 characters, two of them for the region"),
  owner: allow(z.string().regex(/^[a-z0-9]([-a-z0-9_.]{0,61}[a-z0-9])?$/), "a team name that is a valid label value", "every object carries it as a label"),
  tier: allow(z.union([z.literal(1), z.literal(2), z.literal(3)]), "1, 2 or 3", "tier 1 keeps three replicas and never surges below its count"),
  objectives: z.strictObject({
    availability: allow(z.number().gt(0.5).lt(1), "a ratio between 0.5 and 1, such as 0.9995", "an objective of 1 has no error budget"),
    latencyP99Ms: allow(integer(1, 600_000), "1 to 600000 ms", "it is an objective of one request"),
    latencyMeanMs: allow(integer(1, 600_000), "1 to 600000 ms", "it is an objective of one request").optional(),
    errorRate: allow(z.number().gt(0).lt(0.5), "a ratio between 0 and 0.5, such as 0.001", "an objective of 0 has no error budget"),
    rtoMinutes: allow(integer(1, 10_080), "1 minute to 7 days", "recovery is computed in minutes"),
    rpoHours: allow(z.number().gt(0).max(168), "more than 0, at most 168 hours", "backups run at least weekly"),
  }),
  /** The component customers reach by `<name>.<domain>`, and the path that says it is healthy. */
  entry: z.strictObject({ component: z.string(), healthPath: z.string().startsWith("/") }).optional(),
  secrets: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), secret).optional(),
  components: z.record(dnsLabel(20, "it is part of object names and labels, limited to 63 characters"), component),
}).superRefine((application, context) => {
  for (const issue of applicationViolations(application as Application)) context.issues.push(issue);
});

export type Application = z.infer<typeof applicationSchema>;
export type ApplicationLiteral = z.input<typeof applicationSchema>;
export type Component = Application["components"][string];
export type ComponentLiteral = ApplicationLiteral["components"][string];
export type ProbeLiteral = z.input<typeof probe>;
export type Dependency = z.infer<typeof dependency>;
export type DependencyLiteral = z.input<typeof dependency>;

const servicesOf = (application: Application): string[] =>
  Object.keys(application.components).filter((name) => application.components[name]?.kind === "service");

function applicationViolations(application: Application): z.core.$ZodRawIssue[] {
  const names = Object.keys(application.components);
  const found = Object.entries(application.components).flatMap(([name, component]) => componentViolations(application, name, component));
  if (names.length === 0)
    found.push(violation(["components"], "none", { allowed: "at least one component", because: "an application without one deploys nothing" }));
  const entry = application.entry;
  if (entry && application.components[entry.component]?.kind !== "service")
    found.push(violation(["entry", "component"], entry.component, { allowed: `a service of this application: ${servicesOf(application).join(", ") || "it has none"}`, because: "the load balancer sends it requests" }));
  return found;
}

function componentViolations(application: Application, name: string, component: Component): z.core.$ZodRawIssue[] {
  const found: z.core.$ZodRawIssue[] = [];
  const report = (path: (string | number)[], value: unknown, allowed: string, because: string) =>
    found.push(violation(["components", name, ...path], value, { allowed, because }));
  if ((component.replicas === undefined) === (component.scale === undefined))
    report([], component.scale ? "both replicas and scale" : "neither replicas nor scale", "exactly one of replicas and scale", "a fixed count would fight the autoscaler");
  if (component.scale && component.scale.min > component.scale.max)
    report(["scale", "min"], component.scale.min, `at most max, ${component.scale.max}`, "Kubernetes refuses an autoscaler with min above max");
  if (component.scale && component.scale.cpuPercent === undefined && component.scale.memoryPercent === undefined)
    report(["scale"], "no metric", "cpuPercent, memoryPercent or both", "an autoscaler without a metric never scales");
  for (const resource of ["cpu", "memory"] as const) {
    const read = resource === "cpu" ? cpuMillis : memoryMiB;
    const [request, limit] = [component.requests[resource], component.limits[resource]];
    if (limit !== undefined && (read(request) ?? 0) > (read(limit) ?? 0))
      report(["requests", resource], request, `at most the limit, ${limit}`, "Kubernetes refuses a request above its limit");
  }
  if (component.kind === "service" && component.metricsPort === component.port)
    report(["metricsPort"], component.metricsPort, "a port of its own, or none when /metrics is on the main port", "two containers ports with one number collide");
  for (const [index, dependency] of (component.talksTo ?? []).entries())
    if ("component" in dependency && application.components[dependency.component]?.kind !== "service")
      report(["talksTo", index], dependency.component, `a service of this application: ${servicesOf(application).join(", ") || "it has none"}`, "the network policy could not open a way to it");
  for (const [index, key] of (component.secrets ?? []).entries())
    if (application.secrets?.[key] === undefined)
      report(["secrets", index], key, `a secret declared under secrets: ${Object.keys(application.secrets ?? {}).join(", ") || "none is"}`, "the pod would wait for it for ever");
  return found;
}
