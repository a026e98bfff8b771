import { createHash } from "node:crypto";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { type ITerraformDependable, TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import type { AwsResources, Registries } from "../../config/application/parts/access";
import type { Site } from "../../config/site";
import { type IamStatement, WorkloadRole } from "../../constructs/aws/cluster/workload-role";
import type { GoogleFederation } from "../../constructs/kubernetes/workload/container";
import type { AwsPermission } from "../../constructs/kubernetes/workload/component-facts";
import { serviceAccountName } from "../../constructs/kubernetes/workload/workload";
import type { Component, Job } from "../../config/application/schema";
import type { Around } from "./around";
import { awsPermissions } from "./aws-access";

export interface RegistryAccessProps {
  readonly site: Site;
  readonly application: string;
  readonly component: string;
  /** @default none */
  readonly registries?: Registries | undefined;
  /** Buckets, queues and tables. @default none */
  readonly aws?: AwsResources | undefined;
  readonly clusterName: string;
  readonly clusterArn: string;
  readonly dependsOn: ITerraformDependable[];
}

/** Source: Amazon ECR user guide, "IAM policy examples", pulling and pushing; read 2026-11-21. */
const pullActions = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:DescribeImages",
  "ecr:GetDownloadUrlForLayer",
  "ecr:ListImages",
];
const pushActions = ["ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"];

/** Access of a component or job that declares registries, buckets, queues or tables; undefined: its pods reach no cloud. */
export function cloudAccess(scope: Construct, around: Around, name: string, part: Component | Job) {
  const registries = "registries" in part ? part.registries : undefined;
  if (registries === undefined && part.aws === undefined) return undefined;
  return registryAccess(scope, {
    site: around.site,
    application: around.application.name,
    component: name,
    registries,
    aws: part.aws,
    clusterName: around.props.access.name,
    clusterArn: around.props.clusterArn,
    dependsOn: around.guards,
  });
}

/** What lets the pods of a component into clouds: one IAM role for AWS, and federation for Google. No key exists. */
export function registryAccess(
  scope: Construct,
  props: RegistryAccessProps,
): { ready: ITerraformDependable[]; permissions: readonly AwsPermission[]; google?: GoogleFederation } {
  const { registries = {}, aws } = props;
  const google = registries.google ? addFederation(scope, props, registries.google) : undefined;
  const permissions = [
    ...(registries.ecr ? permissionsIn(props, registries.ecr) : []),
    ...(aws ? awsPermissions(aws, props.site) : []),
  ];
  return {
    permissions,
    ready: [
      ...(permissions.length > 0 ? addRole(scope, props, permissions) : []),
      ...(google ? [google.configMap] : []),
    ],
    ...(google ? { google: google.federation } : {}),
  };
}

function permissionsIn(
  { site: { environment, region: own } }: RegistryAccessProps,
  registries: NonNullable<Registries["ecr"]>,
): readonly AwsPermission[] {
  return [
    // A token of ECR is valid for the whole registry and says nothing of repositories: the action takes no resource.
    { actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
    // The own region first: both regions then list theirs in the same order.
    ...[
      ...registries.filter(({ region }) => region === own.name),
      ...registries.filter(({ region }) => region !== own.name),
    ].map(({ region, repositories, access }) => ({
      actions: access === "push" ? [...pullActions, ...pushActions].sort() : pullActions,
      resources: repositories.map(
        (name) => `arn:aws:ecr:${region}:${environment.accountId}:repository/${environment.organisation}/${name}`,
      ),
    })),
  ];
}

function addRole(
  scope: Construct,
  props: RegistryAccessProps,
  permissions: readonly AwsPermission[],
): ITerraformDependable[] {
  const {
    site: { environment, prefix },
    application,
    component,
  } = props;
  return new WorkloadRole(scope, `${component}-${props.registries?.ecr ? "registries" : "aws"}`, {
    name: roleName(`${prefix}-${application}-${component}`),
    clusterName: props.clusterName,
    clusterArn: props.clusterArn,
    accountId: environment.accountId,
    namespace: application,
    serviceAccount: serviceAccountName(application, component),
    statements: permissions.map(({ actions, resources }): IamStatement => ({
      Effect: "Allow",
      Action: actions,
      Resource: resources,
    })),
    dependsOn: props.dependsOn,
  }).ready;
}

/** A name that IAM takes, of at most 64 characters: what is cut off still distinguishes two roles. */
function roleName(whole: string): string {
  return whole.length <= 64
    ? whole
    : `${whole.slice(0, 55)}-${createHash("sha256").update(whole).digest("hex").slice(0, 8)}`;
}

/**
 * Google trusts the cluster's OIDC issuer as a provider of its workload identity pool, one a region, named `eks-<region>`.
 * Source of the file's form: google.aip.dev/auth/4117 and "Configure Workload Identity Federation with Kubernetes"; read 2026-11-21.
 */
function addFederation(
  scope: Construct,
  props: RegistryAccessProps,
  google: NonNullable<Registries["google"]>,
): { configMap: ITerraformDependable; federation: GoogleFederation } {
  const {
    site: { environment, region },
    application,
    component,
  } = props;
  const { projectNumber, workloadIdentityPool } = environment.google ?? { projectNumber: "", workloadIdentityPool: "" };
  const pool = `projects/${projectNumber}/locations/global/workloadIdentityPools/${workloadIdentityPool}`;
  const audience = `//iam.googleapis.com/${pool}/providers/eks-${region.name}`;
  const configMapName = `${component}-google`;
  const configMap = new ConfigMapV1(scope, configMapName, {
    metadata: { name: configMapName, namespace: application },
    data: {
      "credentials.json": JSON.stringify({
        type: "external_account",
        audience,
        subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
        token_url: "https://sts.googleapis.com/v1/token",
        credential_source: { file: "/var/run/secrets/google/token", format: { type: "text" } },
      }),
    },
    dependsOn: props.dependsOn,
  });
  const roles = google.map(
    ({ project, location, repository, access }) =>
      `${access === "push" ? "roles/artifactregistry.writer" : "roles/artifactregistry.reader"} on projects/${project}/locations/${location}/repositories/${repository}`,
  );
  new TerraformOutput(scope, `${component}-google-grants`, {
    value: {
      principal: `principal://iam.googleapis.com/${pool}/subject/system:serviceaccount:${application}:${serviceAccountName(application, component)}`,
      roles,
    },
    description: "What Google Cloud has to grant, and to whom",
  });
  return { configMap, federation: { configMapName, audience } };
}
