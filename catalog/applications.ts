import ciFailureAgent from "./applications/ci-failure-agent.json";
import flakeguard from "./applications/flakeguard.json";
import fleetforge from "./applications/fleetforge.json";
import freightliner from "./applications/freightliner.json";
import x0tta6bl4 from "./applications/x0tta6bl4.json";

/** Place in the repository at the recorded commit: `path:line`. */
type Place = string;

/** A program as its code defines it. Recorded by reading the repository; facts only. */
export interface Program {
  /** Flags that it parses, with the dashes. */
  readonly flags: Readonly<Record<string, Place>>;
  /** Environment variables that it reads; `required`: it exits, or a promised function fails, without one. */
  readonly variables: Readonly<Record<string, { readonly required?: boolean; readonly at: Place }>>;
  /** Configuration file: the flag that names it, and its keys. */
  readonly configuration?: { readonly flag: string; readonly keys: Readonly<Record<string, Place>> };
  readonly listen?: {
    readonly address: { readonly default: string; readonly setBy: readonly string[]; readonly at: Place };
  };
  /** Ports that it listens on, and the flags, variables and keys that change them. */
  readonly ports: readonly { readonly number: number; readonly setBy: readonly string[]; readonly at: Place }[];
  /** HTTP paths that it answers; one that ends in `*` stands for all below. */
  readonly paths: Readonly<Record<string, Place>>;
  /**
   * Path of its Prometheus metrics; null: it exposes none. `series`: those that rules or dashboards could read, beside
   * what the run time exposes; an empty list says that there are no others. Undefined: not recorded.
   */
  readonly metrics: {
    readonly path: string | null;
    readonly at: Place;
    readonly series?: Readonly<
      Record<string, { readonly kind: "counter" | "gauge" | "histogram"; readonly at: Place }>
    >;
  };
  /**
   * What makes it authenticate its callers: the variable, flag or key of the configuration file; null: nothing does. Required
   * of programs that the internet reaches. `paths`: it checks the callers of these alone; otherwise of everything but health
   * and metrics.
   */
  readonly checksCallers?: { readonly by: string | null; readonly paths?: readonly string[]; readonly at: Place };
  /** Why the program of this commit ends at its start, where, and what fixes it. Absent: it starts. */
  readonly startFailure?: { readonly because: string; readonly fix: string; readonly at: Place };
  /** Pods that it makes at run time, by their name in the application file: what it writes into each of them. */
  readonly creates?: Readonly<
    Record<
      string,
      {
        /** The same in all of them. */
        readonly labels: Readonly<Record<string, string>>;
        /** Where nothing says otherwise. */
        readonly requests: { readonly cpu: string; readonly memory: string };
        readonly ports: readonly number[];
        /** Whether it writes a security context that the restricted standard takes. */
        readonly securityContext: boolean;
        readonly at: Place;
      }
    >
  >;
  /** User of its image. */
  readonly userId?: { readonly number: number; readonly at: Place };
  /** Heap limit that its image sets, and the variable that changes it. */
  readonly heap?: { readonly MiB: number; readonly variable: string; readonly at: Place };
  /** Election of a leader: what is built in. Durations in seconds. */
  readonly leaderElection?: {
    readonly lease: string;
    readonly leaseSeconds: number;
    readonly renewSeconds: number;
    readonly retrySeconds: number;
    readonly at: Place;
  };
}

/** Public code of one application at one commit. */
export interface ApplicationRecord {
  readonly application: string;
  /** Date on which the code was read. */
  readonly read: string;
  /** `owner/name` on GitHub. */
  readonly repository: string;
  readonly commit: string;
  /** By component or job of the application file. */
  readonly programs: Readonly<Record<string, Program>>;
  /** Redis keys of its queues. */
  readonly queues?: readonly { readonly key: string; readonly at: Place }[];
  /** Kubernetes kinds that its code registers. */
  readonly kinds?: readonly {
    readonly kind: string;
    readonly group: string;
    readonly version: string;
    readonly plural: string;
    readonly scope: string;
    /** Required fields of `spec`. */
    readonly required: readonly string[];
    readonly at: Place;
  }[];
  /** What its calls to the Kubernetes API need. */
  readonly rights?: readonly {
    readonly group: string;
    readonly resource: string;
    readonly verbs: readonly string[];
    readonly at: Place;
  }[];
}

/** Records of the shipped applications; an application without a record is not held against code. */
export const applicationRecords: readonly ApplicationRecord[] = [
  ciFailureAgent,
  flakeguard as ApplicationRecord,
  fleetforge as ApplicationRecord,
  freightliner,
  x0tta6bl4,
];

/** The program behind a component or job, where its code was recorded. */
export const programOf = (
  records: readonly ApplicationRecord[],
  application: string,
  component: string,
): Program | undefined => records.find((record) => record.application === application)?.programs[component];
