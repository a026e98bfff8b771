import { objectOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { HealthCheck } from "../../../inventory/facts/aws/dns";
import type { TargetGroup } from "../../../inventory/facts/aws/load-balancers";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { equals, holds } from "../../../policy/comparison";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, type Verdict } from "../../../policy/verdict";
import { workloadsBehind } from "../../../policy-terms/target-groups";
import { ofApplication } from "../../../policy-terms/targets";

const groups = resource("aws_lb_target_group", (block) => block["name"] === "ledger-p" || block["name"] === "ledger-s");
const checks = resource("aws_route53_health_check", (block) => String(block["fqdn"]).startsWith("ledger."));

/** Stores and other services that the workload needs to answer. */
const needs = ({ component }: Workload): number =>
  (component?.talksTo ?? []).filter((one) => !("kubernetes" in objectOf(one)) && !("podIdentity" in objectOf(one)))
    .length;

function shallow(path: string | undefined, workload: Workload, what: string): Verdict[] {
  if (needs(workload) === 0) return [notApplicable("the component needs no other to answer")];
  return workload.containers.flatMap(({ liveness, readiness }) => {
    const alive = liveness?.kind === "http" ? liveness.path : undefined;
    return [
      alive === undefined
        ? holds(
            readiness?.kind !== "http" || readiness.path !== path,
            `${what} asks another path than the readiness probe`,
            `both ask ${path ?? "/"}`,
            { field: "entry.healthPath" },
          )
        : equals(alive, path ?? "/", `path of ${what}, against the liveness probe`, { field: "entry.healthPath" }),
      holds(
        readiness?.kind !== "http" || readiness.path !== alive,
        `the readiness probe of ${workload.label} asks more than the liveness probe`,
        `both ask ${alive ?? "/"}`,
        { field: "probes.readiness" },
      ),
    ];
  });
}

/** The check of a region asks what the load balancer asks of the pods behind the name's last rule. */
const checkedBy = (group: TargetGroup, platform: Platform): readonly HealthCheck[] =>
  platform.loadBalancers
    .flatMap(({ listeners }) => listeners.flatMap(({ rules }) => rules))
    .filter(({ targetGroups, paths }) => paths.length === 0 && targetGroups.includes(group.resource))
    .flatMap(({ hosts }) =>
      platform.healthChecks.filter(({ kind, host }) => kind === "endpoint" && hosts.includes(host ?? "")),
    );

export default policy({
  id: "MR-13",
  severity: "error",
  proves: ["CA-08", "FG-22"],
  title: "The health of a region does not ask the stores behind its pods",
  because:
    "a database fails over inside its region in one or two minutes: a health check that asks it moves all customers to the other region, where the latch holds them, and takes every pod out of the load balancer at once",
  remedy:
    "give entry.healthPath the path that answers while the process runs, and the readiness probe the one that asks the stores",
  subjects: (platform): readonly TargetGroup[] => platform.targetGroups,
  check: (group, platform) => {
    const workloads = workloadsBehind(group, platform);
    if (workloads.length === 0) return fail({ expected: `pods behind ${group.label}`, actual: "none" });
    return [
      ...workloads.flatMap((workload) => shallow(group.healthCheck.path, workload, group.label)),
      ...checkedBy(group, platform).flatMap((check) => [
        equals(group.healthCheck.path ?? "/", check.path ?? "/", `path of ${check.label}, against the load balancer's`),
        holds(
          !check.resource.has("search_string"),
          `${check.label} asks for the status alone`,
          `it looks for "${check.resource.text("search_string") ?? "a text"}" in the answer: no program promises that text`,
        ),
      ]),
    ];
  },
  mutants: [
    change("the load balancer asks the stores", groups, set("health_check.path", "/health/ready")),
    change("Route 53 asks the stores", checks, set("resource_path", "/health/ready")),
    change(
      "Route 53 asks them in the secondary",
      resource("aws_route53_health_check", (block) => block["fqdn"] === "ledger.eu-west-1.acme.example"),
      set("resource_path", "/health/ready"),
    ),
    change("Route 53 looks for a text", checks, (block) => {
      set("type", "HTTPS_STR_MATCH")(block);
      set("search_string", "welcome")(block);
    }),
    change(
      "readiness asks no store",
      ofApplication("ledger", "kubernetes_deployment_v1"),
      set("spec.template.spec.container.0.readiness_probe.http_get.path", "/health/live"),
    ),
  ],
  boundary: {
    holds: change(
      "another readiness path",
      ofApplication("ledger", "kubernetes_deployment_v1"),
      set("spec.template.spec.container.0.readiness_probe.http_get.path", "/health/deep"),
    ),
    breaks: change("a path that is nearly the liveness probe's", groups, set("health_check.path", "/health/live/")),
  },
});
