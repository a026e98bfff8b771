/** One step: what to do, and the commands that do it. */
export interface Step {
  readonly text: string;
  readonly commands?: readonly string[];
}

export interface Procedure {
  readonly id: string;
  readonly title: string;
  /** When it applies. */
  readonly when: string;
  readonly steps: readonly Step[];
  /** How the operator sees that it worked. */
  readonly done: string;
}

/** Names of one application's database. */
export interface DatabaseNames {
  readonly application: string;
  /** Of the instance, in both regions. */
  readonly instance: string;
  /** In the state of the stack stores-<region>. */
  readonly address: string;
  /** Secret with the connection URL. */
  readonly secret: string;
}

/** Names of the synthesised resources that commands use. */
export interface Names {
  readonly prefix: string;
  readonly primary: string;
  readonly secondary: string;
  readonly domain: string;
  readonly environment: string;
  readonly clusters: { readonly primary: string; readonly secondary: string };
  readonly first: { readonly application: string; readonly component: string };
  readonly entered: readonly string[];
  /** Kinds of applications whose objects users write into one cluster: `plural.group`. */
  readonly kinds: readonly { readonly application: string; readonly resources: string }[];
  readonly databases: readonly DatabaseNames[];
  readonly kubernetes: string;
}

/** Chooses the cluster of a kubectl command. */
export const context = (cluster: string): string => `--context ${cluster}`;
