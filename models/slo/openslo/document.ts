import Ajv, { type ErrorObject } from "ajv";
import schema from "./openslo-v1.schema.json";

/** Annotation that carries an indicator of this project whole: OpenSLO has no word for its kinds. */
export const INDICATOR = "plimsoll-indicator";

export interface MetricDocument {
  readonly metricSource: { readonly type: string; readonly spec: { readonly query: string } };
}
export interface OpenSloDocument {
  readonly metadata: { readonly name: string; readonly displayName?: string };
  readonly spec: {
    readonly description?: string;
    readonly service: string;
    readonly indicator: {
      readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
      readonly spec: {
        readonly thresholdMetric?: MetricDocument;
        readonly ratioMetric?: {
          readonly good?: MetricDocument;
          readonly bad?: MetricDocument;
          readonly total: MetricDocument;
        };
      };
    };
    readonly timeWindow: readonly [{ readonly duration: string }];
    readonly objectives: readonly [
      { readonly target?: number; readonly targetPercent?: number; readonly op?: string; readonly value?: number },
    ];
  };
}
const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);

export const isOpenSlo = (value: unknown): value is OpenSloDocument => validate(value);

/** What the schema says against a value; empty when it is a document. */
export const schemaErrors = (value: unknown): readonly ErrorObject[] =>
  validate(value) ? [] : (validate.errors ?? []);
