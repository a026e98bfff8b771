import { z } from "zod";
import { allow, settings } from "../../allowed";
import { awsResources, kubernetesRule, leaderElection, registries, source } from "./access";
import { createdPods } from "./created";
import { count, dnsLabel, listOf, path, port, portName, recordOf } from "../fields";
import { probes, serviceProbes } from "./probe";
import { program } from "./program";
import { scale } from "./scaling";
import { volume, volumeName } from "./storage";
import { throughput } from "./throughput";

const common = {
  ...program,
  /** Replicas without an autoscaler. Exactly one of `replicas` and `scale`. */
  replicas: count(1, 1000, "replicas", "a component that runs nowhere is no component").optional(),
  /** Autoscaler; `volumes` may stand beside it. */
  scale: scale.optional(),
  /** Pods that a drain must leave running (PodDisruptionBudget minAvailable). */
  keepAvailable: count(1, 1000, "pods", "a budget that keeps nothing available protects nothing"),
  /** Whether two of its pods may share a node. @default shared - they are spread as far as nodes allow */
  nodes: allow(
    z.enum(["shared", "one-each"]),
    "shared or one-each",
    "pods are spread over nodes, or kept apart for certain",
  ).optional(),
  /** Port of the metrics. Required for a worker and a controller that have metrics; their probes ask it too, unless they name another. @default that of the service */
  metricsPort: port.optional(),
  /** Path of the Prometheus metrics, or `none` for a program that exposes none: it is not scraped, and its indicators come from the probes from outside. @default /metrics */
  metrics: allow(
    z.union([z.literal("none"), path]),
    'none, or a path such as "/metrics"',
    "scrapers ask it",
  ).optional(),
  /** Further ports by name, asked by probes or opened by `reachedFrom`. */
  ports: recordOf(portName, port, 10).optional(),
  /** Longest time from start to readiness. @default 30 */
  bootSeconds: count(
    1,
    900,
    "seconds",
    "the startup probe waits this long, and longer starts do not fit a 30 minute recovery",
  ).optional(),
  /** Longest time to finish what is in flight after SIGTERM. @default 20 */
  drainSeconds: count(1, 600, "seconds", "the grace period is computed from it").optional(),
  /** Volumes that each pod keeps in its zone, by name: three replicas, or five and more (`scale.min` where there is an autoscaler), so that a zone's loss leaves a majority. */
  volumes: recordOf(volumeName, volume, 5).optional(),
  /** Other namespaces that may connect. The scrapers of namespace monitoring always reach the metrics. */
  reachedFrom: listOf(source).optional(),
  /** What its pods may do in the Kubernetes API. @default nothing, but for the lease of a controller */
  kubernetes: listOf(kubernetesRule).optional(),
  /** Pods that it makes at run time, by a name of their own: what its `kubernetes` rules allow it to create. @default none - refused by WL-35 where they allow it */
  creates: recordOf(dnsLabel(15, "it is part of object names"), createdPods, 3).optional(),
  /** Container registries of clouds that its pods reach with short-lived tokens. @default none */
  registries: registries.optional(),
  /** Buckets, queues and tables of AWS that its pods use; nothing else of AWS is open to them. @default none */
  aws: awsResources.optional(),
  /** What it promises to carry. @default none - nothing is promised */
  throughput: throughput.optional(),
};

export const component = z.discriminatedUnion(
  "kind",
  [
    /** Others, or customers, call it: it has a Service, and readiness decides whether it is sent traffic. */
    settings({
      kind: z.literal("service"),
      ...common,
      port,
      probes: serviceProbes,
      /** What is spoken on the port. @default http */
      protocol: allow(
        z.enum(["http", "grpc"]),
        "http or grpc",
        "the port is named after it, and a service mesh reads the name",
      ).optional(),
    }),
    /** Processes work from a queue or another source: no Service, only its metrics port is reachable. */
    settings({ kind: z.literal("worker"), ...common, probes }),
    /** Watches the Kubernetes API: one replica leads, the others stand by. */
    settings({ kind: z.literal("controller"), ...common, probes, leaderElection }),
  ],
  { error: "service, worker or controller" },
);

export type Component = z.infer<typeof component>;
export type ComponentLiteral = z.input<typeof component>;

/** Name of the port that requests and, by default, probes go to. */
export function mainPortOf(component: Pick<Component, "kind"> & { protocol?: "http" | "grpc" | undefined }): string {
  return component.kind === "service" ? (component.protocol ?? "http") : "metrics";
}

/** Where Prometheus finds the component's metrics. */
export interface MetricsEndpoint {
  /** Name of the port. */
  readonly portName: string;
  readonly port: number;
  readonly path: string;
  /** The port is the one that the Service forwards requests to. */
  readonly onService: boolean;
}

/** Undefined for a component that exposes no metrics. */
export function metricsOf(component: Component): MetricsEndpoint | undefined {
  const { metrics = "/metrics", metricsPort } = component;
  if (metrics === "none") return undefined;
  if (metricsPort !== undefined) return { portName: "metrics", port: metricsPort, path: metrics, onService: false };
  return component.kind === "service"
    ? { portName: mainPortOf(component), port: component.port, path: metrics, onService: true }
    : undefined;
}

/** Every port of the component's pods, by name. */
export function portsOf(component: Component): Readonly<Record<string, number>> {
  return {
    ...(component.kind === "service" ? { [mainPortOf(component)]: component.port } : {}),
    ...(component.metricsPort === undefined ? {} : { metrics: component.metricsPort }),
    ...component.ports,
  };
}

/** Whether its pods call the Kubernetes API. */
export const callsKubernetes = (component: Component): boolean =>
  component.kind === "controller" || component.kubernetes !== undefined;
