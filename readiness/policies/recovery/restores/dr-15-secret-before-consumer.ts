import type { PlacedObject } from "../../../inventory/kubernetes/object";
import { asObject } from "../../../policy/json";
import { add, change, manifest, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass } from "../../../policy/verdict";
import { secretOf, usesOf } from "../../../policy-terms/secret-uses";
import { deployments, releaseOf } from "../../../policy-terms/targets";
import { veleroReleases } from "../_velero";

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
