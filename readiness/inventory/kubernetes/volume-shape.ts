import { arrayOf, isObject } from "../json";
import { objectMeta, labelSelector, resources, fieldRef, resourceFieldRef } from "./shared-shapes";
import {
  type Fields,
  type Shape,
  as,
  block,
  convertFields,
  flag,
  integer,
  list,
  named,
  octalMode,
  text,
  textMap,
  texts,
} from "./shape";

const keyToPath = list(named({ key: text, mode: octalMode, path: text }));
const downwardItems = list(
  named({ mode: octalMode, path: text, field_ref: fieldRef, resource_field_ref: resourceFieldRef }),
);
const projections: Fields = {
  ...named({
    secret: block(named({ name: text, optional: flag, items: keyToPath })),
    config_map: block(named({ name: text, optional: flag, items: keyToPath })),
  }),
  downward_api: as("downwardAPI", block(named({ items: downwardItems }))),
  ...named({ service_account_token: block(named({ audience: text, expiration_seconds: integer, path: text })) }),
};

/**
 * One block of Terraform may hold several sources; the provider sends each by itself, in the order of the table. Source: its
 * expandProjectedSources, read 2026-11-21.
 */
const projectedSources: Shape = (value, path, context) => {
  const order = Object.keys(projections);
  return arrayOf(value)
    .filter(isObject)
    .flatMap((source, index) =>
      Object.keys(source)
        .sort((left, right) => order.indexOf(left) - order.indexOf(right))
        .flatMap((name) =>
          arrayOf(source[name]).map((entry) =>
            convertFields({ [name]: entry }, projections, `${path}.${index}`, context),
          ),
        ),
    );
};

export const claimSpec = block(
  named({
    access_modes: texts,
    storage_class_name: text,
    volume_mode: text,
    volume_name: text,
    resources,
    selector: labelSelector,
  }),
);
export const claimTemplate = named({ metadata: objectMeta, spec: claimSpec });

// Volume sources of clouds other than AWS and of retired plugins are left out: a use of one is reported, not dropped.
export const volumes = list({
  ...named({
    name: text,
    config_map: block(named({ default_mode: octalMode, name: text, optional: flag, items: keyToPath })),
    csi: block(
      named({
        driver: text,
        fs_type: text,
        read_only: flag,
        volume_attributes: textMap,
        node_publish_secret_ref: block(named({ name: text })),
      }),
    ),
    empty_dir: block(named({ medium: text, size_limit: text })),
    ephemeral: block(named({ volume_claim_template: block(claimTemplate) })),
    host_path: block(named({ path: text, type: text })),
    nfs: block(named({ path: text, read_only: flag, server: text })),
    persistent_volume_claim: block(named({ claim_name: text, read_only: flag })),
    projected: block(named({ default_mode: octalMode, sources: projectedSources })),
    secret: block(named({ default_mode: octalMode, optional: flag, secret_name: text, items: keyToPath })),
  }),
  aws_elastic_block_store: as(
    "awsElasticBlockStore",
    block({ ...named({ fs_type: text, partition: integer, read_only: flag }), volume_id: as("volumeID", text) }),
  ),
  downward_api: as("downwardAPI", block(named({ default_mode: octalMode, items: downwardItems }))),
});
