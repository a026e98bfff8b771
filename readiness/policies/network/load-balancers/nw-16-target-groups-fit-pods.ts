import type { Platform } from "../../../inventory/platform";
import type { TargetGroup } from "../../../inventory/facts/aws/load-balancers";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { atLeast, equals, holds } from "../../../policy/comparison";
import { change, manifest, remove, resource, set, together } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, type Verdict } from "../../../policy/verdict";
import { type Binding, bindingsOf } from "../../../policy-terms/target-groups";
import { healthVerdicts, speaksGrpc } from "./_health-of-targets";
import { portOf } from "../../../policy-terms/scrapes";

/** Seconds of the slowest request that the application promises to answer in time. */
function slowestSeconds(workload: Workload, platform: Platform): number {
  const { objectives } =
    platform.namespaces.find(({ name, region }) => name === workload.namespace && region === workload.region) ?? {};
  return Math.ceil(Math.max(1000, objectives?.latencyP99Ms ?? 0, objectives?.latencyP95Ms ?? 0) / 1000);
}

/** What the binding registers answers on the ports that the group sends to. */
function registered(group: TargetGroup, { service, port, targetType }: Binding, platform: Platform): Verdict[] {
  // WL-23 says that the Service or its port is missing.
  if (!service || !port) return [notApplicable("the binding names no port of a Service")];
  const { workloads } = service;
  const ports = workloads.flatMap((workload) => portOf(port.targetPort, workload) ?? []);
  return [
    equals("ip", targetType ?? "not written", "targets that the binding registers"),
    ...workloads.map((workload) =>
      holds(
        workload.containers.some((container) =>
          container.ports.some((one) => one.port === portOf(port.targetPort, workload) && one.protocol === "TCP"),
        ),
        `a container of ${workload.label} listens on ${port.targetPort}, which Service ${service.name} sends to`,
        workload.containers.flatMap((container) => container.ports.map((one) => one.port)).join(", ") || "no port",
      ),
    ),
    ...[...new Set(ports)].map((number) => equals(number, group.port, `port of ${group.label}, against its pods'`)),
    holds(
      (group.protocolVersion === "GRPC") === workloads.some(speaksGrpc),
      workloads.some(speaksGrpc) ? "protocol version GRPC" : "protocol version HTTP1 or HTTP2",
      group.protocolVersion,
    ),
    ...workloads.map((workload) =>
      atLeast(
        slowestSeconds(workload, platform),
        group.deregistrationDelaySeconds,
        "seconds that requests in flight have when a pod leaves, against the slowest that is promised",
      ),
    ),
    ...healthVerdicts(group, ports, workloads, platform),
  ];
}

const groups = resource("aws_lb_target_group");
const secondary = resource("aws_lb_target_group", (_, __, stack) => stack.endsWith("eu-west-1"));
const bindings = manifest("TargetGroupBinding");

export default policy({
  id: "NW-16",
  severity: "error",
  proves: ["CA-08", "CA-24", "FL-28"],
  title: "Target groups send to ports of pods that answer, and notice those that do not",
  because:
    "a wrong port, path, protocol or answer makes every target unhealthy and the application answers 503; a check that takes errors for health, or takes minutes, sends customers to dead pods",
  remedy: "let the entry of the application make the target group, from the port and health path of its component",
  subjects: (platform) => platform.targetGroups,
  check: (group, platform) => {
    const bound = bindingsOf(group, platform);
    const vpc = group.resource.resource("vpc_id");
    const used = platform.loadBalancers.some(({ targetGroups }) => targetGroups.includes(group));
    return [
      equals("ip", group.targetType, "target type: pods have addresses of their own"),
      equals("HTTP", group.protocol, "protocol that pods are spoken to with"),
      holds(
        platform.networks.some((network) => network.region === group.resource.region && network.resource === vpc),
        "the network of its region",
        group.resource.expanded("vpc_id") ?? "none",
      ),
      holds(used, "a listener rule forwards to it", "no rule does"),
      ...(bound.length === 1
        ? bound.flatMap((binding) => registered(group, binding, platform))
        : [
            fail({
              expected: "one TargetGroupBinding that registers pods in it",
              actual: `${bound.length}`,
              field: "entry",
            }),
          ]),
    ];
  },
  mutants: [
    remove("nothing registers pods", bindings),
    change(
      "bound to a target group that does not exist",
      bindings,
      set("spec.targetGroupARN", "arn:aws:elasticloadbalancing:x"),
    ),
    change("node ports", bindings, set("spec.targetType", "instance")),
    change("targets are instances", groups, set("target_type", "instance")),
    change("TLS to pods that speak plain text", groups, set("protocol", "HTTPS")),
    change("gRPC to pods that speak HTTP", groups, set("protocol_version", "GRPC")),
    change("another port than the pods'", groups, set("port", 9999)),
    change("another network", groups, set("vpc_id", "vpc-0123456789abcdef0")),
    change("a check of port 9999", groups, set("health_check.port", "9999")),
    change("a check of /nope, in the secondary", secondary, set("health_check.path", "/nope")),
    change("a check by TLS", groups, set("health_check.protocol", "HTTPS")),
    change("a check that expects 418", groups, set("health_check.matcher", "418")),
    change("a check that takes 500 for health", groups, set("health_check.matcher", "200-599")),
    change("no check", groups, set("health_check.enabled", false)),
    change("answers that come too late", groups, set("health_check.timeout", 10)),
    change("ten failures", groups, set("health_check.unhealthy_threshold", 10)),
    change("ten successes, in the secondary", secondary, set("health_check.healthy_threshold", 10)),
    change("requests are cut", groups, set("deregistration_delay", "0")),
    together(
      "pods that do not listen on the port",
      change("the Service's", resource("kubernetes_service_v1"), set("spec.port.0.target_port", "9999")),
      change("the group's", groups, set("port", 9999)),
    ),
    remove("no rule forwards to it", resource("aws_lb_listener_rule")),
  ],
  boundary: {
    holds: change("six failures", groups, set("health_check.unhealthy_threshold", 6)),
    breaks: change("seven failures", groups, set("health_check.unhealthy_threshold", 7)),
  },
});
