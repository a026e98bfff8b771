import { change, resource, set, update } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, isUnresolved, pass, unknown } from "../../policy/verdict";
import { ownContainers } from "../../policy-terms/scope";

const image = "spec.template.spec.container.image";
const deployments = resource("kubernetes_deployment_v1");

export default policy({
  id: "SU-02",
  severity: "error",
  proves: ["XB-20", "CA-28"],
  title: "Applications pull images from the environment's registry in their own region",
  because:
    "a public registry that is down, rate-limited or taken over stops every start, and one in the other region stops the failover",
  remedy:
    "push the image to the platform's registry; the ECR replication of the data stack brings it to the other region",
  equivalents: ["gatekeeper K8sAllowedRepos"],
  subjects: ownContainers,
  check: ({ container, region }, platform) => {
    const allowed = `${platform.environment.accountId}.dkr.ecr.${region}.amazonaws.com/`;
    if (container.image === undefined || isUnresolved(container.image))
      return unknown("the image is only known after deployment", "image");
    return container.image.startsWith(allowed)
      ? pass(container.image)
      : fail({ expected: `an image of ${allowed}`, actual: container.image, field: "image" });
  },
  mutants: [
    change("a public registry", deployments, set(image, `docker.io/example/storefront@sha256:${"0".repeat(64)}`)),
    change(
      "the other region's registry",
      deployments,
      update(image, (value) =>
        String(value).replace(/(us-east-1|eu-west-1)/, (region) =>
          region === "us-east-1" ? "eu-west-1" : "us-east-1",
        ),
      ),
    ),
  ],
  boundary: {
    holds: change(
      "another repository of the registry",
      deployments,
      update(image, (value) => String(value).replace("storefront@", "other@")),
    ),
    breaks: change(
      "another account's registry",
      deployments,
      update(image, (value) => String(value).replace(/^\d{12}/, "999922223333")),
    ),
  },
});
