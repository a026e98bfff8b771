import type { z } from "zod";
import { settings } from "../../allowed";
import { count, dnsLabel, filePath } from "../fields";

/** A volume that each pod keeps over restarts and moves: the component becomes a StatefulSet. */
export const volume = settings({
  path: filePath,
  sizeGiB: count(1, 16_384, "GiB", "an EBS volume of type gp3 holds at most 16 TiB"),
});

export const volumeName = dnsLabel(20, "it is part of the names of claims, limited to 63 characters");

export type Volume = z.infer<typeof volume>;
