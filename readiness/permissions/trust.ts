import { resourceType } from "../../catalog/resource-types";
import { evaluate } from "../../models/permissions";
import { arnOf } from "../inventory/arns";
import type { Platform } from "../inventory/platform";
import type { Resource } from "../inventory/resource";
import { fail, pass, type Verdict } from "../policy/verdict";
import { contextOf } from "./decide";

/** A service that has to be able to assume a role. */
export interface Assumption {
  readonly service: string;
  readonly actions: readonly string[];
  readonly context: Readonly<Record<string, string>>;
  /** Who gets the role's credentials, for a reader. */
  readonly who: string;
}

/** Who must be able to assume the role. EKS tags sessions of pods: they need sts:TagSession too (EKS user guide, Pod Identity trust policy). */
export function assumptionsOf(role: Resource, platform: Platform): readonly Assumption[] {
  const { accountId } = platform.environment;
  const ofServices = platform.referrers(role).flatMap((user) => {
    const known = resourceType(user.type)?.assumesRole;
    if (known === undefined || user.resource(known.argument) !== role) return [];
    return [
      {
        service: known.service,
        actions: ["sts:AssumeRole"],
        who: user.label,
        context: { "aws:SourceAccount": accountId, "aws:SourceArn": arnOf(user, accountId) ?? "" },
      },
    ];
  });
  const ofPods = platform.podIdentities
    .filter((one) => one.role === role)
    .map(({ namespace = "", serviceAccount = "", region, resource }) => {
      const cluster = clusterOf(resource, region, platform);
      const arn = cluster === undefined ? "" : (arnOf(cluster, accountId) ?? "");
      return {
        service: "pods.eks.amazonaws.com",
        actions: ["sts:AssumeRole", "sts:TagSession"],
        who: `pods of ${namespace}/${serviceAccount} in ${region ?? ""}`,
        context: {
          "aws:SourceAccount": accountId,
          "aws:SourceArn": arn,
          "aws:RequestTag/eks-cluster-arn": arn,
          "aws:RequestTag/eks-cluster-name": cluster?.text("name") ?? "",
          "aws:RequestTag/kubernetes-namespace": namespace,
          "aws:RequestTag/kubernetes-service-account": serviceAccount,
        },
      };
    });
  return [...ofServices, ...ofPods];
}

/** The cluster that an association or add-on names. */
export function clusterOf(resource: Resource, region: string | undefined, platform: Platform): Resource | undefined {
  const name = resource.text("cluster_name");
  return platform.clusters.find((one) => one.region === region && one.name === name)?.resource;
}

/** Whether the trust policy lets the service in. */
export function judgeAssumption(role: Resource, assumption: Assumption, platform: Platform): Verdict {
  const { service, who } = assumption;
  const { accountId } = platform.environment;
  const trust = platform.policyDocuments.find(
    ({ resource, argument }) => resource === role && argument === "assume_role_policy",
  );
  const name = role.text("name") ?? role.name;
  const refused = assumption.actions.filter(
    (action) =>
      !evaluate(
        {
          principal: { kind: "service", name: service },
          action,
          resource: arnOf(role, accountId) ?? "*",
          resourceAccount: accountId,
          context: contextOf(platform, role.region ?? "", assumption.context),
        },
        { identity: [], resource: trust?.statements ?? [], resourceDecides: "resource" },
      ).allowed,
  );
  return refused.length === 0
    ? pass(`${service} may assume ${name}`)
    : fail({
        expected: `the trust policy of ${name} allows ${service} ${refused.join(", ")}`,
        actual: "no statement does for this account, cluster and service account",
        message: `${who} get no credentials of role ${name}: its trust policy does not allow ${service} ${refused.join(", ")}`,
      });
}

/** Principals that the platform does not hand the role to. */
export function judgeOpenness(role: Resource, services: readonly string[], platform: Platform): readonly Verdict[] {
  const { accountId } = platform.environment;
  const trust = platform.policyDocuments.filter(
    ({ resource, argument }) => resource === role && argument === "assume_role_policy",
  );
  const name = role.text("name") ?? role.name;
  return trust
    .flatMap(({ statements }) => statements)
    .filter(({ effect }) => effect === "Allow")
    .map((statement) => {
      const strangers = [
        ...statement.notPrincipals.map((one) => `everybody but ${one}`),
        ...statement.principals.filter((one) => !expected(one, services, accountId)),
      ];
      return strangers.length === 0
        ? pass(statement.principals.join(", "))
        : fail({
            expected: `only ${services.join(", ") || `roles of account ${accountId}`} may assume ${name}`,
            actual: strangers.join(", "),
            message: `${strangers.join(", ")} may assume role ${name} and have all of its permissions`,
          });
    });
}

/** A service that is given the role, or a named role or user of the own account. */
function expected(principal: string, services: readonly string[], account: string): boolean {
  if (principal.startsWith("Service:"))
    return services.length === 0 || services.includes(principal.slice("Service:".length));
  return new RegExp(`^AWS:arn:aws:(iam|sts)::${account}:(role|user|assumed-role)/[^*?]+$`).test(principal);
}
