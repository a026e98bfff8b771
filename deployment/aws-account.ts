import { execFile } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { request } from "node:https";
import { promisify } from "node:util";
import type { Account, Bucket } from "./account";

type Environment = Readonly<Record<string, string | undefined>>;

/** Milliseconds that an address of the Kubernetes API gets to answer. */
const ANSWER_TIMEOUT_MS = 5000;

// A notice about next year's versions of Node does not belong between the lines of a deployment.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");

/**
 * The account that the AWS credentials of the process belong to. Endpoints follow `AWS_ENDPOINT_URL` and
 * `AWS_ENDPOINT_URL_<SERVICE>`, as Terraform's do. Each client is loaded when it is first asked.
 */
export function awsAccount(environment: Environment = process.env): Account {
  const settings = (service: string, region: string): Settings => settingsOf(environment, service, region);
  const s3 = async (region: string) => {
    const sdk = await import("@aws-sdk/client-s3");
    const forcePathStyle = environment["AWS_ENDPOINT_URL"] !== undefined;
    return { sdk, client: new sdk.S3Client({ ...settings("S3", region), forcePathStyle }) };
  };
  return {
    ...identity(settings),
    ...registries(settings),
    ...clusters(environment),
    quota: (region, service, code) => quotaOf({ region, service, code }, settings),
    hostedZones: (domain) => hostedZones(domain, settings),
    delegatedTo: nameServersOf,
    detectors: async (region) => {
      const { GuardDutyClient, ListDetectorsCommand } = await import("@aws-sdk/client-guardduty");
      return (
        (await new GuardDutyClient(settings("GUARDDUTY", region)).send(new ListDetectorsCommand({}))).DetectorIds ?? []
      );
    },
    secretState: (region, name) => secretState(region, name, settings),
    keys: async ({ bucket, region }) => {
      const { sdk, client } = await s3(region);
      try {
        const keys: string[] = [];
        for await (const page of sdk.paginateListObjectsV2({ client }, { Bucket: bucket }))
          keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
        return keys;
      } catch (error) {
        if (nameOf(error) === "NoSuchBucket") return undefined;
        throw error;
      }
    },
    readText: async ({ bucket, region }, key) => {
      const { sdk, client } = await s3(region);
      try {
        const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }));
        return await Body?.transformToString();
      } catch (error) {
        if (["NoSuchKey", "NoSuchBucket", "NotFound"].includes(nameOf(error))) return undefined;
        throw error;
      }
    },
    writeText: async ({ bucket, region }: Bucket, key, text) => {
      const { sdk, client } = await s3(region);
      await client.send(
        new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: "application/json" }),
      );
    },
    deleteObject: async ({ bucket, region }, key) => {
      const { sdk, client } = await s3(region);
      await client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    emptyBucket: async ({ bucket, region }) => {
      const { sdk, client } = await s3(region);
      for (;;) {
        const page = await client.send(new sdk.ListObjectVersionsCommand({ Bucket: bucket }));
        const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
        if (found.length === 0) return;
        const Objects = found.map(({ Key, VersionId }) => ({ Key, VersionId }));
        const { Errors: [first] = [] } = await client.send(
          new sdk.DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
        );
        if (first) throw new Error(`${bucket}/${first.Key} cannot be deleted: ${first.Message ?? first.Code}`);
      }
    },
    answers,
  };
}

interface Settings {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}
type SettingsOf = (service: string, region: string) => Settings;

/** The clients read the variables of the process by themselves; those of another environment are given to them. */
function settingsOf(environment: Environment, service: string, region: string): Settings {
  if (environment === process.env) return { region };
  const endpoint = environment[`AWS_ENDPOINT_URL_${service}`] ?? environment["AWS_ENDPOINT_URL"];
  const [accessKeyId, secretAccessKey] = [environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]];
  return {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
  };
}

/** STS and IAM. */
function identity(settings: SettingsOf): Pick<Account, "caller" | "deniedActions"> {
  return {
    caller: async () => {
      const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
      const { Account: account = "", Arn: arn = "" } = await new STSClient(settings("STS", "us-east-1")).send(
        new GetCallerIdentityCommand({}),
      );
      return { account, arn };
    },
    deniedActions: async (roleArn, actions) => {
      const { IAMClient, paginateSimulatePrincipalPolicy } = await import("@aws-sdk/client-iam");
      const client = new IAMClient(settings("IAM", "us-east-1"));
      const denied: string[] = [];
      const input = { PolicySourceArn: roleArn, ActionNames: [...actions] };
      for await (const page of paginateSimulatePrincipalPolicy({ client }, input))
        for (const { EvalActionName, EvalDecision } of page.EvaluationResults ?? [])
          if (EvalActionName !== undefined && EvalDecision !== "allowed") denied.push(EvalActionName);
      return denied;
    },
  };
}

interface Quota {
  readonly region: string;
  readonly service: string;
  readonly code: string;
}

async function quotaOf({ region, service, code }: Quota, settings: SettingsOf): Promise<number> {
  const sdk = await import("@aws-sdk/client-service-quotas");
  const client = new sdk.ServiceQuotasClient(settings("SERVICE_QUOTAS", region));
  const asked = { ServiceCode: service, QuotaCode: code };
  // A quota that nobody has raised yet may have no applied value: then the default is what holds.
  const { Quota } = await client.send(new sdk.GetServiceQuotaCommand(asked)).catch((error: unknown) => {
    if (nameOf(error) !== "NoSuchResourceException") throw error;
    return client.send(new sdk.GetAWSDefaultServiceQuotaCommand(asked));
  });
  if (Quota?.Value === undefined) throw new Error(`Service Quotas gave no value for ${service} ${code}`);
  return Quota.Value;
}

async function hostedZones(domain: string, settings: SettingsOf): ReturnType<Account["hostedZones"]> {
  const { GetHostedZoneCommand, ListHostedZonesByNameCommand, Route53Client } =
    await import("@aws-sdk/client-route-53");
  const client = new Route53Client(settings("ROUTE_53", "us-east-1"));
  const { HostedZones = [] } = await client.send(new ListHostedZonesByNameCommand({ DNSName: domain }));
  const own = HostedZones.filter(({ Name, Config }) => Name === `${domain}.` && Config?.PrivateZone !== true);
  return Promise.all(
    own.map(async ({ Id = "" }) => {
      const { DelegationSet } = await client.send(new GetHostedZoneCommand({ Id }));
      return { id: Id.replace("/hostedzone/", ""), nameServers: DelegationSet?.NameServers ?? [] };
    }),
  );
}

/** Public resolvers, because a company's own may answer for zones that the world does not see. */
const PUBLIC_RESOLVERS = ["1.1.1.1", "8.8.8.8"];

async function nameServersOf(domain: string): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: 3000, tries: 2 });
  resolver.setServers(PUBLIC_RESOLVERS);
  try {
    return await resolver.resolveNs(domain);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOTFOUND" || code === "ENODATA" || code === "ESERVFAIL") return [];
    throw error;
  }
}

async function secretState(region: string, name: string, settings: SettingsOf): ReturnType<Account["secretState"]> {
  const { DescribeSecretCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  try {
    const { VersionIdsToStages = {} } = await new SecretsManagerClient(settings("SECRETS_MANAGER", region)).send(
      new DescribeSecretCommand({ SecretId: name }),
    );
    return Object.values(VersionIdsToStages).some((stages) => stages.includes("AWSCURRENT")) ? "present" : "empty";
  } catch (error) {
    if (nameOf(error) === "ResourceNotFoundException") return "absent";
    throw error;
  }
}

/** ECR. The platforms of an index are written in it; a single image names its own in its configuration. */
function registries(settings: SettingsOf): Pick<Account, "replicatesImages" | "imagePlatforms"> {
  const ecr = async (region: string) => {
    const sdk = await import("@aws-sdk/client-ecr");
    return { sdk, client: new sdk.ECRClient(settings("ECR", region)) };
  };
  return {
    replicatesImages: async (region) => {
      const { sdk, client } = await ecr(region);
      const { replicationConfiguration } = await client.send(new sdk.DescribeRegistryCommand({}));
      return (replicationConfiguration?.rules ?? []).length > 0;
    },
    imagePlatforms: async (region, repository, reference) => {
      const { sdk, client } = await ecr(region);
      const id = reference.startsWith("sha256:") ? { imageDigest: reference } : { imageTag: reference };
      const ids = { repositoryName: repository, imageIds: [id] };
      const { images = [] } = await client.send(new sdk.BatchGetImageCommand(ids)).catch((error: unknown) => {
        if (nameOf(error) === "RepositoryNotFoundException") return { images: [] };
        throw error;
      });
      const [image] = images;
      if (image?.imageManifest === undefined) return undefined;
      return platformsOf(image.imageManifest, async (layerDigest) => {
        const layer = { repositoryName: repository, layerDigest };
        const { downloadUrl = "" } = await client.send(new sdk.GetDownloadUrlForLayerCommand(layer));
        return (await fetch(downloadUrl)).text();
      });
    },
  };
}

/** Longest that a question of the AWS CLI may take: a region with thousands of log groups is read page by page. */
const CLI_TIMEOUT_MS = 60_000;

/** CloudWatch Logs and EKS, by the AWS CLI: the Kubernetes stages need it anyway, and two clients more would be installed for two questions. */
function clusters(environment: Environment): Pick<Account, "logGroups" | "desiredNodes"> {
  const ask = async (region: string, ...words: readonly string[]): Promise<unknown> => {
    const options = { env: { ...environment, AWS_PAGER: "" }, timeout: CLI_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 };
    const { stdout } = await promisify(execFile)("aws", [...words, "--region", region, "--output", "json"], options);
    return JSON.parse(stdout) as unknown;
  };
  return {
    logGroups: async (region) =>
      (await ask(region, "logs", "describe-log-groups", "--query", "logGroups[].logGroupName")) as readonly string[],
    desiredNodes: async (region, cluster, nodeGroup) => {
      const named = ["--cluster-name", cluster, "--nodegroup-name", nodeGroup];
      const query = ["--query", "nodegroup.scalingConfig.desiredSize"];
      try {
        return (await ask(region, "eks", "describe-nodegroup", ...named, ...query)) as number;
      } catch (error) {
        if (String(error).includes("ResourceNotFoundException")) return undefined;
        throw error;
      }
    },
  };
}

interface Platform {
  readonly os?: string;
  readonly architecture?: string;
}
interface ManifestOrIndex {
  readonly manifests?: readonly { readonly platform?: Platform }[];
  readonly config?: { readonly digest: string };
}

/** Platforms of an OCI index or image manifest, as "os/architecture"; attestations have os "unknown" and are left out. */
export async function platformsOf(
  manifest: string,
  readBlob: (digest: string) => Promise<string>,
): Promise<readonly string[]> {
  const { manifests, config } = JSON.parse(manifest) as ManifestOrIndex;
  const named = manifests
    ? manifests.flatMap(({ platform }) => platform ?? [])
    : config
      ? [JSON.parse(await readBlob(config.digest)) as Platform]
      : [];
  return named.flatMap(({ os, architecture }) =>
    os && architecture && os !== "unknown" ? [`${os}/${architecture}`] : [],
  );
}

/** The certificate is the cluster's own, which no public authority signs: only whether something answers counts here. */
function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request(`${url}/livez`, { rejectUnauthorized: false, timeout: ANSWER_TIMEOUT_MS }, (response) => {
      response.resume();
      resolve(true);
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => resolve(false));
    call.end();
  });
}
