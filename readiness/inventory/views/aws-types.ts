import type { JsonObject } from "../json";
import type { Item } from "../item";
import type { Reference, Resource } from "../resource";

/** An EKS cluster with what belongs to it. */
export interface Cluster extends Item {
  readonly name: string | undefined;
  readonly region: string | undefined;
  readonly role: "primary" | "secondary" | undefined;
  readonly version: string | undefined;
  readonly endpointPublicAccess: boolean | undefined;
  readonly endpointPrivateAccess: boolean | undefined;
  readonly publicAccessCidrs: readonly string[];
  /** Network of Services; undefined: EKS chooses it. */
  readonly serviceCidr: string | undefined;
  readonly logTypes: readonly string[];
  readonly encryptsSecrets: boolean;
  readonly encryptionKey: Resource | undefined;
  readonly authenticationMode: string | undefined;
  readonly creatorIsAdmin: boolean | undefined;
  readonly supportType: string | undefined;
  readonly deletionProtection: boolean | undefined;
  readonly zonalShift: boolean | undefined;
  readonly subnets: readonly Resource[];
  readonly zones: readonly string[];
  readonly addOns: readonly AddOn[];
  readonly accessEntries: readonly AccessEntry[];
  readonly podIdentities: readonly PodIdentity[];
  readonly nodeGroups: readonly NodeGroup[];
}

export interface AddOn extends Item {
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** configuration_values, parsed; empty if there are none. */
  readonly configuration: JsonObject;
}

export interface AccessEntry extends Item {
  readonly principalArn: string | undefined;
  readonly principal: Reference | undefined;
  readonly type: string | undefined;
  readonly kubernetesGroups: readonly string[];
  readonly policies: readonly {
    readonly policyArn: string | undefined;
    readonly scope: string | undefined;
    readonly namespaces: readonly string[];
  }[];
}

export interface PodIdentity extends Item {
  readonly region: string | undefined;
  readonly namespace: string | undefined;
  readonly serviceAccount: string | undefined;
  readonly role: Resource | undefined;
  readonly roleName: string | undefined;
}

export interface NodeGroup extends Item {
  readonly name: string | undefined;
  readonly region: string | undefined;
  readonly clusterName: string | undefined;
  readonly instanceTypes: readonly string[];
  readonly capacityType: "ON_DEMAND" | "SPOT" | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly desired: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly subnets: readonly Resource[];
  readonly zones: readonly string[];
  readonly amiType: string | undefined;
  readonly nodeRepair: boolean | undefined;
  readonly launchTemplate: LaunchTemplate | undefined;
  /** Whether a change that replaces the group makes its successor first. */
  readonly replacedFirst: boolean;
  /** CPU credits of its burstable types: of the launch template, else the account's default; undefined: EC2's own. */
  readonly cpuCredits: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** In the words of Kubernetes (`NoSchedule`), not of EKS (`NO_SCHEDULE`). */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: "NoSchedule" | "NoExecute" | "PreferNoSchedule";
}

export interface LaunchTemplate extends Item {
  readonly httpEndpoint: string | undefined;
  readonly httpTokens: string | undefined;
  readonly hopLimit: number | undefined;
  /** undefined also where the provider does not send it. */
  readonly cpuCredits: string | undefined;
  /** Whether it names an image, which EKS then does not configure. */
  readonly imageId: boolean;
  readonly volumes: readonly {
    readonly device: string | undefined;
    readonly type: string | undefined;
    readonly sizeGiB: number | undefined;
    readonly encrypted: boolean | undefined;
    readonly key: Reference | undefined;
  }[];
  /** kubelet configuration of the nodeadm NodeConfig in the user data; undefined if there is none to read. */
  readonly kubelet: Kubelet | undefined;
  /** The whole NodeConfig document. */
  readonly nodeConfig: JsonObject | undefined;
}

export interface Kubelet {
  readonly maxPods: number | undefined;
  readonly reservedCpuMillis: number | undefined;
  readonly reservedMemoryMiB: number | undefined;
  readonly evictionMemoryMiB: number | undefined;
  /** Of a shutdown of the node; the last of them, `shutdownGraceCriticalSeconds`, are for critical pods alone. */
  readonly shutdownGraceSeconds: number | undefined;
  readonly shutdownGraceCriticalSeconds: number | undefined;
}

export interface Network extends Item {
  readonly region: string | undefined;
  readonly cidr: string | undefined;
  readonly subnets: readonly Subnet[];
  /** Zones that have a NAT gateway. */
  readonly natGateways: readonly { readonly resource: Resource; readonly zone: string | undefined }[];
  readonly flowLogs: readonly Resource[];
  readonly endpoints: readonly NetworkEndpoint[];
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
  /** Name servers of its DHCP options; the VPC's own resolver without them. */
  readonly nameServers: readonly string[];
}

export interface NetworkEndpoint {
  readonly resource: Resource;
  readonly service: string | undefined;
  readonly type: string | undefined;
  readonly privateDns: boolean;
  readonly subnets: readonly Resource[];
  readonly routeTables: readonly Resource[];
  readonly securityGroups: readonly Resource[];
}

export interface Subnet extends Item {
  readonly cidr: string | undefined;
  readonly zone: string | undefined;
  /** public: its route table leads 0.0.0.0/0 to an internet gateway; computed from the routes, not from names. */
  readonly access: "public" | "private" | undefined;
  readonly routeTable: Resource | undefined;
  /** Where its default route leads; the route table itself: nowhere outside. */
  readonly gateway: Resource | undefined;
  /** Zone of the NAT gateway that its default route leads to. */
  readonly natZone: string | undefined;
  readonly mapsPublicIp: boolean;
}

export interface IamStatement extends Item {
  /** Which argument holds the document: `policy`, `assume_role_policy`, `inline_policy[0].policy`, `statement[1]` … */
  readonly document: string;
  readonly trust: boolean;
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  /** Literal ARNs; a part that is computed stays as `${aws_s3_bucket.x.arn}`. */
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  readonly resourceReferences: readonly Reference[];
  /** `AWS:arn…`, `Service:eks.amazonaws.com`, `*`. */
  readonly principals: readonly string[];
  readonly conditions: readonly {
    readonly operator: string;
    readonly key: string;
    readonly values: readonly string[];
  }[];
}

export interface Bucket extends Item {
  readonly name: string | undefined;
  readonly region: string | undefined;
  readonly versioning: boolean;
  readonly encryption: string | undefined;
  readonly key: Reference | undefined;
  readonly publicAccessBlocked: boolean;
  readonly objectLock: { readonly mode: string | undefined; readonly days: number | undefined } | undefined;
  readonly lifecycleRules: readonly {
    readonly id: string | undefined;
    readonly enabled: boolean;
    readonly expirationDays: number | undefined;
    /** Whether it removes current objects, after days or from a date on. */
    readonly expires: boolean;
    readonly noncurrentDays: number | undefined;
    readonly abortUploadDays: number | undefined;
    readonly transitions: readonly string[];
  }[];
  readonly replication: readonly { readonly destination: Resource | undefined; readonly enabled: boolean }[];
  readonly preventDestroy: boolean;
}

export interface Key extends Item {
  readonly region: string | undefined;
  readonly rotation: boolean;
  readonly multiRegion: boolean;
  readonly deletionWindowDays: number | undefined;
  readonly replicas: readonly { readonly resource: Resource; readonly region: string | undefined }[];
  /** Set for aws_kms_replica_key. */
  readonly replicaOf: Resource | undefined;
  readonly aliases: readonly string[];
}

export interface Secret extends Item {
  readonly name: string | undefined;
  readonly region: string | undefined;
  readonly key: Reference | undefined;
  readonly replicas: readonly { readonly region: string | undefined; readonly key: Reference | undefined }[];
  readonly rotation: SecretRotation | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly recoveryWindowDays: number | undefined;
  /** Resources that write a value from the configuration into it. */
  readonly versions: readonly Resource[];
}

export interface SecretRotation {
  readonly resource: Resource;
  readonly days: number | undefined;
  readonly schedule: string | undefined;
  readonly immediately: boolean;
  /** The function that makes the value. */
  readonly rotator: Resource | undefined;
}

/** An instance of RDS. */
export interface DatabaseInstance extends Item {
  /** Tags `application` and `store`: whose it is, and its name in that application's file. */
  readonly application: string | undefined;
  readonly store: string | undefined;
  readonly identifier: string | undefined;
  readonly region: string | undefined;
  readonly engine: string | undefined;
  readonly engineVersion: string | undefined;
  readonly instanceClass: string | undefined;
  readonly multiAz: boolean | undefined;
  readonly storageGb: number | undefined;
  readonly maxStorageGb: number | undefined;
  readonly encrypted: boolean;
  readonly key: Reference | undefined;
  readonly publiclyAccessible: boolean;
  readonly deletionProtection: boolean;
  /** Days of automated backups; 0 of a replica that says nothing. */
  readonly backupDays: number;
  readonly logs: readonly string[];
  readonly insights: boolean;
  readonly minorUpgrades: boolean;
  readonly maintenanceWindow: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly securityGroups: readonly Resource[];
  readonly ignored: readonly string[];
  /** The instance that it copies, found by reference or by ARN; undefined: it accepts writes, or the source is not among the stacks. */
  readonly source: DatabaseInstance | undefined;
  readonly replicates: boolean;
  /** Instances that copy it. */
  readonly replicas: readonly DatabaseInstance[];
  /** Copies of its automated backups in other regions. */
  readonly backupCopies: readonly {
    readonly resource: Resource;
    readonly region: string | undefined;
    readonly days: number;
    readonly key: Reference | undefined;
  }[];
}

/** A replication group of ElastiCache. */
export interface CacheGroup extends Item {
  /** Tags `application` and `store`: whose it is, and its name in that application's file. */
  readonly application: string | undefined;
  readonly store: string | undefined;
  readonly identifier: string | undefined;
  readonly region: string | undefined;
  readonly engine: string | undefined;
  readonly nodeType: string | undefined;
  readonly nodes: number | undefined;
  readonly failover: boolean;
  readonly multiAz: boolean;
  readonly encryptedAtRest: boolean;
  readonly key: Reference | undefined;
  readonly encryptedInTransit: boolean;
  readonly transitMode: string | undefined;
  readonly userGroups: readonly Resource[];
  readonly snapshotDays: number;
  readonly parameters: Readonly<Record<string, string>>;
  readonly securityGroups: readonly Resource[];
}

export interface Repository extends Item {
  readonly name: string | undefined;
  readonly region: string | undefined;
  readonly immutableTags: boolean;
  readonly scansOnPush: boolean;
  readonly encryption: string | undefined;
  readonly hasLifecycle: boolean;
  /** Regions that the registry of its region replicates it to. */
  readonly replicatedTo: readonly string[];
}

export interface DnsRecord extends Item {
  readonly name: string | undefined;
  readonly type: string | undefined;
  readonly ttlSeconds: number | undefined;
  readonly values: readonly string[];
  readonly setIdentifier: string | undefined;
  readonly failover: "PRIMARY" | "SECONDARY" | undefined;
  readonly alias:
    | {
        readonly target: Resource | undefined;
        readonly name: string | undefined;
        readonly evaluatesTargetHealth: boolean;
      }
    | undefined;
  readonly healthCheck: HealthCheck | undefined;
}

export interface HealthCheck extends Item {
  readonly kind: "endpoint" | "calculated" | "alarm" | "recovery-control";
  /** Terraform's `type`: HTTPS, TCP, CALCULATED, CLOUDWATCH_METRIC … */
  readonly type: string | undefined;
  readonly host: string | undefined;
  readonly hostReference: Reference | undefined;
  readonly port: number | undefined;
  readonly path: string | undefined;
  readonly intervalSeconds: number;
  readonly failureThreshold: number;
  readonly inverted: boolean;
  readonly disabled: boolean;
  /** Healthy children that make a calculated check healthy. */
  readonly healthThreshold: number | undefined;
  readonly children: readonly HealthCheck[];
  readonly alarm: Alarm | undefined;
  readonly insufficientData: string | undefined;
}

export interface Alarm extends Item {
  readonly region: string | undefined;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly metric: string | undefined;
  /** Of the metric; a dimension that is computed later is a reference in {@link resource}. */
  readonly dimensions: readonly AlarmDimension[];
  readonly statistic: string | undefined;
  readonly comparison: string | undefined;
  readonly threshold: number | undefined;
  readonly periodSeconds: number | undefined;
  readonly evaluationPeriods: number | undefined;
  /** Points of them that must breach. @default all */
  readonly datapointsToAlarm: number | undefined;
  readonly missingData: string | undefined;
  readonly actionsEnabled: boolean;
  readonly actions: readonly (Resource | string)[];
}

/** One direction of a security group's rules, with what it admits. */
export interface SecurityGroupRule {
  readonly resource: Resource;
  readonly direction: "ingress" | "egress";
  /** Lowest and highest port; all ports where neither is written or the protocol is -1. */
  readonly fromPort: number;
  readonly toPort: number;
  /** tcp, udp, icmp …, -1 for all. */
  readonly protocol: string | undefined;
  readonly cidrs: readonly string[];
  /** Groups that it names; a cluster stands for the group that EKS makes for it. */
  readonly groups: readonly Resource[];
  readonly prefixLists: readonly string[];
}

/** A security group, or the cluster that EKS makes one for. */
export interface SecurityGroup extends Item {
  readonly region: string | undefined;
  readonly vpc: Resource | undefined;
  readonly rules: readonly SecurityGroupRule[];
}

export interface AlarmDimension {
  readonly name: string;
  readonly value: string | undefined;
  /** Resource that the value is taken from, where it is not written out. */
  readonly resource: Resource | undefined;
}

export interface LoadBalancer extends Item {
  readonly name: string | undefined;
  readonly region: string | undefined;
  readonly kind: string;
  readonly internal: boolean;
  readonly deletionProtection: boolean;
  readonly accessLogs: boolean;
  readonly dropsInvalidHeaders: boolean;
  readonly subnets: readonly Resource[];
  readonly securityGroups: readonly Resource[];
  readonly zones: readonly string[];
  readonly listeners: readonly Listener[];
  readonly webAcl: WebAcl | undefined;
  readonly targetGroups: readonly TargetGroup[];
}

export interface Listener extends Item {
  readonly port: number | undefined;
  readonly protocol: string | undefined;
  readonly sslPolicy: string | undefined;
  readonly certificate: Reference | undefined;
  /** Certificates that it serves: its own, then those added to it; a validation stands for what it validates. */
  readonly certificates: readonly Resource[];
  readonly actions: readonly string[];
  readonly rules: readonly ListenerRule[];
  /** Target groups of the default actions. */
  readonly targetGroups: readonly Resource[];
  readonly redirectsToHttps: boolean;
}

export interface ListenerRule {
  readonly resource: Resource;
  readonly priority: number | undefined;
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
  /** Networks that it lets in; empty: every address. */
  readonly sources: readonly string[];
  /** Kinds of conditions beside hosts and paths, for example `source_ip`. */
  readonly otherConditions: readonly string[];
  readonly actions: readonly string[];
  /** Those that get requests: not the ones of weight 0. */
  readonly targetGroups: readonly Resource[];
}

export interface TargetGroup extends Item {
  readonly name: string | undefined;
  readonly port: number | undefined;
  readonly protocol: string | undefined;
  /** HTTP1, HTTP2 or GRPC. */
  readonly protocolVersion: string;
  readonly targetType: string | undefined;
  readonly deregistrationDelaySeconds: number;
  readonly healthCheck: {
    readonly enabled: boolean;
    readonly protocol: string;
    readonly path: string | undefined;
    readonly port: string | undefined;
    readonly intervalSeconds: number;
    readonly healthyThreshold: number;
    readonly unhealthyThreshold: number;
    readonly timeoutSeconds: number | undefined;
    readonly matcher: string | undefined;
  };
}

export interface WebAcl extends Item {
  readonly scope: string | undefined;
  readonly defaultAction: "allow" | "block" | "count" | "captcha" | "challenge" | undefined;
  readonly rules: readonly {
    readonly name: string | undefined;
    readonly priority: number | undefined;
    readonly action: "allow" | "block" | "count" | "captcha" | "challenge" | "group" | undefined;
    readonly rateLimit: number | undefined;
    readonly managedGroup: string | undefined;
  }[];
}

export interface Backend extends Item {
  readonly kind: string;
  readonly bucket: string | undefined;
  readonly bucketReference: Bucket | undefined;
  readonly key: string | undefined;
  readonly region: string | undefined;
  readonly encrypt: boolean;
  readonly locked: boolean;
  readonly settings: JsonObject;
}

export interface Provider extends Item {
  readonly name: string;
  readonly alias: string | undefined;
  readonly region: string | undefined;
  readonly version: string | undefined;
  readonly source: string | undefined;
  readonly settings: JsonObject;
}
