import { callSite, type Declaration } from "../declaration";
import type { ApplicationLiteral, ComponentLiteral, DependencyLiteral, JobLiteral, ProbeLiteral } from "./schema";

const applicationMark = Symbol.for("plimsoll.application");

/** A file of `apps/` exports one of these. */
export interface ApplicationDeclaration {
  readonly [applicationMark]: true;
  readonly literal: ApplicationLiteral;
  readonly declaration: Declaration;
}

/** Declares an application: what it needs, in Kubernetes' and SRE terms. Validated when it is loaded, all errors at once. */
export function application(literal: ApplicationLiteral): ApplicationDeclaration {
  return { [applicationMark]: true, literal, declaration: { frame: callSite(application) } };
}

export function isApplication(value: unknown): value is ApplicationDeclaration {
  return typeof value === "object" && value !== null && applicationMark in value;
}

/** With its kind. What is no object is passed on as it is: a text would become settings named after its letters. */
const ofKind = <Kind extends string, Settings extends object>(
  kind: Kind,
  written: Settings,
): Settings & { kind: Kind } => (isWrittenOut(written) ? { kind, ...written } : (written as Settings & { kind: Kind }));

const isWrittenOut = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

/** A component that others, or customers, call: it gets a Service, readiness decides whether it is sent traffic. */
export function service(component: Omit<Extract<ComponentLiteral, { kind: "service" }>, "kind">): ComponentLiteral {
  return ofKind("service", component);
}

/** A component that takes its work from a queue: no Service, only its metrics port is reachable. */
export function worker(component: Omit<Extract<ComponentLiteral, { kind: "worker" }>, "kind">): ComponentLiteral {
  return ofKind("worker", component);
}

/** A component that watches the Kubernetes API: one replica leads by a lease, the others stand by. */
export function controller(
  component: Omit<Extract<ComponentLiteral, { kind: "controller" }>, "kind">,
): ComponentLiteral {
  return ofKind("controller", component);
}

/** Changes the database's schema, to its end, before any pod of the release starts. */
export function migration(job: Omit<Extract<JobLiteral, { kind: "migration" }>, "kind">): JobLiteral {
  return ofKind("migration", job);
}

/** Fills in data, to its end, after the migration and before any pod of the release starts. */
export function seed(job: Omit<Extract<JobLiteral, { kind: "seed" }>, "kind">): JobLiteral {
  return ofKind("seed", job);
}

/** Runs by a cron expression, in UTC. */
export function scheduled(job: Omit<Extract<JobLiteral, { kind: "scheduled" }>, "kind">): JobLiteral {
  return ofKind("scheduled", job);
}

/** HTTP GET probe; any status from 200 to 399 is healthy. */
export const http = (path: string, port?: string): ProbeLiteral => ({
  http: path,
  ...(port === undefined ? {} : { port }),
});

/** Probe by the gRPC health protocol. @default service "" - the server as a whole */
export const grpc = (service = "", port?: string): ProbeLiteral => ({
  grpc: service,
  ...(port === undefined ? {} : { port }),
});

/** Probe by a command inside the container; exit code 0 is healthy. */
export const exec = (...command: string[]): ProbeLiteral => ({ exec: command });

/** Probe by opening a connection to a named port. */
export const tcp = (port: string): ProbeLiteral => ({ tcp: port });

/** A Redis-compatible cache or queue of the application, reached on 6379 with TLS in the data subnets. */
export const redis = (name: string): DependencyLiteral => ({ redis: name });

/** A PostgreSQL database of the application, reached on 5432 with TLS; each pod opens at most `poolSize` connections. */
export const postgres = (name: string, poolSize: number): DependencyLiteral => ({ postgres: name, poolSize });

/** Another service of the same application, by its name. */
export const component = (name: string): DependencyLiteral => ({ component: name });

/** An HTTPS API outside the platform, by host name. */
export const https = (host: string): DependencyLiteral => ({ https: host });
