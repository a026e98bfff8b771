import { change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, unknown } from "../../../policy/verdict";
import { undecided } from "../../../policy-terms/required-value";

const networkAddOn = resource("aws_eks_addon", (block) => block["addon_name"] === "vpc-cni");
const configuration = (text: string) => set("configuration_values", text);

export default policy({
  id: "NW-11",
  severity: "error",
  proves: ["CA-15", "FL-15", "XB-10"],
  title: "The cluster enforces NetworkPolicies",
  because: "the network add-on accepts every policy and enforces none until its agent is switched on",
  remedy: 'set enableNetworkPolicy to "true" in the configuration of the vpc-cni add-on',
  subjects: (platform) => platform.clusters,
  check: (cluster) => {
    const addOn = cluster.addOns.find(({ name }) => name === "vpc-cni");
    if (!addOn) return fail({ expected: "the vpc-cni add-on with enableNetworkPolicy", actual: "no vpc-cni add-on" });
    const reason = undecided(addOn, "configuration_values");
    if (reason !== undefined) return unknown(`configuration_values: ${reason}`);
    const setting = addOn.configuration["enableNetworkPolicy"];
    return setting === "true"
      ? pass('enableNetworkPolicy: "true"')
      : fail({
          expected: 'enableNetworkPolicy: "true"',
          actual: setting === undefined ? "not set, which means false" : JSON.stringify(setting),
        });
  },
  mutants: [
    remove("no network add-on", networkAddOn),
    change("no configuration", networkAddOn, unset("configuration_values")),
    change("another key", networkAddOn, configuration('{"enableNetworkPolicies":"true"}')),
  ],
  boundary: {
    holds: change("nothing but it", networkAddOn, configuration('{"enableNetworkPolicy":"true"}')),
    breaks: change("switched off", networkAddOn, configuration('{"enableNetworkPolicy":"false"}')),
  },
});
