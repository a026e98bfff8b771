import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type JsonObject, objectOf, textMapOf, textOf } from "../../readiness/inventory/json";
import type { Synthesised } from "../run/synthesised";

/** An application's failover as the stack of the edge declares it. */
export interface FailoverName {
  readonly application: string;
  /** Name that fails over, and the names in both regions. */
  readonly host: string;
  readonly primary: string;
  readonly secondary: string;
  readonly intervalSeconds: number;
  readonly failureThreshold: number;
}

const resourcesOf = ({ stacks }: Synthesised, type: string): readonly JsonObject[] =>
  Object.values(objectOf(objectOf(stacks.find(({ name }) => name === "edge")?.terraform["resource"])[type])).map(
    objectOf,
  );

interface LatchedName {
  readonly name: string;
  readonly parameter: string;
  readonly host: string;
  readonly primary: string;
  readonly secondary: string;
}

/** The failback latch as the stack of the edge declares it. @throws Error without one */
export function latchOf(synthesised: Synthesised): {
  readonly functionName: string;
  readonly engageAfterMinutes: number;
  readonly endpoints: readonly LatchedName[];
  readonly parameters: readonly string[];
} {
  for (const body of resourcesOf(synthesised, "aws_lambda_function")) {
    const { ENDPOINTS: text, ENGAGE_AFTER_MINUTES: minutes } = textMapOf(objectOf(body["environment"])["variables"]);
    if (text === undefined) continue;
    const endpoints = JSON.parse(text) as readonly LatchedName[];
    return {
      functionName: textOf(body["function_name"]) ?? "",
      engageAfterMinutes: Number(minutes),
      endpoints,
      parameters: endpoints.map(({ parameter }) => parameter),
    };
  }
  throw new Error(`${synthesised.environment.name} has no failback latch`);
}

/** Endpoints of the failback latch, each with the health check of its primary. @throws Error without any */
export function failoverNames(synthesised: Synthesised): readonly FailoverName[] {
  const checks = resourcesOf(synthesised, "aws_route53_health_check");
  const names = latchOf(synthesised).endpoints.flatMap(({ name, host, primary, secondary }): FailoverName[] => {
    const check = checks.find(({ fqdn }) => fqdn === primary);
    return check === undefined
      ? []
      : [
          {
            ...{ application: name, host, primary, secondary },
            intervalSeconds: Number(check["request_interval"]),
            failureThreshold: Number(check["failure_threshold"]),
          },
        ];
  });
  if (names.length === 0) throw new Error(`${synthesised.environment.name} has no application that fails over`);
  return names;
}

/** Consecutive failures and successes, as Route 53 counts them (developer guide, how health checks are judged). */
export class HealthCheck {
  healthy = true;
  private count = 0;

  constructor(private readonly threshold: number) {}

  see(answered: boolean): void {
    this.count = answered === this.healthy ? 0 : this.count + 1;
    if (this.count < this.threshold) return;
    this.healthy = answered;
    this.count = 0;
  }
}

/**
 * Asks an endpoint by the interval of each health check until it is stopped. What is asked is the API server of the
 * primary: no application's container runs here.
 */
export class Probes {
  private readonly checks = new Map<string, HealthCheck>();
  private readonly lostAt = new Map<string, number>();
  private readonly ending = new AbortController();

  constructor(
    private readonly names: readonly FailoverName[],
    private readonly endpoint: { readonly host: string; readonly port: number },
  ) {}

  start(): void {
    for (const name of this.names) {
      const check = new HealthCheck(name.failureThreshold);
      this.checks.set(name.application, check);
      void this.watch(name, check);
    }
  }

  stop(): void {
    this.ending.abort();
  }

  isHealthy(application: string): boolean {
    return this.checks.get(application)?.healthy ?? false;
  }

  /** When the check was first unhealthy, in milliseconds since 1970. */
  unhealthySince(application: string): number | undefined {
    return this.lostAt.get(application);
  }

  private async watch({ application, intervalSeconds }: FailoverName, check: HealthCheck): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      check.see(await answers(this.endpoint));
      if (check.healthy) this.lostAt.delete(application);
      else if (!this.lostAt.has(application)) this.lostAt.set(application, Date.now());
      await sleep(intervalSeconds * 1000, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Four seconds to connect, as Route 53 gives them. */
function answers({ host, port }: { readonly host: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 4000 });
    const end = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}
