import type { Platform } from "../../../inventory/platform";
import type { TargetGroup } from "../../../inventory/facts/aws/load-balancers";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { answered, runningIn } from "../../../policy-terms/program";
import { atMost, below, equals, holds, oneOf } from "../../../policy/comparison";
import { fail, type Verdict } from "../../../policy/verdict";

/** Longest time for which a pod that has stopped answering still gets requests, in seconds. */
const LONGEST_UNNOTICED = 60;
/** Longest time for which a pod that answers waits for its first request, in seconds: each rollout waits for it pod by pod. */
const LONGEST_UNUSED = 60;

/** Status that healthy pods answer with: a matcher such as `200-299`, or `0` of gRPC. */
function accepts(matcher: string, status: number): boolean {
  return matcher.split(",").some((part) => {
    const [low, high = low] = part.split("-").map(Number);
    return low !== undefined && high !== undefined && low <= status && status <= high;
  });
}

/** Whether the container answers the path: a probe asks it, or the record of its program has it. */
function answersPath(workload: Workload, path: string, platform: Platform): boolean {
  const running = runningIn(workload, platform);
  if (running) return answered(running, path);
  return workload.containers.some(({ liveness, readiness, startup }) =>
    [liveness, readiness, startup].some((probe) => probe?.kind === "http" && (probe.path ?? "/") === path),
  );
}

export const speaksGrpc = (workload: Workload): boolean =>
  workload.containers.some(({ ports }) => ports.some(({ name }) => name === "grpc"));

/** The question is asked of a port and path that answer, in a way that a healthy pod passes and a dead one fails in time. */
export function healthVerdicts(
  group: TargetGroup,
  ports: readonly number[],
  workloads: readonly Workload[],
  platform: Platform,
): Verdict[] {
  const { healthCheck: check } = group;
  if (!check.enabled) return [fail({ expected: "a health check", actual: "it is disabled" })];
  const grpc = workloads.some(speaksGrpc);
  const path = check.path ?? (grpc ? "/AWS.ALB/healthcheck" : "/");
  const field = { field: "entry.healthPath" };
  const timeout = check.timeoutSeconds ?? 5;
  return [
    oneOf(["traffic-port", ...ports.map(String)], check.port ?? "traffic-port", "port of the health check"),
    equals("HTTP", check.protocol, "protocol of the health check"),
    holds(
      accepts(check.matcher ?? (grpc ? "12" : "200"), grpc ? 0 : 200),
      `the health check accepts ${grpc ? "0 (OK of gRPC)" : "200"}`,
      check.matcher ?? "what is not written",
    ),
    ...(grpc
      ? []
      : [
          holds(
            ![404, 500, 503].some((status) => accepts(check.matcher ?? "200", status)),
            "the health check takes no error for health",
            check.matcher ?? "200",
          ),
        ]),
    ...(grpc
      ? []
      : workloads.map((workload) =>
          holds(
            answersPath(workload, path, platform),
            `${workload.label} answers ${path}, which the load balancer asks it for`,
            "no probe asks for it, and no record of the program has it",
            field,
          ),
        )),
    below(check.intervalSeconds, timeout, "seconds that an answer may take, against those between two questions"),
    atMost(
      LONGEST_UNNOTICED,
      check.intervalSeconds * check.unhealthyThreshold,
      "seconds for which a dead pod still gets requests",
      { arithmetic: `${check.intervalSeconds} s × ${check.unhealthyThreshold}` },
    ),
    atMost(
      LONGEST_UNUSED,
      check.intervalSeconds * check.healthyThreshold,
      "seconds for which a pod that answers gets no request",
      { arithmetic: `${check.intervalSeconds} s × ${check.healthyThreshold}` },
    ),
  ];
}
