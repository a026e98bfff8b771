import type { Platform } from "../../../inventory/platform";
import type { Listener, ListenerRule, LoadBalancer } from "../../../inventory/facts/aws/load-balancers";
import { equals, holds } from "../../../policy/comparison";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";
import { answers, applicationOf, applicationOfHost, inOrder, sampleOf, UNNAMED_PATH } from "../_routing";

/** Values of all conditions of one rule. Source: Elastic Load Balancing, quotas of Application Load Balancers, read 2026-11-21. */
const MOST_VALUES = 5;

/** Why requests of the host do not reach its application; undefined where they do. */
function lost(host: string, path: string, listener: Listener, balancer: LoadBalancer, platform: Platform) {
  const application = applicationOfHost(host, platform);
  if (application === undefined) return "no application of the platform has that name";
  const rule = inOrder(listener.rules).find((one) => answers(one, host, path));
  if (rule === undefined) return "no rule matches: the default action answers";
  const name = `rule ${rule.priority ?? ""} of ${rule.resource.stack}`;
  const others = rule.otherConditions.filter((kind) => kind !== "source_ip" || !isDeclared(rule, platform));
  if (others.length > 0) return `${name} asks for ${others.join(", ")} too`;
  if (rule.sources.length > 0 && isHealthPath(host, path, platform))
    return `${name} lets in ${rule.sources.join(", ")} alone, and Route 53 asks from elsewhere`;
  if (rule.actions.some((action) => action !== "forward"))
    return `${name} answers with ${rule.actions.join(", ") || "no action"}`;
  if (rule.targetGroups.length === 0) return `${name} forwards to no target group that gets requests`;
  const strange = rule.targetGroups.find(
    (group) => applicationOf(group, platform) !== application || group.region !== balancer.region,
  );
  return strange && `${name} forwards to target group ${strange.text("name") ?? strange.address} of ${strange.stack}`;
}

/** Whether the application says that only the organisation's networks reach it, and the rule lets in no others: NW-13 judges why. */
const isDeclared = (rule: ListenerRule, { environment, workloads }: Platform): boolean =>
  rule.sources.every((network) => environment.apiAccessCidrs.includes(network)) &&
  workloads.some(
    ({ stack, component }) => stack === rule.resource.stack && component?.authentication?.networks === "organisation",
  );

const isHealthPath = (host: string, path: string, { healthChecks }: Platform): boolean =>
  healthChecks.some((check) => check.host === host && check.path === path);

export function served(host: string, listener: Listener, balancer: LoadBalancer, platform: Platform): Verdict {
  const checked = platform.healthChecks.filter((check) => check.host === host).flatMap(({ path }) => path ?? []);
  const patterns = listener.rules
    .filter((rule) => answers({ ...rule, paths: [] }, host, "/"))
    .flatMap(({ paths }) => paths.map(sampleOf));
  for (const path of new Set(["/", UNNAMED_PATH, ...checked, ...patterns])) {
    const reason = lost(host, path, listener, balancer, platform);
    if (reason !== undefined)
      return fail({
        expected: `${host}${path === UNNAMED_PATH ? "" : path} reaches pods of its application`,
        actual: reason,
        message: `${host} in ${balancer.region ?? "its region"}: ${path === UNNAMED_PATH ? "a request" : `a request of ${path}`} does not reach its application: ${reason}`,
      });
  }
  return pass(`${host} reaches its application`);
}

/** A rule that never decides, or that AWS does not take. */
export function judgeRule(rule: ListenerRule, listener: Listener): Verdict {
  const place = { constructPath: rule.resource.constructPath, field: "entry" };
  const refuse = (expected: string, actual: string): Verdict => fail({ expected, actual, place });
  if (rule.priority === undefined)
    return unknown(`priority of ${rule.resource.address}: AWS gives the next free one in the order of deployment`);
  if (listener.rules.some((other) => other !== rule && other.priority === rule.priority))
    return refuse("a priority that no other rule has", `priority ${rule.priority} twice: AWS refuses the second rule`);
  const values = rule.hosts.length + rule.paths.length + rule.sources.length;
  if (values > MOST_VALUES) return refuse(`at most ${MOST_VALUES} values of conditions`, `${values}: AWS refuses it`);
  const hosts = rule.hosts.length === 0 ? ["sample.invalid"] : rule.hosts.map(sampleOf);
  const paths = rule.paths.length === 0 ? [UNNAMED_PATH] : rule.paths.map(sampleOf);
  for (const host of hosts)
    for (const path of paths) {
      const first = inOrder(listener.rules).find((one) => answers(one, host, path));
      if (first && first !== rule && first.otherConditions.length === 0)
        return refuse(
          `rule ${rule.priority} decides what it matches`,
          `rule ${first.priority ?? ""} of ${first.resource.stack} comes first for ${host}${path}`,
        );
    }
  return pass(`rule ${rule.priority} decides what it matches`);
}

/** Plain requests are redirected to the same address with HTTPS; port, path and query are kept where nothing else is written. */
export function redirects(balancer: LoadBalancer): Verdict[] {
  const listener = balancer.listeners.find(({ port }) => port === 80);
  if (!listener) return [fail({ expected: "a listener on port 80 that redirects to HTTPS", actual: "none" })];
  const [action] = listener.resource.blocks("default_action");
  const part = (name: string, otherwise: string): string => action?.text(`redirect.${name}`) ?? otherwise;
  return [
    equals("redirect", action?.text("type") ?? "none", "action of port 80"),
    equals("HTTPS 443", `${part("protocol", "#{protocol}")} ${part("port", "#{port}")}`, "where port 80 redirects to"),
    equals(
      ["#{host}", "/#{path}", "#{query}"],
      [part("host", "#{host}"), part("path", "/#{path}"), part("query", "#{query}")],
      "host, path and query of the redirect of port 80",
    ),
  ];
}

export function servesNothing(listener: Listener): Verdict {
  const codes = listener.resource
    .blocks("default_action")
    .map((action) => `${action.text("type") ?? "no action"} ${action.text("fixed_response.status_code") ?? ""}`.trim());
  return holds(
    codes.length === 1 && codes.every((code) => /^fixed-response (403|404|421)$/.test(code)),
    "the default action answers 404 to names of no application",
    codes.join(", ") || "no action",
  );
}
