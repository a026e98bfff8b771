import type {
  DeploymentV1SpecTemplateSpecContainer,
  DeploymentV1SpecTemplateSpecContainerLivenessProbe,
} from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { mainPortOf, portsOf } from "../../../config/application/parts/component";
import type { Component, Probe } from "../../../config/application/schema";

type ProbeBlock = DeploymentV1SpecTemplateSpecContainerLivenessProbe;

export const bootSecondsOf = (component: Component): number => component.bootSeconds ?? 30;

/** The three questions of the kubelet. While the startup probe runs, the others wait. */
export function probeBlocks(
  component: Component,
): Pick<DeploymentV1SpecTemplateSpecContainer, "startupProbe" | "livenessProbe" | "readinessProbe"> {
  const { liveness, readiness, startup } = component.probes;
  const start = startup ?? { ...liveness, periodSeconds: undefined, failureThreshold: undefined };
  const startPeriodSeconds = start.periodSeconds ?? 5;
  return {
    startupProbe: block(start, component, {
      periodSeconds: 5,
      failureThreshold: Math.ceil(bootSecondsOf(component) / startPeriodSeconds) + 1,
    }),
    livenessProbe: block(liveness, component, { periodSeconds: 10, failureThreshold: 3 }),
    ...(readiness ? { readinessProbe: block(readiness, component, { periodSeconds: 5, failureThreshold: 2 }) } : {}),
  };
}

function block(
  probe: Probe,
  component: Component,
  otherwise: { periodSeconds: number; failureThreshold: number },
): ProbeBlock {
  return {
    ...question(probe, component),
    periodSeconds: probe.periodSeconds ?? otherwise.periodSeconds,
    timeoutSeconds: probe.timeoutSeconds ?? 2,
    failureThreshold: probe.failureThreshold ?? otherwise.failureThreshold,
  };
}

function question(probe: Probe, component: Component): ProbeBlock {
  if ("http" in probe) return { httpGet: { path: probe.http, port: probe.port ?? mainPortOf(component) } };
  if ("exec" in probe) return { exec: { command: probe.exec } };
  if ("tcp" in probe) return { tcpSocket: [{ port: probe.tcp }] };
  // Kubernetes takes a number only for gRPC.
  return { grpc: [{ port: portsOf(component)[probe.port ?? mainPortOf(component)] ?? 0, service: probe.grpc }] };
}
