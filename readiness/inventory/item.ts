import type { Resource } from "./resource";
import type { Subject } from "./subject";
import type { Unknown } from "./unknown";

/** Everything a view lists: who it is, the raw resource behind it, and which of its values are not known yet. */
export interface Item extends Subject {
  readonly resource: Resource;
  readonly unknowns: readonly Unknown[];
}
