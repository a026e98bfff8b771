import { holds } from "../../policy/comparison";
import { change, changeStack, resource, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, notApplicable, pass } from "../../policy/verdict";
import type { Item } from "../../inventory/item";
import type { Platform } from "../../inventory/platform";
import { clusterOf } from "../../policy-terms/region-subjects";

/** Stacks that must work while the primary does not: they detect the failure, notify people, and hold the latch. */
const inEdge = (platform: Platform): readonly Item[] =>
  platform.resources
    .filter(
      (one) =>
        one.mode === "resource" &&
        one.type.startsWith("aws_") &&
        platform.stacks.some(({ name, layer }) => name === one.stack && layer === "edge"),
    )
    .map((one) => ({
      stack: one.stack,
      address: one.address,
      constructPath: one.constructPath,
      label: one.label,
      resource: one,
      unknowns: [],
    }));

export default policy({
  id: "MR-08",
  severity: "error",
  proves: ["CA-08", "CA-28"],
  title: "State, alarms and failover control are outside the region that fails",
  because: "without the Terraform state or the alarms of a failed region, operators cannot recover into the other one",
  remedy: "keep stateRegion outside both regions, and the edge stack with its topics and alarms in the secondary",
  subjects: (platform): readonly Item[] => [...platform.backends, ...inEdge(platform)],
  check: (item, platform) => {
    const primary = clusterOf(platform, "primary")?.region;
    if (primary === undefined) return notApplicable("there is no primary cluster");
    const backend = platform.backends.find((one) => one === item);
    if (!backend)
      return holds(
        item.resource.region !== primary,
        `outside ${primary}`,
        item.resource.region ?? "a region that is not known",
      );
    if (backend.region === undefined)
      return fail({ expected: "a state in a region that is named", actual: backend.kind, field: "stateRegion" });
    const regions = platform.clusters.map(({ region }) => region);
    if (regions.includes(backend.region))
      return fail({
        expected: `a state outside ${regions.join(" and ")}`,
        actual: backend.region,
        field: "stateRegion",
      });
    const bucket = backend.bucketReference;
    return bucket
      ? holds(
          bucket.region === backend.region,
          `the bucket is in ${backend.region}`,
          bucket.region ?? "a region that is not known",
        )
      : pass(backend.region);
  },
  mutants: [
    changeStack("a state in the primary", "cluster-eu-west-1", set("terraform.backend.s3.region", "us-east-1")),
    changeStack("a state in the secondary", "edge", set("terraform.backend.s3.region", "eu-west-1")),
    changeStack("a local state", "edge", set("terraform.backend", { local: { path: "terraform.tfstate" } })),
    changeStack("the buckets of the state in the primary", /^state-/, set("provider.aws.0.region", "us-east-1")),
    changeStack("the edge in the primary", "edge", set("provider.aws.0.region", "us-east-1")),
    change("one topic in the primary", resource("aws_sns_topic"), set("region", "us-east-1")),
  ],
  boundary: {
    holds: change("a topic in a third region", resource("aws_sns_topic"), set("region", "us-east-2")),
    breaks: change("an alarm in the primary", resource("aws_cloudwatch_metric_alarm"), set("region", "us-east-1")),
  },
});
