import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { type Engines, obtainEngines } from "../engine-builds/obtain";
import { type Endpoint, KubernetesApi } from "./kubernetes-api";
import { restoreTestNames } from "../../catalog/kubernetes/restored-kinds";
import { type Server, startServer } from "../run/processes";
import type { RunFolder } from "../run/run-folder";

export interface ControlPlane {
  readonly api: KubernetesApi;
  /** A kubeconfig file of an administrator, for kubectl, helm and the Terraform providers. */
  readonly kubeconfig: string;
  readonly servers: readonly Server[];
  /** For `GET /version`, `/openapi/v3` and the like, or a client of one's own. */
  readonly endpoint: Endpoint;
  /** The same for the function that tests restores, with the rights that the platform gives to its group. */
  readonly restoreTest: Endpoint;
}

/** Who speaks to the API server; the names are those to which Kubernetes' own RBAC bootstrap roles are bound. */
const USERS = {
  administrator: { user: "plimsoll", group: "system:masters" },
  scheduler: { user: "system:kube-scheduler", group: "" },
  controllers: { user: "system:kube-controller-manager", group: "" },
  simulator: { user: "kwok", group: "system:masters" },
  restoreTest: { user: "restore-test", group: restoreTestNames.group },
} as const;

/** What EKS switches on beside the defaults of Kubernetes (docs.aws.amazon.com/eks platform versions, read 2026-11-21). */
const ADMISSION_PLUGINS = "NodeRestriction,ExtendedResourceToleration";

/** The webhooks that charts register have no server here: each call would only fail. Their configurations are stored as any object. */
const WITHOUT_SERVER = "MutatingAdmissionWebhook,ValidatingAdmissionWebhook";

/** Two default requests a second would make a rollout of 200 pods last 9 s: these bring it to 1 s. */
const CLIENT_RATE = { qps: 300, burst: 600 };

/**
 * etcd, API server, scheduler, controller manager, and kwok in the place of the kubelets: ready when it returns.
 * Everything listens on 127.0.0.1 at free ports and belongs to `run`, which stops it.
 * @throws ToolMissing when an engine cannot be built, ServerFailure when one does not start
 */
export async function startControlPlane(run: RunFolder, engines?: Engines): Promise<ControlPlane> {
  const binaries = engines ?? (await obtainEngines(["etcd", "kubernetes", "kwok"]));
  const files = writeCredentials(run.path);
  const etcd = await startEtcd(run, binary(binaries, "etcd"));
  const apiServer = await startApiServer(run, binary(binaries, "kube-apiserver"), portOf(etcd), files);
  const url = `https://127.0.0.1:${portOf(apiServer)}`;
  const certificateAuthority = readFileSync(join(files.certificates, "apiserver.crt"), "utf8");
  const kubeconfig = (who: keyof typeof USERS): string => writeKubeconfig(run.path, who, url, files);
  const endpoint: Endpoint = { url, token: files.tokens.administrator, certificateAuthority };
  const api = new KubernetesApi(endpoint);
  const servers = [
    etcd,
    apiServer,
    await startBackground(run, "kube-controller-manager", binary(binaries, "kube-controller-manager"), [
      `--kubeconfig=${kubeconfig("controllers")}`,
      "--use-service-account-credentials",
      "--leader-elect=false",
      "--secure-port=0",
      `--service-account-private-key-file=${files.key}`,
      `--root-ca-file=${join(files.certificates, "apiserver.crt")}`,
      `--kube-api-qps=${CLIENT_RATE.qps}`,
      `--kube-api-burst=${CLIENT_RATE.burst}`,
    ]),
    await startBackground(run, "kube-scheduler", binary(binaries, "kube-scheduler"), [
      `--config=${writeSchedulerConfiguration(run.path, kubeconfig("scheduler"))}`,
      "--secure-port=0",
    ]),
    await startBackground(run, "kwok", binary(binaries, "kwok"), [
      `--kubeconfig=${kubeconfig("simulator")}`,
      "--manage-all-nodes",
      "--node-lease-duration-seconds=40",
      ...stageFiles().map((file) => `--config=${file}`),
    ]),
  ];
  await api.waitFor(
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { namespace: "default", name: "default" } },
    "the controllers' first work",
    () => true,
  );
  const restoreTest = { ...endpoint, token: files.tokens.restoreTest };
  return { api, kubeconfig: kubeconfig("administrator"), servers, endpoint, restoreTest };
}

const binary = (engines: Engines, name: string): string => {
  const file = engines[name];
  if (!file) throw new Error(`no binary ${name} among the engines: ${Object.keys(engines).join(", ")}`);
  return file;
};
const portOf = (server: Server): number => server.ports[0] ?? 0;

const stageFiles = (): readonly string[] => {
  const folder = join(__dirname, "stages");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => join(folder, name));
};

interface Credentials {
  readonly certificates: string;
  readonly key: string;
  readonly publicKey: string;
  readonly tokenFile: string;
  readonly tokens: Readonly<Record<keyof typeof USERS, string>>;
}

function writeCredentials(folder: string): Credentials {
  const secret = { mode: 0o600 };
  const pair = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const path = (name: string): string => join(folder, name);
  writeFileSync(path("service-account.key"), pair.privateKey, secret);
  writeFileSync(path("service-account.pub"), pair.publicKey);
  const token = (): string => randomBytes(24).toString("hex");
  const tokens = {
    administrator: token(),
    scheduler: token(),
    controllers: token(),
    simulator: token(),
    restoreTest: token(),
  };
  const lines = (Object.keys(USERS) as (keyof typeof USERS)[]).map(
    (who, index) => `${tokens[who]},${USERS[who].user},${index + 1}${USERS[who].group && `,"${USERS[who].group}"`}`,
  );
  writeFileSync(path("tokens.csv"), `${lines.join("\n")}\n`, secret);
  mkdirSync(path("certificates"));
  return {
    certificates: path("certificates"),
    key: path("service-account.key"),
    publicKey: path("service-account.pub"),
    tokenFile: path("tokens.csv"),
    tokens,
  };
}

/** JSON is YAML: no template to get wrong. */
function writeKubeconfig(folder: string, who: keyof typeof USERS, server: string, files: Credentials): string {
  const file = join(folder, `${who}.kubeconfig`);
  writeFileSync(
    file,
    JSON.stringify(
      {
        apiVersion: "v1",
        kind: "Config",
        "current-context": "proof",
        clusters: [
          { name: "proof", cluster: { server, "certificate-authority": join(files.certificates, "apiserver.crt") } },
        ],
        users: [{ name: who, user: { token: files.tokens[who] } }],
        contexts: [{ name: "proof", context: { cluster: "proof", user: who } }],
      },
      undefined,
      2,
    ),
    { mode: 0o600 },
  );
  return file;
}

/** The default profile, as in production; only the retry of what did not fit comes sooner, which decides nothing. */
function writeSchedulerConfiguration(folder: string, kubeconfig: string): string {
  const file = join(folder, "scheduler.json");
  writeFileSync(
    file,
    JSON.stringify(
      {
        apiVersion: "kubescheduler.config.k8s.io/v1",
        kind: "KubeSchedulerConfiguration",
        leaderElection: { leaderElect: false },
        clientConnection: { kubeconfig, ...CLIENT_RATE },
        podInitialBackoffSeconds: 1,
        podMaxBackoffSeconds: 1,
      },
      undefined,
      2,
    ),
  );
  return file;
}

const startEtcd = (run: RunFolder, command: string): Promise<Server> =>
  startServer(run, {
    name: "etcd",
    command,
    portCount: 2,
    arguments: ([client, peer]) => [
      "--data-dir",
      join(run.path, "etcd"),
      "--unsafe-no-fsync",
      "--log-level",
      "error",
      "--listen-client-urls",
      `http://127.0.0.1:${client}`,
      "--advertise-client-urls",
      `http://127.0.0.1:${client}`,
      "--listen-peer-urls",
      `http://127.0.0.1:${peer}`,
      "--initial-advertise-peer-urls",
      `http://127.0.0.1:${peer}`,
      "--initial-cluster",
      `default=http://127.0.0.1:${peer}`,
    ],
    ready: async ([client]) => (await fetch(`http://127.0.0.1:${client}/health`)).ok,
  });

const startApiServer = (run: RunFolder, command: string, etcdPort: number, files: Credentials): Promise<Server> =>
  startServer(run, {
    name: "kube-apiserver",
    command,
    portCount: 1,
    arguments: ([port]) => [
      `--etcd-servers=http://127.0.0.1:${etcdPort}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${port}`,
      `--cert-dir=${files.certificates}`,
      `--token-auth-file=${files.tokenFile}`,
      "--authorization-mode=RBAC",
      "--anonymous-auth=false",
      "--allow-privileged",
      `--enable-admission-plugins=${ADMISSION_PLUGINS}`,
      `--disable-admission-plugins=${WITHOUT_SERVER}`,
      "--endpoint-reconciler-type=none",
      `--service-account-key-file=${files.publicKey}`,
      `--service-account-signing-key-file=${files.key}`,
      "--service-account-issuer=https://kubernetes.default.svc",
      "--service-cluster-ip-range=10.100.0.0/16",
    ],
    ready: ([port]) => answersReady(port ?? 0, join(files.certificates, "apiserver.crt"), files.tokens.administrator),
  });

/** Ready as the API server itself says, over its own certificate. */
function answersReady(port: number, certificate: string, token: string): Promise<boolean> {
  const options = {
    host: "127.0.0.1",
    port,
    path: "/readyz",
    ca: readFileSync(certificate),
    headers: { Authorization: `Bearer ${token}` },
  };
  return new Promise((resolve, reject) => {
    const call = request({ ...options, agent: false, timeout: 5000 }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode === 200));
    });
    call.on("timeout", () => call.destroy(new Error("no answer")));
    call.on("error", reject);
    call.end();
  });
}

/** Has no port to ask: its work shows whether it is ready. */
const startBackground = (
  run: RunFolder,
  name: string,
  command: string,
  arguments_: readonly string[],
): Promise<Server> =>
  startServer(run, { name, command, portCount: 0, arguments: () => arguments_, ready: () => Promise.resolve(true) });
