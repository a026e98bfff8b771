import type { Authentication, Component } from "../../../config/application/schema";
import { reachedBy } from "../access/traffic-rules";
import { drainSecondsOf } from "./pod-template";
import { bootSecondsOf } from "./probes";
import type { ContainerProps } from "./container";

/** AWS actions that a component calls. */
export interface AwsPermission {
  readonly actions: readonly string[];
  /** ARNs, or `*` for actions that take no resource. */
  readonly resources: readonly string[];
}

export interface ComponentFactsProps extends Pick<ContainerProps, "logs"> {
  readonly part: Component;
  /** How a component that the internet reaches authenticates callers. */
  readonly authentication?: Authentication;
  /** Paths of the application's host whose bodies the web ACL does not judge. @default none */
  readonly uninspectedBodies?: readonly string[];
  /** What its pods call in AWS. @default none - they have no IAM role */
  readonly awsPermissions?: readonly AwsPermission[];
}

/** What the annotation `plimsoll.dev/component` says of a component: facts that no field of Kubernetes holds. */
export function componentFacts({
  part,
  logs,
  authentication,
  uninspectedBodies,
  awsPermissions,
}: ComponentFactsProps): object {
  return {
    bootSeconds: bootSecondsOf(part),
    drainSeconds: drainSecondsOf(part),
    talksTo: reachedBy(part),
    logs,
    ...(part.distroless ? { distroless: true } : {}),
    ...(part.reachedFrom ? { reachedFrom: part.reachedFrom } : {}),
    ...(part.creates ? { creates: part.creates } : {}),
    ...(part.kind === "controller" ? { leaderElection: part.leaderElection } : {}),
    ...(part.throughput ? { throughput: part.throughput } : {}),
    ...(authentication ? { authentication } : {}),
    ...(uninspectedBodies ? { uninspectedBodies } : {}),
    ...(awsPermissions?.length ? { awsPermissions } : {}),
  };
}
