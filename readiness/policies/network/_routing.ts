import type { Platform } from "../../inventory/platform";
import type { Resource } from "../../inventory/resource";
import type { ListenerRule, LoadBalancer } from "../../inventory/facts/aws/load-balancers";

/** Load balancers that customers reach. */
export const publicBalancers = ({ loadBalancers }: Platform): readonly LoadBalancer[] =>
  loadBalancers.filter(({ internal, kind }) => !internal && kind === "application");

/** Whether a pattern of a listener rule matches: `*` stands for any text, `?` for one character. */
export function matchesPattern(pattern: string, text: string): boolean {
  const expression = [...pattern]
    .map((one) => (one === "*" ? ".*" : one === "?" ? "." : one.replace(/[.+^${}()|[\]\\]/g, "\\$&")))
    .join("");
  return new RegExp(`^${expression}$`).test(text);
}

/** A text that the pattern matches, and hardly another one. */
export const sampleOf = (pattern: string): string => pattern.replaceAll("*", "plimsoll-sample").replaceAll("?", "z");

/** A path that no pattern names. */
export const UNNAMED_PATH = "/plimsoll-sample/of-no-pattern";

/** Hosts are compared without case, paths with it. Source: Elastic Load Balancing user guide, condition types of listener rules, read 2026-11-29. */
export const answers = (rule: ListenerRule, host: string, path: string): boolean =>
  (rule.hosts.length === 0 || rule.hosts.some((one) => matchesPattern(one.toLowerCase(), host.toLowerCase()))) &&
  (rule.paths.length === 0 || rule.paths.some((one) => matchesPattern(one, path)));

/** Rules in the order in which the load balancer asks them. */
export const inOrder = (rules: readonly ListenerRule[]): readonly ListenerRule[] =>
  [...rules].sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0));

/** Application of the stack that makes the resource. */
export const applicationOf = ({ stack }: Resource, platform: Platform): string | undefined =>
  platform.stacks.find(({ name }) => name === stack)?.application;

/** Applications whose pods a load balancer of the region serves. */
export const servedApplications = (region: string | undefined, platform: Platform): readonly string[] => [
  ...new Set(
    platform.objects
      .filter((placed) => placed.object.kind === "TargetGroupBinding" && placed.region === region)
      .flatMap(({ resource }) => applicationOf(resource, platform) ?? []),
  ),
];

/** Name that fails over and name of the region, of an application. */
export const namesOf = (
  application: string,
  region: string | undefined,
  { environment }: Platform,
): readonly string[] => [
  `${application}.${environment.domain}`,
  `${application}.${region ?? ""}.${environment.domain}`,
];

/** Application that a public name belongs to: its first label. */
export function applicationOfHost(host: string, { environment, stacks }: Platform): string | undefined {
  const [label] = host.split(".");
  return host.endsWith(`.${environment.domain}`)
    ? stacks.find(({ application }) => application === label)?.application
    : undefined;
}

/** Names that lead customers to the load balancer: those of its records, of names that fail over, and of what it serves. */
export function hostsOf(balancer: LoadBalancer, platform: Platform): readonly string[] {
  const ours = publicBalancers(platform).map(({ resource }) => resource);
  const records = platform.records
    .filter(({ alias, failover }) =>
      failover === undefined
        ? alias?.target === balancer.resource
        : alias?.target !== undefined && ours.includes(alias.target),
    )
    .flatMap(({ name }) => name ?? []);
  const served = servedApplications(balancer.region, platform).flatMap((application) =>
    namesOf(application, balancer.region, platform),
  );
  return [...new Set([...records, ...served])].sort();
}
