import { layered } from "../layers";
import { organisation } from "../organisation";
import { defaults } from "./defaults";

/** The last stop before production: the same shape, smaller. */
export const staging = layered(defaults, organisation.staging, {
  name: "staging",
  logRetentionDays: 90,
});
