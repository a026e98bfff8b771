import type { Json, JsonObject } from "../../../inventory/json";
import { flagOf, objectOf, objectsOf, textOf, textsOf, textsWithin } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Release } from "../../../inventory/facts/kubernetes/releases";
import { contains, equals, holds } from "../../../policy/comparison";
import { change, manifest, remove, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, unknown, type Verdict } from "../../../policy/verdict";
import { releaseOf } from "../../../policy-terms/targets";
import { alertmanagerSecret, configuration, notificationsOf } from "../_alerts";

const CHART = "kube-prometheus-stack";
/** Kinds that Prometheus selects; with a null selector the chart selects those of its own release only. */
const kinds = ["rule", "serviceMonitor", "podMonitor", "probe", "scrapeConfig"];

/** Every rule and monitor of the cluster, whatever its labels and namespace. */
function selections(spec: JsonObject): Verdict[] {
  return kinds.flatMap((kind) => {
    const field = `prometheus.prometheusSpec.${kind}SelectorNilUsesHelmValues`;
    const narrowed = [`${kind}Selector`, `${kind}NamespaceSelector`].filter(
      (name) => Object.keys(objectOf(spec[name])).length > 0,
    );
    return [
      equals(false, flagOf(spec[`${kind}SelectorNilUsesHelmValues`]) ?? true, field, { field }),
      holds(narrowed.length === 0, `Prometheus reads every ${kind}`, narrowed.join(", ") || "no selector"),
    ];
  });
}

/** Content of the Secrets of a region by name: files that Alertmanager can read. */
const secretFiles = ({ objects }: Platform, region: string | undefined, secret: string): readonly string[] =>
  objects
    .filter(
      ({ object, region: place }) =>
        place === region && object.kind === "ExternalSecret" && object.metadata["name"] === secret,
    )
    .flatMap(({ object }) =>
      objectsOf(objectOf(object["spec"])["data"]).flatMap(({ secretKey }) => textOf(secretKey) ?? []),
    );

function delivery(release: Release, platform: Platform): Verdict[] {
  const spec = objectOf(objectOf(release.values["alertmanager"])["alertmanagerSpec"]);
  const found = notificationsOf(platform).find(({ region }) => region === release.region);
  if (found === undefined) return [holds(false, `a routing tree in ${release.region ?? ""}`, "there is none")];
  const secret = platform.objects.find(
    ({ resource }) => resource.address === found.address && resource.stack === found.stack,
  );
  const mounted = textsOf(spec["secrets"]);
  const files = textsWithin(found.routing as unknown as Json).flatMap((text) => {
    const [, folder, file] = /^\/etc\/alertmanager\/secrets\/([^/]+)\/([^/]+)$/.exec(text) ?? [];
    return folder === undefined || file === undefined ? [] : [{ folder, file }];
  });
  const lacking = files.filter(
    ({ folder, file }) => !mounted.includes(folder) || !secretFiles(platform, release.region, folder).includes(file),
  );
  return [
    equals(true, flagOf(spec["useExistingSecret"]) ?? false, "Alertmanager reads a Secret of ours"),
    contains(
      [textOf(spec["configSecret"]) ?? "none"],
      platform.objects
        .filter(({ object, region }) => object.kind === "Secret" && region === release.region)
        .flatMap(({ object }) => textOf(object.metadata["name"]) ?? []),
      `configSecret of Alertmanager, written by ${secret?.label ?? "no object"}`,
    ),
    equals(
      "None",
      textOf(objectOf(spec["alertmanagerConfigMatcherStrategy"])["type"]) ?? "OnNamespace",
      "matcher strategy",
    ),
    holds(
      lacking.length === 0,
      `each of ${files.length} credential files is mounted`,
      lacking.map(({ folder, file }) => `${folder}/${file} is not`).join(", ") || "they are",
    ),
  ];
}

const stack = releaseOf(CHART);
const credentials = manifest("ExternalSecret", (_, id) => id.endsWith("/alertmanager-credentials"));

export default policy({
  id: "OB-12",
  severity: "error",
  title: "Prometheus evaluates every rule, and Alertmanager can deliver to every receiver",
  because: "a rule that no Prometheus selects never fires, and a receiver without its credential delivers nothing",
  remedy:
    "set each …SelectorNilUsesHelmValues to false, configSecret to the Secret of the alerting stack, and enter each credential file in addCredentials of stacks/monitoring.ts",
  proves: [
    ...["CA-20", "CA-21", "CA-29", "FF-08", "FF-11", "FF-12", "FF-13", "FF-14", "FF-15", "FF-16", "FG-05", "FG-14"],
    ...["FG-15", "FG-16", "FL-19", "FL-20", "FL-25", "FL-34", "XB-03", "XB-04", "XB-05"],
  ],
  subjects: ({ clusters }) => clusters,
  check: ({ region }, platform) => {
    const release = platform.releases.find((one) => one.chart === CHART && one.region === region);
    if (release === undefined)
      return fail({ expected: `a release of ${CHART} in ${region ?? ""}`, actual: "there is none" });
    if (release.valuesUnknown !== undefined) return unknown(`values of ${CHART}: ${release.valuesUnknown.reason}`);
    const prometheus = objectOf(release.values["prometheus"]);
    return [
      equals(true, flagOf(prometheus["enabled"]) ?? true, "Prometheus is enabled"),
      equals(true, flagOf(objectOf(release.values["alertmanager"])["enabled"]) ?? true, "Alertmanager is enabled"),
      ...selections(objectOf(prometheus["prometheusSpec"])),
      ...delivery(release, platform),
    ];
  },
  mutants: [
    remove("no Prometheus at all", stack),
    change(
      "rules of its own release only",
      stack,
      unset("values.0.prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues"),
    ),
    change(
      "rules with a label only",
      stack,
      set("values.0.prometheus.prometheusSpec.ruleSelector", { matchLabels: { team: "one" } }),
    ),
    change("no Alertmanager", stack, set("values.0.alertmanager.enabled", false)),
    change(
      "the operator's own configuration",
      stack,
      unset("values.0.alertmanager.alertmanagerSpec.useExistingSecret"),
    ),
    change("a Secret that does not exist", stack, set("values.0.alertmanager.alertmanagerSpec.configSecret", "other")),
    change("no credentials mounted", stack, unset("values.0.alertmanager.alertmanagerSpec.secrets")),
    change("no credential behind a receiver", credentials, set("spec.data", [])),
    change(
      "alerts of a namespace only",
      stack,
      unset("values.0.alertmanager.alertmanagerSpec.alertmanagerConfigMatcherStrategy"),
    ),
    remove("no routing tree", alertmanagerSecret),
  ],
  boundary: {
    holds: change("one more Secret", stack, set("values.0.alertmanager.alertmanagerSpec.secrets.1", "further")),
    breaks: change(
      "one file of another name",
      alertmanagerSecret,
      configuration((routing) => {
        const global = routing["global"] as Record<string, string>;
        global["slack_api_url_file"] = `${global["slack_api_url_file"] ?? ""}-new`;
      }),
    ),
  },
});
