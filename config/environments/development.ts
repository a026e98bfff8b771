import { layered } from "../layers";
import { organisation } from "../organisation";
import { defaults } from "./defaults";

/** Where changes are tried first: the same shape, smallest. */
export const development = layered(defaults, organisation.development, {
  name: "development",
  failover: { healthCheckIntervalSeconds: 30 },
});
