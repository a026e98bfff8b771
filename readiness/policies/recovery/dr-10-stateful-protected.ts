import { protectedTypes } from "../../../catalog/resource-types";
import { holds } from "../../policy/comparison";
import { asObject } from "../../policy/json";
import { change, changeStack, resource, set, unset } from "../../policy/mutation";
import { mustProtectData } from "../../policy-terms/scope";
import { policy } from "../../policy/policy";
import { notApplicable } from "../../policy/verdict";

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
  subjects: (platform) => platform.ofType(...protectedTypes()),
  check: (item, platform) => {
    if (!mustProtectData(platform)) return notApplicable("the emulated environment is thrown away");
    return [
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
