import { accountKey, type AwsPods, awsPodsOf } from "../../../permissions/accounts";
import { asObject } from "../../../policy/json";
import { change, changeStack, resource, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, pass } from "../../../policy/verdict";
import { releaseOf } from "../../../policy-terms/targets";

const withoutAssociation = (block: Parameters<ReturnType<typeof unset>>[0]): void => {
  const before = block["depends_on"];
  if (Array.isArray(before)) block["depends_on"] = before.filter((one) => !String(one).includes("pod_identity"));
};

export default policy({
  id: "DE-20",
  severity: "error",
  proves: ["CA-23", "FL-14"],
  title: "Pods that call AWS start after their Pod Identity association",
  because:
    "EKS injects credentials when a pod is created: pods that come before the association have none until they are restarted",
  remedy: "let the release or workload depend on the association (WorkloadRole.ready)",
  subjects: (platform): readonly AwsPods[] => awsPodsOf(platform),
  check: ({ item, who, region, namespace, account, otherwise }, platform) => {
    const associations = platform.podIdentities.filter(
      (one) => accountKey(one.region, one.namespace, one.serviceAccount) === accountKey(region, namespace, account),
    );
    if (associations.length === 0) return notApplicable("there is no association to wait for: WL-20 judges that");
    const before = platform.after(item.resource);
    return associations.some(({ resource: own }) => own === item.resource || before.includes(own))
      ? pass(`${who} waits for the association of ${namespace}/${account}`)
      : fail({
          expected: `${who} in ${region} depends on the Pod Identity association of ${namespace}/${account}`,
          actual: "nothing orders them",
          message: `${who} in ${region} may start before its Pod Identity association: ${otherwise} until its pods are restarted`,
        });
  },
  mutants: [
    change("no release waits", resource("helm_release"), withoutAssociation),
    change("backups do not wait", releaseOf("velero"), withoutAssociation),
    changeStack("pods of an application do not wait", /^mirror-/, (terraform) => {
      for (const blocks of Object.values(asObject(terraform["resource"])))
        for (const block of Object.values(asObject(blocks))) withoutAssociation(asObject(block));
    }),
  ],
  boundary: {
    holds: change("backups wait for nothing else", releaseOf("velero"), (block) => {
      const before = block["depends_on"];
      block["depends_on"] = Array.isArray(before) ? before.filter((one) => String(one).includes("pod_identity")) : [];
    }),
    breaks: change("backups wait for nothing", releaseOf("velero"), unset("depends_on")),
  },
});
