import type {
  DeploymentV1SpecTemplateSpecContainer,
  DeploymentV1SpecTemplateSpecContainerEnv,
  DeploymentV1SpecTemplateSpecVolume,
} from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { portsOf } from "../../../config/application/parts/component";
import type { Component, Job, Logs } from "../../../config/application/schema";
import { probeBlocks } from "./probes";

export const SECRETS_PATH = "/var/run/secrets/application";
const GOOGLE_PATH = "/var/run/secrets/google";
/** Time for load balancer and endpoints to forget a pod before it stops listening: the target group's deregistration delay. */
export const PRE_STOP_SECONDS = 15;

/** Logs of a container that the kubelet keeps: five files of 10 MiB (KubeletConfiguration v1beta1, containerLogMaxFiles and containerLogMaxSize, read 2026-11-21). */
const KEPT_LOGS_MIB = 50;
/** It looks every ten seconds whether a file is full: what a burst writes in the meantime is there as well. */
const LOG_BURST_MIB = 200;
const scratchMiBOf = (part: Component | Job): number => part.scratchMiB ?? 64;

/** Credentials for Google's APIs by federation: a configuration without a secret, and the audience of the pod's token. */
export interface GoogleFederation {
  /** ConfigMap with the key `credentials.json`. */
  readonly configMapName: string;
  readonly audience: string;
}

/** What surrounds the program in its pod. */
export interface ContainerProps {
  readonly part: Component | Job;
  /** Image by digest, with its registry. */
  readonly image: string;
  readonly logs: Logs;
  /** Kubernetes Secret with the part's secrets. */
  readonly secretName?: string;
  /** ConfigMap with the feature flags. */
  readonly flagsName?: string;
  readonly google?: GoogleFederation;
  /** Flags of the leader election. */
  readonly electionArgs?: readonly string[];
}

export const isComponent = (part: Component | Job): part is Component =>
  part.kind === "service" || part.kind === "worker" || part.kind === "controller";

/**
 * Whether others must forget a pod before it stops: only those of a Service receive anything. An exec hook, because
 * hashicorp/kubernetes knows no `sleep` action yet (its issue 2837 and pull request 2792, read 2026-11-29); in an image
 * without that program it fails, and the pod stops at once.
 */
const waitsBeforeStop = (part: Component): boolean => part.kind === "service" && part.distroless !== true;

export function containerOf(props: ContainerProps): DeploymentV1SpecTemplateSpecContainer {
  const { part, flagsName } = props;
  const args = [...(part.args ?? []), ...(props.electionArgs ?? [])];
  return {
    name: "main",
    image: props.image,
    imagePullPolicy: "IfNotPresent",
    ...(part.command ? { command: part.command } : {}),
    ...(args.length > 0 ? { args } : {}),
    ...(isComponent(part)
      ? {
          port: ports(part),
          ...probeBlocks(part),
          ...(waitsBeforeStop(part)
            ? { lifecycle: { preStop: [{ exec: { command: ["sleep", String(PRE_STOP_SECONDS)] } }] } }
            : {}),
        }
      : {}),
    resources: resourcesOf(part),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      privileged: false,
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
    },
    env: environment(props),
    ...(flagsName === undefined ? {} : { envFrom: [{ configMapRef: { name: flagsName } }] }),
    volumeMount: [
      { name: "tmp", mountPath: "/tmp" },
      ...(mountsSecrets(props) ? [{ name: "secrets", mountPath: SECRETS_PATH, readOnly: true }] : []),
      ...(props.google ? [{ name: "google", mountPath: GOOGLE_PATH, readOnly: true }] : []),
      ...(isComponent(part)
        ? Object.entries(part.volumes ?? {}).map(([name, { path }]) => ({ name, mountPath: path }))
        : []),
    ],
  };
}

/** The root file system is read-only, so a container writes to its node's disk in two places: below /tmp, and its log. */
function resourcesOf(part: Component | Job) {
  const scratchMiB = scratchMiBOf(part);
  return {
    requests: { ...part.requests, "ephemeral-storage": `${scratchMiB + KEPT_LOGS_MIB}Mi` },
    limits: {
      memory: part.limits.memory,
      ...(part.limits.cpu ? { cpu: part.limits.cpu } : {}),
      "ephemeral-storage": `${scratchMiB + LOG_BURST_MIB}Mi`,
    },
  };
}

function ports(component: Component): { name: string; containerPort: number; protocol: string }[] {
  return Object.entries(portsOf(component)).map(([name, containerPort]) => ({ name, containerPort, protocol: "TCP" }));
}

const mountsSecrets = ({ part, secretName }: ContainerProps): boolean =>
  secretName !== undefined &&
  (part.secretFiles !== undefined || part.secretsAs === undefined || part.secretsAs === "files");

function secretVariables(part: Component | Job, name: string): DeploymentV1SpecTemplateSpecContainerEnv[] {
  const reference = (key: string) => ({ name: key, valueFrom: { secretKeyRef: { name, key } } });
  const direct = part.secretsAs === "rendered" ? [] : (part.secrets ?? []);
  return [
    ...direct.map((key) =>
      part.secretsAs === "environment" ? reference(key) : { name: `${key}_FILE`, value: `${SECRETS_PATH}/${key}` },
    ),
    ...Object.keys(part.secretVariables ?? {}).map(reference),
  ];
}

/** Values here are plain; a secret is a path to its file, or a reference that the kubelet resolves. */
function environment({ part, secretName, logs, google }: ContainerProps): DeploymentV1SpecTemplateSpecContainerEnv[] {
  const settings = {
    LOG_FORMAT: logs.format,
    LOG_LEVEL: logs.level,
    LOG_TRACE_FIELD: logs.correlation,
    ...part.settings,
  };
  return [
    ...Object.entries(settings).map(([name, value]) => ({ name, value })),
    ...(secretName === undefined ? [] : secretVariables(part, secretName)),
    ...(google ? [{ name: "GOOGLE_APPLICATION_CREDENTIALS", value: `${GOOGLE_PATH}/credentials.json` }] : []),
  ];
}

/** Volumes that the container's mounts name; those that a pod keeps come from claims. */
export function volumesOf(props: ContainerProps): DeploymentV1SpecTemplateSpecVolume[] {
  const { part, secretName, google } = props;
  return [
    { name: "tmp", emptyDir: { sizeLimit: `${scratchMiBOf(part)}Mi` } },
    ...(secretName !== undefined && mountsSecrets(props)
      ? [{ name: "secrets", secret: { secretName, defaultMode: "0440" } }]
      : []),
    ...(google
      ? [
          {
            name: "google",
            projected: [
              {
                defaultMode: "0440",
                sources: [
                  // One source each: of two in one block the provider reads back two blocks, and every plan shows them.
                  {
                    configMap: [
                      { name: google.configMapName, items: [{ key: "credentials.json", path: "credentials.json" }] },
                    ],
                  },
                  { serviceAccountToken: { audience: google.audience, expirationSeconds: 3600, path: "token" } },
                ],
              },
            ],
          },
        ]
      : []),
  ];
}
