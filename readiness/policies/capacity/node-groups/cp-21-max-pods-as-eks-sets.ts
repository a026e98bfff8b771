import { instanceTypes } from "../../../../catalog/instance-types";
import { recommendedMaxPodsCap } from "../../../../models/capacity";
import { equals } from "../../../policy/comparison";
import { change, resource } from "../../../policy/mutation";
import type { JsonObject } from "../../../policy/json";
import { policy } from "../../../policy/policy";
import { notApplicable, unknown } from "../../../policy/verdict";

const templates = resource("aws_launch_template");

/** Edits the NodeConfig in the user data. */
const inUserData = (from: RegExp, to: string) => (block: JsonObject) => {
  const text = Buffer.from(String(block["user_data"]), "base64").toString("utf8");
  block["user_data"] = Buffer.from(text.replace(from, to)).toString("base64");
};
const maxPods = (pods: number) => inUserData(/maxPods: \d+/, `maxPods: ${pods}`);

export default policy({
  id: "CP-21",
  severity: "error",
  proves: ["CA-05"],
  title: "maxPods is the value that EKS gives managed nodes",
  because:
    "EKS writes 110 (250 above 30 vCPU) into the user data of managed nodes without an image of their own and overrules any other value: a smaller one that is declared bounds nothing",
  remedy: "declare maxPods as EKS sets it and bound pods by requests, or name an image in the launch template",
  subjects: (platform) => platform.nodeGroups,
  check: (group) => {
    if (group.launchTemplate?.imageId === true) return notApplicable("the launch template names its own image");
    const kubelet = group.launchTemplate?.kubelet;
    const vcpus = group.instanceTypes.map((type) => instanceTypes().get(type)?.vcpu);
    if (vcpus.length === 0 || vcpus.includes(undefined)) return unknown("the vCPU of an instance type are not known");
    const caps = [...new Set(vcpus.map((vcpu) => recommendedMaxPodsCap(vcpu ?? 0)))];
    return caps.map((cap) => equals(cap, kubelet?.maxPods ?? "nothing, which is EKS' own", "maxPods of the kubelet"));
  },
  mutants: [
    change("35 pods, which EKS overrules", templates, maxPods(35)),
    change("more than EKS gives", templates, maxPods(250)),
    change("no maxPods", templates, inUserData(/\n\s*maxPods: \d+/, "")),
    change(
      "35 pods in the secondary",
      resource("aws_launch_template", (_, __, stack) => stack.endsWith("eu-west-1")),
      maxPods(35),
    ),
  ],
  boundary: {
    holds: change("35 pods on an image of one's own", templates, (block) => {
      maxPods(35)(block);
      block["image_id"] = "ami-0123456789abcdef0";
    }),
    breaks: change("109 pods", templates, maxPods(109)),
  },
});
