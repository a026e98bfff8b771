import { matches } from "../../policy/comparison";
import { change, resource, set, update } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { ownContainers } from "../../policy-terms/scope";

const image = "spec.template.spec.container.image";
const deployments = resource("kubernetes_deployment_v1");

export default policy({
  id: "SU-01",
  severity: "error",
  proves: ["FL-22", "XB-20", "CA-28"],
  title: "Images are referenced by digest",
  because: "a tag can be moved: the pod that starts in the night after a drain may run something untested",
  remedy: "enter the image in apps/images.lock.json with its digest",
  equivalents: ["checkov CKV_K8S_43"],
  subjects: ownContainers,
  check: ({ container }) =>
    matches(/@sha256:[0-9a-f]{64}$/, "…@sha256:<64 hexadecimal digits>", container.image, "image", { field: "image" }),
  mutants: [
    change(
      "by tag",
      deployments,
      set(image, "111122223333.dkr.ecr.us-east-1.amazonaws.com/organisation/storefront:1.0.0"),
    ),
  ],
  boundary: {
    holds: change(
      "tag and digest",
      deployments,
      update(image, (value) => String(value).replace("@", ":1.0.0@")),
    ),
    breaks: change(
      "a digest one digit short",
      deployments,
      update(image, (value) => String(value).slice(0, -1)),
    ),
  },
});
