import { tag } from "../../../../contract";
import { flagOf, objectOf, objectsOf, textMapOf, textOf, textsOf, type JsonObject } from "../../../inventory/json";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Platform } from "../../../inventory/platform";
import type { Release } from "../../../inventory/facts/kubernetes/releases";
import { contains, equals, holds } from "../../../policy/comparison";
import { change, manifest, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, unknown, type Verdict } from "../../../policy/verdict";
import { releaseOf } from "../../../policy-terms/targets";

const CHART = "grafana";
const RESTART = "secret.reloader.stakater.com/reload";

/** The Secret of that name as something fills it from Secrets Manager. */
const externalSecret = (platform: Platform, release: Release, secret: string): PlacedObject | undefined =>
  platform.objects.find(
    ({ object, region }) =>
      region === release.region &&
      object.kind === "ExternalSecret" &&
      object.metadata.namespace === release.namespace &&
      textOf(objectOf(objectOf(object["spec"])["target"])["name"]) === secret,
  );

function password(release: Release, platform: Platform, secret: string): Verdict[] {
  const external = externalSecret(platform, release, secret);
  const keys = objectsOf(objectOf(external?.object["spec"])["data"]).flatMap(
    ({ remoteRef }) => textOf(objectOf(remoteRef)["key"]) ?? [],
  );
  const stored = platform.secrets.filter(({ name }) => name !== undefined && keys.includes(name));
  const rotated = stored.filter(
    ({ tags, rotation }) => tags[tag.secretOrigin] === "generated" && rotation !== undefined,
  );
  return [
    holds(external !== undefined, `Secret ${secret} comes from Secrets Manager`, external?.label ?? "nothing fills it"),
    holds(
      stored.length > 0 && rotated.length === stored.length,
      "the password is generated, stored and rotated",
      `${stored.length} in Secrets Manager, ${rotated.length} of them generated and rotated`,
    ),
  ];
}

/** Grafana reads the password when it starts, and makes its database anew: a new password needs a restart. */
function restarted(release: Release, platform: Platform, secret: string): Verdict[] {
  const reloader = platform.releases.find(({ chart, region }) => chart === "reloader" && region === release.region);
  const bound = platform.objects.some(
    ({ object, region }) =>
      object.kind === "RoleBinding" &&
      region === release.region &&
      object.metadata.namespace === release.namespace &&
      objectsOf(object["subjects"]).some((subject) => subject["namespace"] === reloader?.namespace),
  );
  return [
    contains(
      secret,
      (textMapOf(release.values["annotations"])[RESTART] ?? "").split(","),
      "Secrets whose change restarts Grafana",
      { field: "annotations" },
    ),
    contains(
      release.namespace ?? "",
      textsOf(objectOf(reloader?.values["reloader"])["namespaces"]),
      "namespaces that Reloader watches",
    ),
    holds(
      bound,
      `Reloader may restart pods of ${release.namespace ?? ""}`,
      bound ? "it may" : "no role is bound to it",
    ),
  ];
}

const grafana = releaseOf(CHART);
const ini = (...path: string[]) => ["values", "0", "grafana.ini", ...path];
const admin = manifest("ExternalSecret", (_, id) => id.endsWith("/grafana-admin"));

export default policy({
  id: "OB-15",
  severity: "error",
  title: "Grafana has no default credentials, no anonymous access, and takes rotated passwords",
  because: "an attacker who knows a default password reads every metric and log, and every secret that a log holds",
  remedy: "set admin.existingSecret to a Secret that is generated and rotated, and the restart annotation to its name",
  proves: ["FG-24"],
  subjects: ({ clusters }) => clusters,
  check: ({ region }, platform) => {
    const release = platform.releases.find((one) => one.chart === CHART && one.region === region);
    if (release === undefined) return fail({ expected: `a release of ${CHART}`, actual: "there is none" });
    if (release.valuesUnknown !== undefined) return unknown(`values of ${CHART}: ${release.valuesUnknown.reason}`);
    const { values } = release;
    const written = objectOf(values["grafana.ini"]);
    const section = (name: string): JsonObject => objectOf(written[name]);
    const secret = textOf(objectOf(values["admin"])["existingSecret"]);
    return [
      holds(values["adminPassword"] === undefined, "no password in the values", "adminPassword is set"),
      // Grafana's own defaults: anonymous access off, sign-up off (grafana/grafana conf/defaults.ini, read 2026-11-29).
      equals(false, flagOf(section("auth.anonymous")["enabled"]) ?? false, "anonymous access"),
      equals(false, flagOf(section("users")["allow_sign_up"]) ?? false, "sign-up"),
      ...(secret === undefined
        ? [
            fail({
              expected: "admin.existingSecret names a Secret",
              actual: "nothing: the chart writes a password itself",
            }),
          ]
        : [...password(release, platform, secret), ...restarted(release, platform, secret)]),
    ];
  },
  mutants: [
    change("the chart's own password", grafana, unset("values.0.admin")),
    change("admin/admin", grafana, set("values.0.adminPassword", "admin")),
    change("everybody may look", grafana, set(ini("auth.anonymous", "enabled"), true)),
    change("everybody may sign up", grafana, set(ini("users", "allow_sign_up"), true)),
    remove("a Secret without a value", admin),
    remove("no rotation", resource("aws_secretsmanager_secret_rotation")),
    change("pods keep the old password", grafana, unset("values.0.annotations")),
    change("Reloader may not restart it", releaseOf("reloader"), set("values.0.reloader.namespaces", ["orders"])),
    remove("no Grafana", grafana),
    remove(
      "no role in the namespace",
      resource(
        "kubernetes_role_binding_v1",
        (_, id, stack) => id.includes("restart") && stack.startsWith("monitoring-"),
      ),
    ),
  ],
  boundary: {
    holds: change(
      "restarted for two Secrets",
      grafana,
      set(["values", "0", "annotations", RESTART], "other,grafana-admin"),
    ),
    breaks: change(
      "restarted for another Secret",
      grafana,
      set(["values", "0", "annotations", RESTART], "grafana-admins"),
    ),
  },
});
