import { z } from "zod";
import { settings } from "../../allowed";
import { count, recordOf, text, variable } from "../fields";

/** What one environment may have otherwise: sizes, switches and settings. The shape is the same everywhere. */
const adjustment = settings({
  components: recordOf(
    z.string() as z.ZodType<string, string>,
    settings({
      /** Of a component with `replicas`. */
      replicas: count(1, 1000, "replicas", "a component that runs nowhere is no component").optional(),
      /** Of a component with `scale`; less than the maximum, here as well. */
      min: count(1, 1000, "replicas", "an autoscaler without a floor leaves nothing running").optional(),
      max: count(1, 1000, "replicas", "the ceiling bounds capacity and cost").optional(),
      keepAvailable: count(1, 1000, "pods", "a budget that keeps nothing available protects nothing").optional(),
    }),
  ).optional(),
  flags: recordOf(variable, z.boolean()).optional(),
  /** For every component, in place of its own of the same name; not for jobs. */
  settings: recordOf(variable, text(4096, "it is the value of an environment variable")).optional(),
});

/** Environments that differ from production; what is left out is as there. */
export const adjustments = settings({
  staging: adjustment.optional(),
  development: adjustment.optional(),
  local: adjustment.optional(),
});
export type Adjustment = z.infer<typeof adjustment>;
