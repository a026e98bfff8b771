import { type Kind, metadata, withSpec } from "./kind";
import { claimSpec } from "./volume-shape";
import { as, block, flag, list, named, text, textMap, texts } from "./shape";

/** Volumes and what makes them. */
export const storage: Readonly<Record<string, Kind>> = {
  persistent_volume_claim: { apiVersion: "v1", kind: "PersistentVolumeClaim", fields: withSpec(claimSpec) },
  storage_class: {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    fields: {
      ...metadata,
      ...named({
        allow_volume_expansion: flag,
        mount_options: texts,
        parameters: textMap,
        reclaim_policy: text,
        volume_binding_mode: text,
      }),
      storage_provisioner: as("provisioner", text),
      allowed_topologies: as(
        "allowedTopologies",
        list(named({ match_label_expressions: list(named({ key: text, values: texts })) })),
      ),
    },
  },
  csi_driver: {
    apiVersion: "storage.k8s.io/v1",
    kind: "CSIDriver",
    fields: withSpec(block(named({ attach_required: flag, pod_info_on_mount: flag, volume_lifecycle_modes: texts }))),
  },
};
