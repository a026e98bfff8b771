import { layered } from "../layers";
import { organisation } from "../organisation";
import { defaults } from "./defaults";

/** What customers use: warm standby in the second region, data protected from deletion. */
export const production = layered(defaults, organisation.production, {
  name: "production",
  logRetentionDays: 365,
});
