/** A value that Terraform learns only while it deploys, or that cannot be read from the JSON. */
export interface Unknown {
  /** Argument path, for example `vpc_config.public_access_cidrs`; for a Kubernetes object the path in the object. */
  readonly path: string;
  readonly reason: string;
}
