import { equals, holds } from "../../../policy/comparison";
import { add, change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail } from "../../../policy/verdict";

const classes = resource("kubernetes_storage_class_v1");
const inSecondary = resource("kubernetes_storage_class_v1", (_, __, stack) => stack.endsWith("eu-west-1"));
const isDefault = ["metadata", "annotations", "storageclass.kubernetes.io/is-default-class"];

export default policy({
  id: "DR-11",
  severity: "error",
  proves: ["FL-12", "FL-21", "CA-23"],
  title: "Each cluster has one default StorageClass (gp3, encrypted, zonal, expandable)",
  because:
    "EKS has no default class since 1.30; with two, the younger wins; with another name in the standby, no restored volume is ever bound",
  remedy: "keep the one StorageClass of the ServicesStack, and name other classes without the default annotation",
  subjects: (platform) => platform.clusters,
  check: (cluster, platform) => {
    const defaults = platform.storageClasses.filter(
      ({ region, isDefault: chosen }) => region === cluster.region && chosen,
    );
    const [only, ...more] = defaults;
    if (!only || more.length > 0)
      return fail({
        expected: "one default StorageClass",
        actual:
          defaults
            .map(({ name }) => name)
            .sort()
            .join(", ") || "none",
      });
    const elsewhere = platform.storageClasses.filter(
      ({ region, isDefault: chosen }) => region !== cluster.region && chosen,
    );
    return [
      equals("ebs.csi.aws.com", only.provisioner, "provisioner"),
      equals("gp3", only.parameters["type"] ?? "gp3, the driver's default", "volume type"),
      equals("true", only.parameters["encrypted"] ?? "false", "encrypted"),
      equals("WaitForFirstConsumer", only.bindingMode, "volumeBindingMode"),
      holds(only.expandable, "allowVolumeExpansion", String(only.expandable)),
      ...elsewhere.map((other) => equals(only.name, other.name, `default class of ${other.region}`)),
    ];
  },
  mutants: [
    remove("no class", classes),
    change("no default", classes, unset(isDefault)),
    add("two defaults", /^platform-/, "kubernetes_storage_class_v1", "second", {
      metadata: { name: "gp2", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      storage_provisioner: "ebs.csi.aws.com",
    }),
    change("in the clear", classes, unset("parameters.encrypted")),
    change("gp2", classes, set("parameters.type", "gp2")),
    change("the driver of the tree", classes, set("storage_provisioner", "kubernetes.io/aws-ebs")),
    change("bound at once", classes, set("volume_binding_mode", "Immediate")),
    change("not expandable", classes, set("allow_volume_expansion", false)),
  ],
  boundary: {
    holds: change("another name in both regions", classes, set("metadata.name", "fast")),
    breaks: change("another name in one region", inSecondary, set("metadata.name", "fast")),
  },
});
