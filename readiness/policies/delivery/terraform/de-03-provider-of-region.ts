import { isEmulated } from "../../../../config/environment";
import { equals, holds } from "../../../policy/comparison";
import { change, changeStack, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { pass, type Verdict } from "../../../policy/verdict";
import type { Platform, Stack } from "../../../inventory/platform";
import { arrayOf, objectOf, objectsOf, textsOf } from "../../../inventory/json";
import { stackSubject } from "../../../policy-terms/region-subjects";

export default policy({
  id: "DE-03",
  severity: "error",
  proves: ["CA-07", "CA-24"],
  title: "Each resource uses the provider of its own region",
  because:
    "a resource that lands in the other region is found neither by its stack's other resources nor by the engineer on call who looks for it in an emergency",
  remedy: "leave the region to the provider of the PlatformStack; use providerOf(region) in a global stack only",
  subjects: (platform) => platform.stacks.map(stackSubject),
  check: ({ of }, platform) => {
    const found = [...ownRegion(of, platform), ...declared(of, platform), ...ownCluster(of, platform)];
    return found.length > 0 ? found : [pass("no AWS resource and no cluster")];
  },
  mutants: [
    changeStack("the provider of another region", "network-eu-west-1", set("provider.aws.0.region", "eu-west-2")),
    change(
      "one resource elsewhere",
      resource("aws_s3_bucket", (_, __, stack) => stack === "data-eu-west-1"),
      set("region", "us-east-1"),
    ),
    change("an alias that is not declared", resource("aws_acm_certificate"), set("provider", "aws.eu-west-2")),
    changeStack(
      "the other cluster",
      "platform-eu-west-1",
      set("provider.kubernetes.0.host", "https://primary.example"),
    ),
    changeStack(
      "a token for the other region",
      "platform-eu-west-1",
      set("provider.helm.0.kubernetes.exec.args", ["eks", "get-token", "--cluster-name", "x", "--region", "us-east-1"]),
    ),
  ],
  boundary: {
    holds: change(
      "the region written out",
      resource("aws_s3_bucket", (_, __, stack) => stack === "data-eu-west-1"),
      set("region", "eu-west-1"),
    ),
    breaks: change(
      "the next region",
      resource("aws_s3_bucket", (_, __, stack) => stack === "data-eu-west-1"),
      set("region", "eu-west-2"),
    ),
  },
});

const ofStack = (stack: Stack, platform: Platform) =>
  platform.resources.filter((one) => one.stack === stack.name && one.type.startsWith("aws_"));

/** Global stacks act in two regions by design: there only the declaration of the provider is judged. */
function ownRegion(stack: Stack, platform: Platform): Verdict[] {
  if (stack.role === "global") return [];
  return ofStack(stack, platform)
    .filter(({ region }) => region !== stack.region)
    .map((one) => equals(stack.region, one.region, `region of ${one.address}`))
    .concat([
      equals(
        stack.region,
        platform.providers.find((one) => one.stack === stack.name && one.name === "aws" && one.alias === undefined)
          ?.region,
        "region of the AWS provider",
      ),
    ]);
}

function declared(stack: Stack, platform: Platform): Verdict[] {
  const known = platform.providers
    .filter((one) => one.stack === stack.name)
    .map(({ name, alias }) => (alias === undefined ? name : `${name}.${alias}`));
  const named = ofStack(stack, platform).flatMap(
    (one) => one.expanded("provider")?.replace(/^\$\{(.*)\}$/, "$1") ?? [],
  );
  return [...new Set(named)].map((name) =>
    holds(known.includes(name), `provider ${name} is declared`, known.join(", ")),
  );
}

/** Kubernetes and Helm providers lead to the cluster of the stack's region, with a token of it. */
function ownCluster(stack: Stack, platform: Platform): Verdict[] {
  // The emulated environment names no cluster: its address comes from the process.
  if (isEmulated(platform.environment)) return [];
  return platform.providers
    .filter((one) => one.stack === stack.name && ["kubernetes", "helm"].includes(one.name))
    .flatMap((provider) => {
      const settings =
        provider.name === "helm" ? objectOf(arrayOf(provider.settings["kubernetes"])[0]) : provider.settings;
      const args = textsOf(objectsOf(settings["exec"])[0]?.["args"]);
      const host = provider.resource
        .references(provider.name === "helm" ? "kubernetes.host" : "host")
        .find((one) => one.resource.type === "aws_eks_cluster");
      return [
        equals(
          stack.region,
          host?.resource.region ?? "no cluster",
          `region of the cluster of provider ${provider.name}`,
        ),
        equals(
          stack.region,
          args[args.indexOf("--region") + 1] ?? "none",
          `region of the token of provider ${provider.name}`,
        ),
      ];
    });
}
