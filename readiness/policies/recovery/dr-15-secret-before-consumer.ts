import { platformCharts } from "../../../catalog/charts";
import { type Json, isObject, objectOf, textOf } from "../../inventory/json";
import type { PlacedObject } from "../../inventory/kubernetes/object";
import type { Platform } from "../../inventory/platform";
import type { Release } from "../../inventory/facts/kubernetes/releases";
import { asObject } from "../../policy/json";
import { add, change, manifest, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, pass } from "../../policy/verdict";
import { deployments, releaseOf } from "../../policy-terms/targets";
import { veleroReleases } from "./_velero";

const secretOf = ({ object }: PlacedObject): string =>
  textOf(objectOf(objectOf(object["spec"])["target"])["name"]) ?? object.metadata.name ?? "";

/** One place that names a Secret, and whether a pod starts without it. */
interface Use {
  readonly where: string;
  readonly optional: boolean;
}

/** Volumes, projected sources, variables and authentications that name the Secret, at any depth. */
function usesWithin(value: Json | undefined, secret: string, where: string): Use[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((one) => usesWithin(one, secret, where));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, entry]) => {
    const block = objectOf(entry);
    const named =
      (key === "secret" && (block["secretName"] === secret || block["name"] === secret)) ||
      ((key === "secretKeyRef" || key === "secretRef") && block["name"] === secret);
    const references = key === "secretTargetRef" && JSON.stringify(entry).includes(JSON.stringify(secret));
    return [
      ...(named || references ? [{ where, optional: block["optional"] === true }] : []),
      ...usesWithin(entry, secret, where),
    ];
  });
}

/** Values that the chart hands to its pods as required Secrets, by name or as a list of names. */
function usesOfChart({ chart, values, label }: Release, secret: string): Use[] {
  const paths = platformCharts.find((one) => one.chart === chart)?.requiredSecrets ?? [];
  return paths
    .filter((path) => {
      const value = path.split(".").reduce<Json | undefined>((at, step) => objectOf(at)[step], values);
      return value === secret || (Array.isArray(value) && value.includes(secret));
    })
    .map((path) => ({ where: `${label}, value ${path},`, optional: false }));
}

function usesOf(external: PlacedObject, platform: Platform): readonly Use[] {
  const { namespace } = external.object.metadata;
  const secret = secretOf(external);
  const inNamespace = platform.objects.filter(
    ({ region, object }) =>
      region === external.region && object.metadata.namespace === namespace && object.kind !== "ExternalSecret",
  );
  const releases = platform.releases.filter(
    (release) => release.region === external.region && release.namespace === namespace && !release.local,
  );
  return [
    ...inNamespace.flatMap(({ object, label }) => usesWithin(object["spec"], secret, label)),
    ...releases.flatMap((release) => [
      ...usesWithin(release.values, secret, release.label),
      ...usesOfChart(release, secret),
    ]),
  ];
}

export default policy({
  id: "DR-15",
  severity: "error",
  proves: ["CA-10", "FG-12", "FL-21"],
  title: "Pods that need a Secret from Secrets Manager cannot start without it",
  because:
    "a release that is ready says nothing about a Secret that an operator writes later: Velero without its repository password takes a publicly known one, and its backups are unreadable once the real value arrives",
  remedy: "mount the Secret as a volume, or read it with secretKeyRef, and leave out optional: the kubelet then waits",
  subjects: (platform): readonly PlacedObject[] =>
    platform.objects.filter(({ object }) => object.kind === "ExternalSecret"),
  check: (external, platform) => {
    const uses = usesOf(external, platform);
    if (uses.length === 0)
      return fail({ expected: `a volume or variable of a pod that requires ${secretOf(external)}`, actual: "none" });
    return uses.map(({ where, optional }) =>
      optional
        ? fail({ expected: `${where} waits for ${secretOf(external)}`, actual: "optional: true" })
        : pass(`${where} waits for ${secretOf(external)}`),
    );
  },
  mutants: [
    change("Velero starts without its password", veleroReleases, unset("values.0.extraVolumes")),
    change("Velero may start without it", veleroReleases, set("values.0.extraVolumes.0.secret.optional", true)),
    change("pods may start without their secrets", deployments, (block) => {
      const pod = asObject(asObject(asObject(asObject(block["spec"])["template"])["spec"]));
      for (const volume of Array.isArray(pod["volume"]) ? pod["volume"] : [])
        if (asObject(volume)["secret"] !== undefined) asObject(asObject(volume)["secret"])["optional"] = true;
    }),
    change("a Secret that no pod requires", manifest("ExternalSecret"), set("spec.target.name", "of-another-owner")),
    change("Alertmanager starts without credentials", releaseOf("kube-prometheus-stack"), (block) => {
      set("values.0.alertmanager.alertmanagerSpec.secrets", [])(block);
    }),
    change(
      "Grafana reads another password",
      releaseOf("grafana"),
      set("values.0.admin.existingSecret", "of-another-owner"),
    ),
    change("the scaler reads another Secret", manifest("TriggerAuthentication"), set("spec.secretTargetRef.name", "x")),
  ],
  boundary: {
    holds: add("an account that needs none", /^storefront-/, "kubernetes_service_account_v1", "idle", {
      metadata: { name: "idle", namespace: "storefront" },
    }),
    breaks: change("Velero mounts another Secret", veleroReleases, (block) => {
      set("values.0.extraVolumes.0.secret.secretName", "velero-repo-credential")(block);
    }),
  },
});
