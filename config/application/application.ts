import { callSite, type Declaration } from "../declaration";
import type { ApplicationLiteral, ComponentLiteral, DependencyLiteral, ProbeLiteral } from "./schema";

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

/** A component that others, or customers, call: it gets a Service, readiness decides whether it is sent traffic. */
export function service(component: Omit<Extract<ComponentLiteral, { kind: "service" }>, "kind">): ComponentLiteral {
  return { kind: "service", ...component };
}

/** A component that takes its work from a queue: no Service, only its metrics port is reachable. */
export function worker(component: Omit<Extract<ComponentLiteral, { kind: "worker" }>, "kind">): ComponentLiteral {
  return { kind: "worker", ...component };
}

/** HTTP GET probe; any status from 200 to 399 is healthy. */
export const http = (path: string, port?: string): ProbeLiteral => ({ http: path, ...(port === undefined ? {} : { port }) });

/** A Redis-compatible cache or queue of the application, reached on 6379 with TLS in the data subnets. */
export const redis = (name: string): DependencyLiteral => ({ redis: name });

/** A PostgreSQL database of the application, reached on 5432 with TLS in the data subnets. */
export const postgres = (name: string): DependencyLiteral => ({ postgres: name });

/** Another component of the same application, by its name. */
export const component = (name: string): DependencyLiteral => ({ component: name });

/** An HTTPS API outside the platform, by host name. */
export const https = (host: string): DependencyLiteral => ({ https: host });
