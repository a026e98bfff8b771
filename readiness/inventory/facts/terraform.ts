import type { Item } from "../item";
import type { JsonObject } from "../json";
import type { Bucket } from "./aws/buckets";

export interface Backend extends Item {
  readonly kind: string;
  readonly bucket: string | undefined;
  readonly bucketReference: Bucket | undefined;
  readonly key: string | undefined;
  readonly region: string | undefined;
  readonly encrypt: boolean;
  readonly locked: boolean;
  readonly settings: JsonObject;
}

export interface Provider extends Item {
  readonly name: string;
  readonly alias: string | undefined;
  readonly region: string | undefined;
  readonly version: string | undefined;
  readonly source: string | undefined;
  readonly settings: JsonObject;
}
