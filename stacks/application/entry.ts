import { LbListenerRule } from "@cdktf/provider-aws/lib/lb-listener-rule";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import type { Construct } from "constructs";
import { RULES_PER_APPLICATION, VALUES_PER_RULE } from "../../config/application/listener-rules";
import type { Application, Authentication } from "../../config/application/schema";
import type { Site } from "../../config/site";
import { PRE_STOP_SECONDS } from "../../constructs/kubernetes/workload/container";

type Entry = NonNullable<Application["entry"]>;

/** Where requests of the application's host name go. The last one takes what no path names. */
export interface Route {
  readonly component: string;
  readonly healthPath: string;
  readonly paths?: readonly string[];
  readonly authentication?: Authentication | undefined;
}

export interface EntryProps {
  readonly site: Site;
  readonly application: string;
  readonly route: Route;
  /** 0 for the component that answers what no path names. */
  readonly index: number;
  /** Listener rules of the routes before this one. */
  readonly rulesBefore: number;
  readonly port: number;
  readonly protocol: "http" | "grpc";
  readonly vpcId: string;
  readonly loadBalancer: {
    readonly listenerArn: string;
    /** First of the application's own; it has one for each route. */ readonly rulePriority: number;
  };
}

const byRule = (values: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(values.length / VALUES_PER_RULE) }, (_, index) =>
    values.slice(index * VALUES_PER_RULE, (index + 1) * VALUES_PER_RULE),
  );

/** Path patterns of a route by listener rule. */
export const rulesOf = ({ paths }: Route): readonly (readonly string[])[] => byRule(paths ?? []);

/** What a listener rule asks of a request beside its host name. */
interface Conditions {
  readonly paths?: readonly string[];
  readonly sources?: readonly string[];
}

/** The rules of the component that answers what no path names: one for everything, or those that let in whom it serves. */
export function lastRulesOf(
  { authentication, healthPath }: Route,
  networks: readonly string[],
): readonly (Conditions & { readonly id: string })[] {
  if (authentication === undefined || !("networks" in authentication)) return [{ id: "" }];
  // Route 53 and the probes from outside ask the health path from addresses of their own.
  const open = [...new Set([healthPath, ...(authentication.open?.paths ?? [])])];
  return [
    ...byRule(networks).map((sources, index) => ({ id: index === 0 ? "" : `-networks-${index + 1}`, sources })),
    ...byRule(open).map((paths, index) => ({ id: `-open${index === 0 ? "" : `-${index + 1}`}`, paths })),
  ];
}

/** The component of the entry, then those that answer single paths. */
export const routesOf = ({ component, healthPath, authentication, routes }: Entry): readonly Route[] => [
  { component, healthPath, ...(authentication ? { authentication } : {}) },
  ...(routes ?? []),
];

/** The application's name that fails over, and that of the region. */
export const hostsOf = (application: string, { environment, region }: Site): string[] => [
  `${application}.${environment.domain}`,
  `${application}.${region.name}.${environment.domain}`,
];

/** Target group of one routed component, with the listener rule that sends it the application's requests. Returns its ARN. */
export function targetGroupOf(scope: Construct, props: EntryProps): LbTargetGroup {
  const { application, route, index, port, loadBalancer } = props;
  const { environment, role } = props.site;
  const suffix = index === 0 ? "" : `-${route.component}`;
  const group = new LbTargetGroup(scope, `target-group${suffix}`, {
    name: `${application}${suffix}-${role === "primary" ? "p" : "s"}`,
    vpcId: props.vpcId,
    targetType: "ip",
    port,
    protocol: "HTTP",
    ...(props.protocol === "grpc" ? { protocolVersion: "GRPC" } : {}),
    deregistrationDelay: String(PRE_STOP_SECONDS),
    healthCheck: {
      enabled: true,
      path: route.healthPath,
      protocol: "HTTP",
      port: "traffic-port",
      matcher: props.protocol === "grpc" ? "0" : "200",
      interval: 10,
      timeout: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
    },
  });
  const hosts = {
    hostHeader: { values: hostsOf(application, props.site) },
  };
  const action = [{ type: "forward", targetGroupArn: group.arn }];
  const rule = (id: string, priority: number, { paths, sources }: Conditions) =>
    new LbListenerRule(scope, `listener-rule${suffix}${id}`, {
      listenerArn: loadBalancer.listenerArn,
      priority: loadBalancer.rulePriority + priority,
      condition: [
        hosts,
        ...(paths ? [{ pathPattern: { values: [...paths] } }] : []),
        ...(sources ? [{ sourceIp: { values: [...sources] } }] : []),
      ],
      action,
    });
  // The first match decides: paths before what takes everything.
  if (index === 0)
    for (const [position, { id, ...only }] of lastRulesOf(route, environment.apiAccessCidrs).entries())
      rule(id, RULES_PER_APPLICATION - 1 - position, only);
  else
    for (const [position, paths] of rulesOf(route).entries())
      rule(position === 0 ? "" : `-${position + 1}`, props.rulesBefore + position, { paths });
  return group;
}
