import { chart, type ChartManifests, type JsonObject } from "../model/definition";
import type { IamStatement } from "../model/iam-statement";
import type { PlatformFacts } from "../model/platform-facts";
import { leaveDeadNodesQuickly, resources, spreadOverZonesAndNodes } from "../model/pod-placement";
import lock from "./lock.json";

const container = (cpuMillis: number, memoryMiB: number, memoryLimitMiB: number): JsonObject => ({
  replicaCount: 2,
  priorityClassName: "system-cluster-critical",
  resources: resources(cpuMillis, memoryMiB, memoryLimitMiB),
  livenessProbe: { enabled: true },
});

const permissions = ({ accountId, region, organisation, environment, backups }: PlatformFacts): IamStatement[] => [
  {
    Effect: "Allow",
    Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
    Resource: [`arn:aws:secretsmanager:${region}:${accountId}:secret:${organisation}/${environment}/*`],
  },
  {
    Effect: "Allow",
    Action: ["kms:Decrypt"],
    Resource: [backups.ownRegion.keyArn],
    Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` } },
  },
];

/** One store for all applications; only their namespaces and Velero's may read through it. */
const secretStore = ({ secretStore: name, region, applications }: PlatformFacts): ChartManifests => ({
  name: "secret-store",
  objects: [
    {
      apiVersion: "external-secrets.io/v1",
      kind: "ClusterSecretStore",
      metadata: { name },
      spec: {
        provider: { aws: { service: "SecretsManager", region } },
        conditions: [{ namespaces: [...applications, "velero", "monitoring"] }],
      },
    },
  ],
});

/**
 * Copies secrets from AWS Secrets Manager. Its webhook's certificate is made and renewed by its own cert-controller, and
 * v1 is the only version served, so no conversion webhook runs.
 */
export const externalSecrets = chart<Record<string, never>>({
  key: "external-secrets",
  chart: "external-secrets",
  repository: "https://charts.external-secrets.io",
  version: "2.9.0",
  releaseName: "external-secrets",
  namespace: "external-secrets",
  kubernetesMinors: null,
  crdSwitch: { path: "installCRDs", default: true },
  podSecurity: "restricted",
  awsServiceAccounts: [
    { namespace: "external-secrets", name: "external-secrets", services: ["kms", "secretsmanager"] },
  ],
  freeForm: {
    "certController.resources": "a container's resources, copied",
    resources: "a container's resources, copied",
    "webhook.resources": "a container's resources, copied",
  },
  // templates/*poddisruptionbudget.yaml of 2.9.0: minAvailable and maxUnavailable only; read 2026-11-29.
  disruptionBudgets: ["external-secrets", "external-secrets-cert-controller", "external-secrets-webhook"].map(
    (name) => ({
      name,
      maxUnavailable: 1,
      matchLabels: { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": "external-secrets" },
    }),
  ),
  example: {},
  lock,
  installation: {
    purpose: "secrets",
    settings: () => ({}),
    traffic: { webhookPorts: [10250] },
    permissions,
    after: secretStore,
  },
  // Nothing may be written back to AWS or fanned out over namespaces from here: the kinds are absent, not only unused.
  values: () => ({
    ...container(25, 96, 256),
    leaderElect: true,
    concurrent: 5,
    global: { topologySpreadConstraints: spreadOverZonesAndNodes(), tolerations: leaveDeadNodesQuickly },
    readinessProbe: { enabled: true },
    webhook: container(10, 48, 128),
    certController: container(10, 64, 128),
    processClusterExternalSecret: false,
    processClusterGenerator: false,
    processClusterPushSecret: false,
    processPushSecret: false,
    crds: {
      createClusterExternalSecret: false,
      createClusterGenerator: false,
      createClusterPushSecret: false,
      createPushSecret: false,
    },
    openshiftFinalizers: false,
    // The controller uses its own Pod Identity role, so it needs no right to mint tokens of other service accounts.
    rbac: { serviceAccountTokenCreate: false, servicebindings: { create: false } },
    serviceMonitor: { enabled: true, renderMode: "alwaysRender" },
  }),
});
