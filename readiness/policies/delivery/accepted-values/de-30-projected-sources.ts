import { isObject, type Json, type JsonObject as Written, objectsOf } from "../../../inventory/json";
import { equals } from "../../../policy/comparison";
import { change, type JsonObject, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { resource } from "../../../policy/target";
import { notApplicable } from "../../../policy/verdict";

const withPods = [
  "kubernetes_deployment_v1",
  "kubernetes_stateful_set_v1",
  "kubernetes_daemon_set_v1",
  "kubernetes_job_v1",
  "kubernetes_cron_job_v1",
];
const deployments = resource("kubernetes_deployment_v1");
const volumes = "spec.template.spec.volume";
const configMap = { config_map: [{ name: "settings" }] };
const token = { service_account_token: { path: "token", audience: "example", expiration_seconds: 3600 } };

export default policy({
  id: "DE-30",
  severity: "error",
  title: "Each block of a projected volume holds one source",
  because:
    "the provider reads a block with two sources back as two blocks: every plan then wants to change the pods, and the nightly drift check never passes",
  remedy: "write one sources block for each config map, secret, token or field",
  proves: [],
  beyond: "found by planning every object with the provider 2.38 against a real API server: sources.# 2 -> 1",
  subjects: (platform) => platform.ofType(...withPods),
  check: (workload) => {
    const blocks = sourcesWithin(workload.raw("spec"));
    if (blocks.length === 0) return notApplicable("it has no projected volume");
    return equals(
      [],
      blocks.map(sourcesOf).filter(({ length }) => length > 1),
      "blocks with several sources",
    );
  },
  mutants: [
    change("a config map and a token in one block", deployments, set(volumes, projected([{ ...configMap, ...token }]))),
    change(
      "two config maps in one block",
      deployments,
      set(volumes, projected([{ config_map: [{ name: "settings" }, { name: "flags" }] }])),
    ),
  ],
  boundary: {
    holds: change("a block for each of two sources", deployments, set(volumes, projected([configMap, token]))),
    breaks: change(
      "a third block with two",
      deployments,
      set(volumes, projected([configMap, token, { ...configMap, ...token }])),
    ),
  },
});

function projected(sources: JsonObject[]): JsonObject[] {
  return [{ name: "settings", projected: [{ sources }] }];
}

/** Blocks of sources at any depth: a schedule's pod template is deeper than a deployment's. */
function sourcesWithin(value: Json | undefined): readonly Written[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(sourcesWithin);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, entry]) =>
    key === "projected" ? objectsOf(entry).flatMap(({ sources }) => objectsOf(sources)) : sourcesWithin(entry),
  );
}

/** "config_map", … once for each source of a block. */
const sourcesOf = (block: Written): readonly string[] =>
  Object.entries(block).flatMap(([kind, entry]) => (Array.isArray(entry) ? entry.map(() => kind) : [kind]));
