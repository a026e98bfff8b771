import type { Resource } from "./resource";
import type { Subject } from "./subject";

/** A value that Terraform learns only while it deploys, or that cannot be read from the JSON. */
export interface Unknown {
  /** Argument path, for example `vpc_config.public_access_cidrs`; for a Kubernetes object the path in the object. */
  readonly path: string;
  readonly reason: string;
}

/** Everything a view lists: who it is, the raw resource behind it, and which of its values are not known yet. */
export interface Item extends Subject {
  readonly resource: Resource;
  readonly unknowns: readonly Unknown[];
}
