import { layered } from "../layers";
import { organisation } from "../organisation";
import { defaults } from "./defaults";

/** Emulated AWS on this computer: nothing is protected, so that it can be thrown away. */
export const local = layered(defaults, organisation.local, {
  name: "local",
  failover: { healthCheckIntervalSeconds: 30 },
  protectData: false,
});
