import { change, set, unset, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, unknown, type Verdict } from "../../../policy/verdict";
import { releaseOf } from "../../../policy-terms/targets";
import { judgeTold, toldIn } from "./_told";

/**
 * Values without which software asks the instance metadata, which pods do not reach, or takes a default of its chart
 * (catalog/charts/<chart>: values of aws-load-balancer-controller; awsRegion of cluster-autoscaler is us-east-1).
 */
const needed: Readonly<Record<string, readonly string[]>> = {
  "aws-load-balancer-controller": ["clusterName", "region", "vpcId"],
  "cluster-autoscaler": ["autoDiscovery.clusterName", "awsRegion"],
};

const balancing = releaseOf("aws-load-balancer-controller");
const scaling = releaseOf("cluster-autoscaler");

export default policy({
  id: "WL-39",
  severity: "error",
  proves: ["CA-01", "CA-09"],
  title: "Charts name their own cluster, region and network",
  because:
    "a controller that calls another region or looks for another cluster finds nothing there, reports no error, and does no work",
  remedy: "set region, clusterName and vpcId of the release to those of the cluster that it is deployed to",
  subjects: (platform) => platform.releases.filter(({ local }) => !local),
  check: (release, platform): Verdict | readonly Verdict[] => {
    if (release.valuesUnknown) return unknown(release.valuesUnknown.reason);
    const cluster = platform.clusters.find(({ region }) => region === release.region);
    if (cluster === undefined) return unknown(`no cluster in ${release.region ?? "its region"}`);
    const values = toldIn(release.values, "");
    const missing = (needed[release.chart ?? ""] ?? []).filter((path) => values.every((one) => one.path !== path));
    if (values.length + missing.length === 0) return notApplicable("its values name no cluster, region or network");
    return [
      ...missing.map((path) => fail({ expected: `${path} is set`, actual: "nothing" })),
      ...values.map((one) => judgeTold(one, cluster, release, platform)),
    ];
  },
  mutants: [
    change("a controller of another region", balancing, set("values.0.region", "ap-south-1")),
    change("a controller of another cluster", balancing, set("values.0.clusterName", "other")),
    change("a controller of another network", balancing, set("values.0.vpcId", "vpc-0123456789abcdef0")),
    change("a network that is not given", balancing, unset("values.0.vpcId")),
    change("an autoscaler of another region", scaling, set("values.0.awsRegion", "ap-south-1")),
    change("an autoscaler that takes the chart's region", scaling, unset("values.0.awsRegion")),
    change("an autoscaler of another cluster", scaling, set("values.0.autoDiscovery.clusterName", "other")),
    change(
      "a variable of another region",
      releaseOf("velero"),
      set("values.0.extraEnvVars", [{ name: "AWS_REGION", value: "ap-south-1" }]),
    ),
    change("a flag of another region", scaling, set("values.0.additionalArgs", ["--aws-region=ap-south-1"])),
    change("logs in another region", releaseOf("loki"), set("values.0.loki.storage.s3.region", "ap-south-1")),
  ],
  boundary: {
    holds: change("a variable of its own region", scaling, (block) => {
      let own: Parameters<Parameters<typeof update>[1]>[0];
      update("values.0.awsRegion", (value) => (own = value))(block);
      set("values.0.extraEnv", { AWS_REGION: own ?? "" })(block);
    }),
    breaks: change("a variable of another region", scaling, set("values.0.extraEnv", { AWS_REGION: "ap-south-1" })),
  },
});
