import { platformCharts } from "../../../../catalog/charts";
import { leafDifferences } from "../../../figures/shape/leaf-differences";
import { type Json, type JsonObject, numberOf, objectOf, objectsOf } from "../../../inventory/json";
import type { AddOn } from "../../../inventory/facts/aws/clusters";
import type { Release } from "../../../inventory/facts/kubernetes/releases";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import { releaseOf } from "../../../policy-terms/targets";

const replicas = /(^|\.)replica(s|Count)$/;

/** Values that name what is the platform's own; other policies judge each. All else is as the chart was recorded, rendered and counted. */
const own: Readonly<Record<string, RegExp>> = {
  alloy: /^image\.(registry|repository)$/,
  "aws-load-balancer-controller": /^(clusterName|region|vpcId)$/,
  "cluster-autoscaler": /^(autoDiscovery\.clusterName|awsRegion|expanderPriorities\.\d+)$/,
  grafana: /^image\.(registry|repository)$/,
  "kube-prometheus-stack": /^prometheus\.prometheusSpec\.externalLabels\.(cluster|region)$/,
  loki: /^loki\.(image\.(registry|repository)|storage\.bucketNames\.chunks|storage\.s3\.region)$/,
  opencost: /^opencost\.exporter\.defaultClusterId$/,
  reloader: /^reloader\.namespaces$/,
  velero:
    /^(configuration\.backupStorageLocation|image\.repository|initContainers|schedules\.[^.]+\.(schedule|template\.(includedNamespaces|snapshotMoveData|snapshotVolumes|storageLocation|ttl)))$/,
};

/** Of a backup location: what DR-28 and DR-29 judge. */
const placeOfLocation = /^(bucket|prefix|config\.region|accessMode|default|name|provider)$/;

/** Another endpoint, another key or no check of the certificate: all is written, and to where is not known. */
function judgeLocations({ label, region, values }: Release, recorded: JsonObject): Verdict[] {
  const locationsIn = (of: JsonObject) => objectsOf(objectOf(of["configuration"])["backupStorageLocation"]);
  const [pattern = {}] = locationsIn(recorded);
  return locationsIn(values).flatMap((location) =>
    leafDifferences(pattern, location)
      .filter((path) => !placeOfLocation.test(path))
      .map((path) =>
        fail({
          expected: `${path} of each backup location of ${label}: ${shown(valueAt(pattern, path))}, as recorded`,
          actual: shown(valueAt(location, path)),
          message: `${label} in ${region ?? ""}: backup location ${shown(location["name"])} sets ${path} to ${shown(valueAt(location, path))}: backups go by another way, or with another key, than restores and rights were judged with`,
        }),
      ),
  );
}

const valueAt = (values: JsonObject, path: string): Json | undefined =>
  path.split(".").reduce<Json | undefined>((value, step) => objectOf(value)[step], values);
const shown = (value: Json | undefined): string =>
  value === undefined || value === null ? "not set" : JSON.stringify(value);

/** A value that is another one than that which the chart was rendered and every figure was made with. */
function judgeValues(release: Release): Verdict[] {
  const chart = platformCharts.find(({ lock }) => lock.chart === release.chart && lock.version === release.version);
  if (!chart) return [];
  // As Terraform reads the text: it writes ${ as $${.
  const recorded = JSON.parse(JSON.stringify(chart.exampleValues()).replaceAll("$${", "${")) as JsonObject;
  const locations = release.chart === "velero" ? judgeLocations(release, recorded) : [];
  const others = leafDifferences(recorded, release.values)
    .filter((path) => !(own[release.chart ?? ""]?.test(path) ?? false))
    .flatMap((path) => {
      const [wanted, found] = [valueAt(recorded, path), valueAt(release.values, path)];
      if (replicas.test(path) && (numberOf(found) ?? 1) >= (numberOf(wanted) ?? 1)) return [];
      const because = replicas.test(path)
        ? `availability, drain and capacity count with ${shown(wanted)}: ${numberOf(found) === 0 ? "it does not run at all" : "one lost node stops it"}`
        : "what it runs with, needs and does was judged with the recorded value";
      return [
        fail({
          expected: `${path} of ${release.label}: ${shown(wanted)}, as recorded`,
          actual: shown(found),
          message: `${release.label} in ${release.region ?? ""}: ${path} is ${shown(found)}, recorded is ${shown(wanted)}: ${because}`,
        }),
      ];
    });
  return [...locations, ...others];
}

/** What the project sets of an add-on, with the values that its figures count with; everything else changes what add-ons do without any figure knowing it. */
const settable: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "vpc-cni": {
    enableNetworkPolicy: ["true"],
    "env.AWS_VPC_K8S_CNI_EXTERNALSNAT": ["false"],
    "env.ENABLE_PREFIX_DELEGATION": ["true"],
    "env.NETWORK_POLICY_ENFORCING_MODE": ["standard", "strict"],
    "env.WARM_PREFIX_TARGET": ["1"],
  },
};

function judgeAddOn({ name = "", configuration }: AddOn): Verdict[] {
  return leafDifferences({}, configuration).flatMap((path) => {
    const [known, found] = [settable[name]?.[path], String(valueAt(configuration, path))];
    if (known?.includes(found)) return [];
    return [
      fail({
        expected: known ? `${path} of add-on ${name}: ${known.join(" or ")}` : `add-on ${name} as EKS configures it`,
        actual: known ? found : path,
        message: `add-on ${name} is configured with ${path} = ${found}: whether names still resolve, pods get addresses and Services lead to pods is not judged with it`,
      }),
    ];
  });
}

const addOn = (name: string) => resource("aws_eks_addon", (block) => block["addon_name"] === name);

export default policy({
  id: "WL-45",
  severity: "error",
  proves: ["CA-01", "CA-06"],
  title: "Controllers of charts and add-ons run as they were recorded",
  because:
    "a controller with fewer pods than the figures count with is gone with one node, one with another setting does what nothing judged, and an add-on with settings of its own may resolve no name or give pods no address",
  remedy:
    "leave the values of catalogue charts, and configuration_values of ClusterAddOns; record another setting there first",
  subjects: (platform): readonly (Release | AddOn)[] => [
    ...platform.releases.filter(({ local }) => !local),
    ...platform.addOns,
  ],
  check: (item): Verdict | readonly Verdict[] => {
    const found = "configuration" in item ? judgeAddOn(item) : judgeValues(item);
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
    change("nodes of any group", releaseOf("cluster-autoscaler"), set("values.0.extraArgs.expander", "random")),
    change(
      "backups that go with their schedule",
      releaseOf("velero"),
      set("values.0.configuration.restoreOnlyMode", true),
    ),
    change(
      "backups in the clear",
      releaseOf("velero"),
      set("values.0.configuration.backupStorageLocation.0.config.s3Url", "http://minio.velero:9000"),
    ),
    change(
      "a certificate that nothing checks, in the secondary",
      resource("helm_release", (block, _, stack) => block["chart"] === "velero" && stack.endsWith("eu-west-1")),
      set("values.0.configuration.backupStorageLocation.1.config.insecureSkipTLSVerify", "true"),
    ),
    change("logs in the clear", releaseOf("loki"), set("values.0.loki.storage.s3.insecure", true)),
    change(
      "a label of every series that routes its alerts",
      releaseOf("kube-prometheus-stack"),
      set("values.0.prometheus.prometheusSpec.externalLabels.priority", "P4"),
    ),
    change(
      "a scale-down that nothing awaits",
      releaseOf("cluster-autoscaler"),
      set(["values", "0", "extraArgs", "max-graceful-termination-sec"], 10),
    ),
    change(
      "DNS by a file of one's own",
      addOn("coredns"),
      set("configuration_values", '{"corefile":".:53 { errors }"}'),
    ),
    change(
      "pods that no NAT gateway answers",
      addOn("vpc-cni"),
      set("configuration_values.env.AWS_VPC_K8S_CNI_EXTERNALSNAT", "true"),
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
