/** What a component's application file says and no field of the Deployment holds. */
export interface ComponentFacts {
  readonly bootSeconds: number | undefined;
  readonly drainSeconds: number | undefined;
  /** Whether its image holds its program alone. */
  readonly distroless: boolean;
  readonly talksTo: readonly unknown[];
  /** Other namespaces that may connect, and the name of the port. */
  readonly reachedFrom: readonly { readonly namespace: string; readonly port: string }[];
  /** Form of its log lines. */
  readonly logFormat: string | undefined;
  /** Seconds of its leader election; undefined: it elects none. */
  readonly leaderElection: DeclaredElection | undefined;
  readonly throughput: DeclaredThroughput | undefined;
  /** Pods that it makes at run time. */
  readonly creates: readonly CreatedPods[];
  /** AWS actions that it calls, on which ARNs. */
  readonly awsPermissions: readonly { readonly actions: readonly string[]; readonly resources: readonly string[] }[];
  /** How it authenticates callers from the internet; undefined: it does not say. */
  readonly authentication: DeclaredAuthentication | undefined;
  /** Paths of the application's host whose bodies the web ACL does not judge. */
  readonly uninspectedBodies: readonly string[];
}

export interface DeclaredElection {
  readonly leaseSeconds: number | undefined;
  readonly renewSeconds: number | undefined;
  readonly retrySeconds: number | undefined;
}

/** Pods that a program makes at run time, as its application file declares them; figures that are no numbers are undefined. */
export interface CreatedPods {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly maximum: number | undefined;
  readonly usual: number;
  readonly surge: number;
  /** Of one pod. */
  readonly cpuRequestMillis: number | undefined;
  readonly memoryRequestMiB: number | undefined;
  readonly cpuLimitMillis: number | undefined;
  readonly memoryLimitMiB: number | undefined;
  readonly pool: string;
  readonly metricsPort: number | undefined;
  readonly reachedFrom: readonly { readonly namespace: string; readonly port: number | undefined }[];
  /** Hosts outside the platform. */
  readonly https: readonly string[];
}

/** One of `secret`, `accountsIn`, `delegatedTo`, `public` and `networks` is set. */
export interface DeclaredAuthentication {
  /** Place in the code that checks callers, where no record of the code says it. */
  readonly checkedAt: string | undefined;
  /** Why everybody may call it. */
  readonly public: string | undefined;
  /** Whose networks the load balancer lets in. */
  readonly networks: string | undefined;
  /** Paths that are open to the internet beside those networks, because the program checks their callers. */
  readonly open:
    | { readonly paths: readonly string[]; readonly secret: string | undefined; readonly checkedAt: string | undefined }
    | undefined;
  readonly secret: string | undefined;
  /** Argument, `VARIABLE=value` or text of a rendered file that switches the check on. */
  readonly switchedOnBy: string | undefined;
  readonly accountsIn: string | undefined;
  readonly delegatedTo: string | undefined;
}

/** What a component says that it carries; figures that are not written, or no numbers, are undefined. */
export interface DeclaredThroughput {
  readonly carries: readonly {
    readonly claim: string | undefined;
    readonly unit: string;
    readonly total: number | undefined;
    readonly perReplica: number | undefined;
  }[];
  /** Of one replica at its full share. */
  readonly cpuMillis: number | undefined;
  /** Of all replicas, in the busier direction. */
  readonly megabytesPerSecond: number | undefined;
}
