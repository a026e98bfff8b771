import type { ApplicationRecord } from "../../catalog/applications";
import type { Commitments } from "../../catalog/claims/commitments";
import type { RegisteredClaims } from "../../catalog/claims/registered";
import type { Environment } from "../../config/environment";
import type { DataLock } from "./data-lock";
import type { Unknown } from "./unknown";
import type { JsonObject } from "./json";
import type { PlacedObject } from "./kubernetes/object";
import type { Resource } from "./resource";
import type { ShapeLock } from "./shape";
import type { Subject } from "./subject";
import type { Alarm } from "./facts/aws/alarms";
import type { Bucket } from "./facts/aws/buckets";
import type { AddOn, Cluster, PodIdentity } from "./facts/aws/clusters";
import type { DnsRecord, HealthCheck } from "./facts/aws/dns";
import type { IamStatement } from "./facts/aws/iam";
import type { Key } from "./facts/aws/keys";
import type { LoadBalancer, TargetGroup } from "./facts/aws/load-balancers";
import type { Network } from "./facts/aws/networks";
import type { LaunchTemplate, NodeGroup } from "./facts/aws/node-groups";
import type { Repository } from "./facts/aws/repositories";
import type { Secret } from "./facts/aws/secrets";
import type { SecurityGroup } from "./facts/aws/security-groups";
import type { CacheGroup, DatabaseInstance } from "./facts/aws/stores";
import type { Backend, Provider } from "./facts/terraform";
import type { BackupSystem } from "./facts/kubernetes/backups";
import type { LimitRange, Namespace, Quota } from "./facts/kubernetes/namespaces";
import type { Release } from "./facts/kubernetes/releases";
import type { Role } from "./facts/kubernetes/roles";
import type { StorageClass } from "./facts/kubernetes/storage-classes";
import type {
  Autoscaler,
  DisruptionBudget,
  NetworkPolicy,
  Service,
  Workload,
  WorkloadContainer,
} from "./facts/kubernetes/workload-graph";
import type { PolicyDocument } from "./views/aws/policy-document";

export interface SynthesisedStack {
  readonly name: string;
  /** Content of its cdk.tf.json. */
  readonly terraform: JsonObject;
}

export interface PlatformFacts {
  readonly environment: Environment;
  /** ISO date or time of the judgement. */
  readonly now: string;
  /** What reports promise of the environment. @default none */
  readonly commitments?: Commitments;
  /** Public code of the applications. @default none - nothing is held against code */
  readonly applicationRecords?: readonly ApplicationRecord[];
  /** Shapes of the environments as they were recorded. @default none - DE-06 then has nothing to compare with */
  readonly shapes?: ShapeLock;
  /** What is deployed and holds data. @default none - DR-17 then has nothing to compare with */
  readonly dataLock?: DataLock;
}

/**
 * The platform that the synthesised Terraform describes.
 *
 * Every view is a list of plain data, computed at its first use. A value that is absent, and a value that is only known
 * after deployment, are both `undefined` (or missing from a list); the second kind is also listed in the item's
 * `unknowns` with its path and reason, so a policy that meets `undefined` asks `unknowns` before it calls the value
 * missing. `platform.unknowns` is all of them. Where a text has computed parts and the rest matters (ARNs, IAM
 * resources), the text is kept with `${address.attribute}` in the place of each part, and the references are beside it.
 */
export interface Platform extends PlatformFacts {
  /** Those of the facts, and those that applications register themselves. */
  readonly commitments: Commitments;
  /** Claims that applications register themselves, by application. */
  readonly registeredClaims: Readonly<Record<string, RegisteredClaims>>;
  /** Public code of the applications, as it was recorded. */
  readonly applicationRecords: readonly ApplicationRecord[];
  readonly stacks: readonly Stack[];
  readonly resources: readonly Resource[];
  /** Managed resources (and `data.<type>` for data blocks) of these types, in the order of stacks and addresses. */
  ofType(...types: readonly string[]): readonly Resource[];
  /** Resources that mention it in an argument or depend on it, in any stack. */
  referrers(resource: Resource): readonly Resource[];
  /** Resources that it mentions or depends on. */
  dependencies(resource: Resource): readonly Resource[];
  /** Everything that must be there before it: dependencies, followed to the end. */
  after(resource: Resource): readonly Resource[];

  readonly clusters: readonly Cluster[];
  readonly nodeGroups: readonly NodeGroup[];
  readonly launchTemplates: readonly LaunchTemplate[];
  readonly addOns: readonly AddOn[];
  readonly podIdentities: readonly PodIdentity[];
  readonly networks: readonly Network[];
  readonly iamStatements: readonly IamStatement[];
  /** Each policy document as a whole; ARNs of resources of the platform are spelled out. */
  readonly policyDocuments: readonly PolicyDocument[];
  readonly buckets: readonly Bucket[];
  readonly keys: readonly Key[];
  readonly secrets: readonly Secret[];
  readonly databases: readonly DatabaseInstance[];
  readonly caches: readonly CacheGroup[];
  readonly repositories: readonly Repository[];
  readonly records: readonly DnsRecord[];
  readonly healthChecks: readonly HealthCheck[];
  readonly alarms: readonly Alarm[];
  readonly securityGroups: readonly SecurityGroup[];
  readonly loadBalancers: readonly LoadBalancer[];
  readonly targetGroups: readonly TargetGroup[];
  readonly backends: readonly Backend[];
  readonly providers: readonly Provider[];

  /** Every Kubernetes object whose content is known, of every cluster. */
  readonly objects: readonly PlacedObject[];
  readonly workloads: readonly Workload[];
  /** Init containers too. */
  readonly containers: readonly WorkloadContainer[];
  readonly services: readonly Service[];
  readonly namespaces: readonly Namespace[];
  readonly networkPolicies: readonly NetworkPolicy[];
  readonly autoscalers: readonly Autoscaler[];
  readonly disruptionBudgets: readonly DisruptionBudget[];
  readonly storageClasses: readonly StorageClass[];
  readonly quotas: readonly Quota[];
  readonly limitRanges: readonly LimitRange[];
  readonly roles: readonly Role[];
  readonly releases: readonly Release[];
  readonly backups: readonly BackupSystem[];

  readonly unknowns: readonly PlatformUnknown[];
  readonly coverage: Coverage;
}

export interface Stack {
  readonly name: string;
  readonly environment: string | undefined;
  readonly region: string | undefined;
  readonly role: "primary" | "secondary" | "global" | undefined;
  readonly layer: string | undefined;
  readonly application: string | undefined;
  readonly terraform: JsonObject;
  readonly outputs: JsonObject;
}

export interface PlatformUnknown extends Unknown {
  readonly subject: Subject;
}

export interface Coverage {
  /** Managed resources and data blocks of all stacks. */
  readonly resources: number;
  /** Those that a view reads. */
  readonly judged: number;
  readonly opaque: readonly OpaquePart[];
}

/** Something that is deployed and that no policy can see into. */
export interface OpaquePart {
  readonly kind: "chart" | "resource type";
  /** `velero 12.1.0`, or the resource type. */
  readonly name: string;
  readonly addresses: readonly string[];
}
