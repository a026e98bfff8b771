/** Region's backup bucket with the key that encrypts it. */
export interface BackupStore {
  readonly bucket: string;
  readonly bucketArn: string;
  readonly keyArn: string;
  readonly region: string;
}

/** What a chart's settings may follow from: plain facts of one region of one environment. */
export interface PlatformFacts {
  readonly organisation: string;
  readonly environment: string;
  readonly accountId: string;
  readonly region: string;
  readonly clusterName: string;
  readonly peerClusterName: string;
  /** Minor version of the cluster, such as `1.36`. */
  readonly kubernetesVersion: string;
  readonly vpcId: string;
  /** TLS security policy of load balancer listeners. */
  readonly tlsPolicy: string;
  /** Name of the ClusterSecretStore. */
  readonly secretStore: string;
  /** Namespaces of applications, in the order of their files. */
  readonly applications: readonly string[];
  /** Those of them whose pods read secrets, and are started again when these change. */
  readonly restarted: readonly string[];
  /** Whether a component of an application scales by the length of a queue. */
  readonly scalesByQueue: boolean;
  readonly backups: {
    readonly ownRegion: BackupStore;
    readonly otherRegion: BackupStore;
    /** Cron expression, UTC. */
    readonly schedule: string;
    /** Cron expression, UTC. @default the chart's own */
    readonly recoverySchedule?: string;
    readonly retentionDays: number;
  };
  /** Name in Secrets Manager of one key of an owner's secrets. */
  readonly secretName: (owner: string, key: string) => string;
}
