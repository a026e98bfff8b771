/** What a deployment asks an AWS account, and the two files that it writes there. Every call may throw what AWS said. */
export interface Account {
  /** Who is calling, as STS sees it. */
  caller(): Promise<{ readonly account: string; readonly arn: string }>;
  /** Those of `actions` that IAM's simulator denies the role. */
  deniedActions(roleArn: string, actions: readonly string[]): Promise<readonly string[]>;
  /** Applied value of a quota. */
  quota(region: string, service: string, code: string): Promise<number>;
  /** Public hosted zones of exactly this name, with their name servers. */
  hostedZones(domain: string): Promise<readonly { readonly id: string; readonly nameServers: readonly string[] }[]>;
  /** NS records of the domain as public resolvers answer; empty when nobody delegates to it. */
  delegatedTo(domain: string): Promise<readonly string[]>;
  /** GuardDuty detectors of a region: AWS allows one. */
  detectors(region: string): Promise<readonly string[]>;
  /** Names of the log groups of a region. */
  logGroups(region: string): Promise<readonly string[]>;
  /** Nodes that a node group wants now; undefined when there is no such group. */
  desiredNodes(region: string, cluster: string, nodeGroup: string): Promise<number | undefined>;
  /** Whether the registry of a region replicates its images already. */
  replicatesImages(region: string): Promise<boolean>;
  /** "linux/amd64", … of an image in ECR, by its digest or its tag; undefined when the image does not exist there. */
  imagePlatforms(region: string, repository: string, reference: string): Promise<readonly string[] | undefined>;
  /** "absent": no such secret; "empty": it has no current value. */
  secretState(region: string, name: string): Promise<"absent" | "empty" | "present">;
  /** Keys of a bucket; undefined when there is no such bucket. */
  keys(bucket: Bucket): Promise<readonly string[] | undefined>;
  readText(bucket: Bucket, key: string): Promise<string | undefined>;
  writeText(bucket: Bucket, key: string, text: string): Promise<void>;
  deleteObject(bucket: Bucket, key: string): Promise<void>;
  /** Deletes every version of every object. */
  emptyBucket(bucket: Bucket): Promise<void>;
  /** Whether an HTTPS request to the address gets any answer, also "not authorised". */
  answers(url: string): Promise<boolean>;
}

export interface Bucket {
  readonly bucket: string;
  readonly region: string;
}
