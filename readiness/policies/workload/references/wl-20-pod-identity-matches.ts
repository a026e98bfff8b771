import { accountKey, accountsInUse, type AwsPods, awsPodsOf } from "../../../permissions/accounts";
import { clusterOf } from "../../../permissions/trust";
import type { Platform } from "../../../inventory/platform";
import type { PodIdentity } from "../../../inventory/facts/aws/clusters";
import { change, remove, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, pass, type Verdict } from "../../../policy/verdict";
import { releaseOf } from "../../../policy-terms/targets";

const associations = resource("aws_eks_pod_identity_association");

const isFor = (one: PodIdentity, pods: AwsPods): boolean =>
  accountKey(one.region, one.namespace, one.serviceAccount) === accountKey(pods.region, pods.namespace, pods.account);

/** Whether pods of the platform run in the namespace of the association: those of a later stack are judged when they come. */
const isPresent = ({ region, namespace }: PodIdentity, platform: Platform): boolean =>
  [...accountsInUse(platform)].some((account) => account.startsWith(accountKey(region, namespace, "")));

/** An association that no pod uses gives its role to no pod. */
function judgeAssociation(one: PodIdentity, platform: Platform): Verdict[] {
  const account = `${one.namespace ?? "none"}/${one.serviceAccount ?? "none"}`;
  const cluster = clusterOf(one.resource, one.region, platform);
  return [
    cluster
      ? pass(`cluster ${cluster.text("name") ?? ""}`)
      : fail({
          expected: `a cluster of ${one.region ?? "the region"}`,
          actual: one.resource.expanded("cluster_name") ?? "none",
          message: `the Pod Identity association of ${account} names cluster ${one.resource.expanded("cluster_name") ?? "none"}, which is not in ${one.region ?? "its region"}`,
        }),
    !isPresent(one, platform)
      ? notApplicable(
          `nothing is installed in namespace ${one.namespace ?? "none"}: pods that need the role are judged`,
        )
      : accountsInUse(platform).has(accountKey(one.region, one.namespace, one.serviceAccount))
        ? pass(account)
        : fail({
            expected: `a service account that pods of ${one.region ?? "the region"} run with`,
            actual: account,
            message: `no pod in ${one.region ?? "the region"} runs with service account ${account}: role ${one.roleName ?? "of the association"} reaches no pod`,
          }),
  ];
}

export default policy({
  id: "WL-20",
  severity: "error",
  proves: ["CA-23", "FL-14"],
  title: "Pods that call AWS and Pod Identity associations name the same account",
  because:
    "a mistyped namespace, service account or cluster leaves pods without credentials, and neither AWS nor Kubernetes reports it",
  remedy: "associate the role with the namespace and service account that the chart or component uses (WorkloadRole)",
  subjects: (platform): readonly (PodIdentity | AwsPods)[] => [...platform.podIdentities, ...awsPodsOf(platform)],
  check: (subject, platform) => {
    if (!("who" in subject)) return judgeAssociation(subject, platform);
    const { who, region, namespace, account, otherwise } = subject;
    return platform.podIdentities.some((one) => isFor(one, subject))
      ? pass(`${namespace}/${account}`)
      : fail({
          expected: `a Pod Identity association of ${namespace}/${account} in ${region}`,
          actual: "none",
          message: `${who} in ${region} runs with ${namespace}/${account}, which has no Pod Identity association: ${otherwise}`,
        });
  },
  mutants: [
    change("a mistyped account", associations, set("service_account", "velero-sever")),
    change("a mistyped namespace", associations, set("namespace", "kube-sytem")),
    change("another cluster", associations, set("cluster_name", "other")),
    remove("no association", associations),
    change(
      "the chart uses another account",
      releaseOf("velero"),
      set("values.0.serviceAccount", { server: { name: "backup" } }),
    ),
    change("the release goes to another namespace", releaseOf("cluster-autoscaler"), set("namespace", "scaling")),
    change("the add-on's own account is mistyped", resource("aws_eks_addon"), (block) => {
      if (block["pod_identity_association"]) set("pod_identity_association.service_account", "aws-nod")(block);
    }),
  ],
  boundary: {
    holds: change(
      "the account that the chart has",
      releaseOf("velero"),
      set("values.0.serviceAccount", { server: { name: "velero-server" } }),
    ),
    breaks: change(
      "a letter more",
      releaseOf("velero"),
      set("values.0.serviceAccount", { server: { name: "velero-servers" } }),
    ),
  },
});
