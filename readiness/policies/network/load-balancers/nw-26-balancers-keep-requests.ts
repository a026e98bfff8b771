import type { Platform } from "../../../inventory/platform";
import type { LoadBalancer } from "../../../inventory/facts/aws/load-balancers";
import { mustProtectData } from "../../../policy-terms/scope";
import { atLeast, equals, holds } from "../../../policy/comparison";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import type { Verdict } from "../../../policy/verdict";
import { publicBalancers, servedApplications } from "../_routing";

/** Elastic Load Balancing user guide, "Attributes" of an Application Load Balancer, read 2026-11-29. */
const UNSET_IDLE_SECONDS = 60;

/** Seconds of the slowest request that one of the applications promises to answer; a second where none promises. */
function slowestSeconds({ region }: LoadBalancer, platform: Platform): number {
  const served = servedApplications(region, platform);
  const objectives = platform.namespaces.filter((one) => one.region === region && served.includes(one.name));
  const slowest = objectives.map((one) =>
    Math.max(one.objectives?.latencyP99Ms ?? 0, one.objectives?.latencyP95Ms ?? 0),
  );
  return Math.ceil(Math.max(1000, ...slowest) / 1000);
}

/** In HTTPS, ALB asks no client for a certificate unless it is configured to. */
const asksCertificates = ({ listeners }: LoadBalancer): string | undefined =>
  listeners
    .flatMap(({ resource: listener }) => listener.blocks("mutual_authentication"))
    .map((block) => block.text("mode"))
    .find((mode) => mode === "verify");

function slowStarts({ targetGroups }: LoadBalancer): Verdict[] {
  return targetGroups.map(({ resource: group, label }) =>
    equals(
      0,
      group.number("slow_start") ?? 0,
      `seconds of slow start of ${label}: recovery and scaling count without it`,
    ),
  );
}

const balancers = resource("aws_lb");
const groups = resource("aws_lb_target_group");
const listeners = resource("aws_lb_listener", (block) => block["protocol"] === "HTTPS");

export default policy({
  id: "NW-26",
  severity: "error",
  proves: ["CA-08", "CA-24"],
  title: "Load balancers keep requests as long as promised, admit everybody, and stay",
  because:
    "requests that are slower than the idle timeout end in 504, a certificate that is asked for locks every customer out, new pods of a slow start do not carry the peak, and one wrong destroy takes all names down",
  remedy:
    "leave idle_timeout at 60 or above the slowest promised request, mutual_authentication and slow_start off, and enable_deletion_protection on, as IngressLoadBalancer makes them",
  equivalents: ["checkov CKV_AWS_150"],
  subjects: publicBalancers,
  check: (balancer, platform) => {
    const mode = asksCertificates(balancer);
    return [
      atLeast(
        slowestSeconds(balancer, platform) + 1,
        balancer.resource.number("idle_timeout") ?? UNSET_IDLE_SECONDS,
        "seconds of idle_timeout, above the slowest request that is promised",
      ),
      holds(mode === undefined, "customers are asked for no certificate", `mutual_authentication ${mode ?? "off"}`),
      ...slowStarts(balancer),
      ...(mustProtectData(platform)
        ? [holds(balancer.deletionProtection, "enable_deletion_protection", "off: one destroy takes every name down")]
        : []),
    ];
  },
  mutants: [
    change("a second of patience", balancers, set("idle_timeout", 1)),
    change(
      "a second of patience, in the secondary",
      resource("aws_lb", (_, __, stack) => stack.endsWith("eu-west-1")),
      set("idle_timeout", 1),
    ),
    change("may be deleted", balancers, set("enable_deletion_protection", false)),
    change("new pods get their share after a quarter of an hour", groups, set("slow_start", 900)),
    change("every customer is asked for a certificate", listeners, set("mutual_authentication", { mode: "verify" })),
  ],
  boundary: {
    holds: change("one second more than the slowest request", balancers, set("idle_timeout", 3)),
    breaks: change("no more than the slowest request", balancers, set("idle_timeout", 2)),
  },
});
