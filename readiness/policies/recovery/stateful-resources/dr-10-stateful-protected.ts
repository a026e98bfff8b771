import { protectedTypes } from "../../../../catalog/resource-types";
import { atLeast, holds } from "../../../policy/comparison";
import { asObject } from "../../../policy/json";
import { change, changeStack, resource, set, unset } from "../../../policy/mutation";
import { mustProtectData } from "../../../policy-terms/scope";
import { policy } from "../../../policy/policy";
import { notApplicable, type Verdict } from "../../../policy/verdict";
import type { Resource } from "../../../inventory/resource";
import { objectOf, textOf } from "../../../inventory/json";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";

/** Arguments by which a provider deletes what a resource holds, so that AWS no longer refuses to delete it. */
const alongWithContents = ["force_destroy", "force_delete"];
/** AWS's own waiting time for a key (KMS API reference, ScheduleKeyDeletion, read 2026-11-29): after it nothing that it encrypted can be read. */
const KEY_DAYS = 30;

const emptied = (item: Resource): Verdict[] =>
  alongWithContents
    .filter((argument) => item.has(argument))
    .map((argument) =>
      holds(item.flag(argument) === false, `${argument} false: what is not empty is not deleted`, "true"),
    );

/** Ends of addresses that cdktf derives from the construct's path. */
const derived = /_[0-9A-F]{8}$/;

export default policy({
  id: "DR-10",
  severity: "error",
  proves: ["CA-23", "CA-28"],
  title: "Stateful resources are protected from destruction and have a fixed address",
  because:
    "a construct that moves to another folder gets another address, and Terraform replaces what it finds at the old one: the data is gone in a refactoring",
  remedy: "call protect(resource, id, environment) in the construct: it fixes the address and sets prevent_destroy",
  subjects: (platform): readonly (Resource | Workload)[] => [
    ...platform.ofType(...protectedTypes(), "aws_ecr_repository"),
    ...platform.workloads.filter(({ kind, origin }) => kind === "StatefulSet" && origin !== "chart"),
  ],
  check: (item, platform) => {
    if (!mustProtectData(platform)) return notApplicable("the emulated environment is thrown away");
    if ("pod" in item) return claimsStay(item);
    if (item.type === "aws_ecr_repository") return emptied(item);
    return [
      ...emptied(item),
      ...(item.type === "aws_kms_key"
        ? [
            atLeast(
              KEY_DAYS,
              item.number("deletion_window_in_days") ?? KEY_DAYS,
              "days in which a deletion is taken back",
            ),
          ]
        : []),
      holds(item.preventsDestroy, "lifecycle prevent_destroy true", item.preventsDestroy ? "true" : "not set"),
      holds(!derived.test(item.name), "an address of its own", item.name),
    ];
  },
  mutants: [
    change("buckets may be destroyed", resource("aws_s3_bucket"), unset("lifecycle")),
    change("keys may be destroyed", resource("aws_kms_key"), unset("lifecycle.prevent_destroy")),
    change("secrets may be destroyed", resource("aws_secretsmanager_secret"), set("lifecycle", [])),
    change(
      "the zone may be destroyed",
      resource("aws_route53_zone"),
      set("lifecycle.prevent_destroy", "${var.protect}"),
    ),
    change("a bucket that is emptied first", resource("aws_s3_bucket"), set("force_destroy", true)),
    change(
      "a zone that is emptied first, in which every name is",
      resource("aws_route53_zone"),
      set("force_destroy", true),
    ),
    change("a registry that is emptied first", resource("aws_ecr_repository"), set("force_delete", true)),
    change("a week for a key", resource("aws_kms_key"), set("deletion_window_in_days", 7)),
    change(
      "claims that go with their StatefulSet",
      resource("kubernetes_stateful_set_v1"),
      set("spec.persistent_volume_claim_retention_policy", [{ when_deleted: "Delete", when_scaled: "Retain" }]),
    ),
    change(
      "claims that go with a smaller number, in the secondary",
      resource("kubernetes_stateful_set_v1", (_, __, stack) => stack.endsWith("eu-west-1")),
      set("spec.persistent_volume_claim_retention_policy", [{ when_deleted: "Retain", when_scaled: "Delete" }]),
    ),
    changeStack("an address that follows the code", "dns", (terraform) => {
      const zones = asObject(asObject(terraform["resource"])["aws_route53_zone"]);
      for (const [name, zone] of Object.entries(zones)) {
        zones[`${name}_0A1B2C3D`] = zone;
        delete zones[name];
      }
    }),
  ],
  boundary: {
    holds: change("tags are ignored too", resource("aws_s3_bucket"), set("lifecycle.ignore_changes", ["tags"])),
    breaks: change("prevent_destroy false", resource("aws_s3_bucket"), set("lifecycle.prevent_destroy", false)),
  },
});

/** Kubernetes keeps claims unless it is configured otherwise. */
function claimsStay({ object, label }: Workload): Verdict[] {
  const kept = objectOf(objectOf(object["spec"])["persistentVolumeClaimRetentionPolicy"]);
  return ["whenDeleted", "whenScaled"].map((event) =>
    holds(
      (textOf(kept[event]) ?? "Retain") === "Retain",
      `${label} keeps its volumes (${event} Retain)`,
      `${textOf(kept[event]) ?? "Retain"}: the data of its pods is deleted with them`,
    ),
  );
}
