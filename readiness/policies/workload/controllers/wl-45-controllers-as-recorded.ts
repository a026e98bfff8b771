import { platformCharts } from "../../../../catalog/charts";
import { leafDifferences } from "../../../figures/shape/leaf-differences";
import { type Json, type JsonObject, numberOf, objectOf } from "../../../inventory/json";
import type { AddOn } from "../../../inventory/facts/aws/clusters";
import type { Release } from "../../../inventory/facts/kubernetes/releases";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import { releaseOf } from "../../../policy-terms/targets";

const replicas = /(^|\.)replica(s|Count)$/;

const valueAt = (values: JsonObject, path: string): number | undefined =>
  numberOf(path.split(".").reduce<Json | undefined>((value, step) => objectOf(value)[step], values));

/** Fewer pods than the chart was recorded with, which availability, drain and capacity count with. */
function judgeReplicas(release: Release): Verdict[] {
  const own = platformCharts.find(({ lock }) => lock.chart === release.chart && lock.version === release.version);
  if (!own) return [];
  const recorded = own.exampleValues() as JsonObject;
  return leafDifferences(recorded, release.values)
    .filter((path) => replicas.test(path))
    .flatMap((path) => {
      const [least, found] = [valueAt(recorded, path) ?? 1, valueAt(release.values, path) ?? 1];
      return found >= least
        ? []
        : [
            fail({
              expected: `${path} of ${release.label}: ${least}, as the figures count with`,
              actual: String(found),
              message: `${release.label} in ${release.region ?? ""}: ${path} is ${found}, and availability, drain and capacity count with ${least}: ${found === 0 ? "it does not run at all" : "one lost node stops it"}`,
            }),
          ];
    });
}

/** What the project sets of an add-on, and what it means; everything else changes what add-ons do without any figure knowing it. */
const settable: Readonly<Record<string, readonly RegExp[]>> = {
  "vpc-cni": [
    /^enableNetworkPolicy$/,
    /^env\.(ENABLE_PREFIX_DELEGATION|WARM_PREFIX_TARGET|MINIMUM_IP_TARGET|WARM_IP_TARGET|AWS_VPC_K8S_CNI_EXTERNALSNAT|NETWORK_POLICY_ENFORCING_MODE)$/,
  ],
};

function judgeAddOn({ name = "", configuration }: AddOn): Verdict[] {
  return leafDifferences({}, configuration)
    .filter((path) => !(settable[name] ?? []).some((known) => known.test(path)))
    .map((path) =>
      fail({
        expected: `add-on ${name} as EKS configures it`,
        actual: path,
        message: `add-on ${name} is configured with ${path}: whether names still resolve, pods get addresses and Services lead to pods is not judged with it`,
      }),
    );
}

const addOn = (name: string) => resource("aws_eks_addon", (block) => block["addon_name"] === name);

export default policy({
  id: "WL-45",
  severity: "error",
  proves: ["CA-01", "CA-06"],
  title: "Controllers of charts and add-ons run as they were recorded",
  because:
    "a controller with fewer pods than the figures count with is gone with one node, and an add-on with settings of its own may resolve no name or give pods no address",
  remedy:
    "leave the values of catalogue charts, and configuration_values of ClusterAddOns; record another setting there first",
  subjects: (platform): readonly (Release | AddOn)[] => [
    ...platform.releases.filter(({ local }) => !local),
    ...platform.addOns,
  ],
  check: (item): Verdict | readonly Verdict[] => {
    const found = "configuration" in item ? judgeAddOn(item) : judgeReplicas(item);
    return found.length === 0 ? pass("as recorded") : found;
  },
  mutants: [
    change("one load balancer controller", releaseOf("aws-load-balancer-controller"), set("values.0.replicaCount", 1)),
    change("no operator of KEDA", releaseOf("keda"), set("values.0.operator.replicaCount", 0)),
    change(
      "no metrics server in the secondary",
      resource("helm_release", (block, _, stack) => block["chart"] === "metrics-server" && stack.endsWith("eu-west-1")),
      set("values.0.replicas", 0),
    ),
    change(
      "DNS by a file of one's own",
      addOn("coredns"),
      set("configuration_values", '{"corefile":".:53 { errors }"}'),
    ),
    change(
      "networks of one's own for pods",
      addOn("vpc-cni"),
      set("configuration_values.env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "true"),
    ),
  ],
  boundary: {
    holds: change("one more", releaseOf("aws-load-balancer-controller"), set("values.0.replicaCount", 3)),
    breaks: change("one fewer", releaseOf("aws-load-balancer-controller"), set("values.0.replicaCount", 1)),
  },
});
