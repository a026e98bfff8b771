import type { Packing, PackingInput, PackingOptions } from "./pack";

/** How a packing is obtained: computed, or found among those that are known. */
export type Packer = (input: PackingInput, options?: PackingOptions) => Packing;

/** Options of the models that pack many times. */
export interface SharingOptions extends PackingOptions {
  /** @default each packing is computed on its own - see sharedPackings of sharing.ts */
  readonly packer?: Packer;
}
