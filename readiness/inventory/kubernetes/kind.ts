import { objectMeta } from "./shared-shapes";
import { type Fields, type Shape, as } from "./shape";

/** What a resource type of the provider stands for, with the conversion of its arguments. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly fields: Fields;
}

export const metadata: Fields = { metadata: as("metadata", objectMeta) };
export const withSpec = (shape: Shape): Fields => ({ ...metadata, spec: as("spec", shape) });
