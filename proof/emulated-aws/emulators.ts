import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { obtainEngines } from "../engine-builds/obtain";
import { projectRoot } from "../run/project-root";
import { type Server, startServer } from "../run/processes";
import type { RunFolder } from "../run/run-folder";

export type EmulatorName = "ministack" | "moto";

export interface Emulator {
  readonly name: EmulatorName;
  readonly url: string;
  readonly server: Server;
}

/** The account that emulators play by default. */
export const EMULATED_ACCOUNT = "123456789012";

/**
 * Starts an emulated AWS on 127.0.0.1 at a free port; it belongs to `run`, which stops it.
 * @param accountId the account that it plays
 * @param settings further variables of ministack's own, for example SFN_WAIT_SCALE
 * @throws ToolMissing without Python, ServerFailure when it does not start
 */
export async function startEmulator(
  run: RunFolder,
  name: EmulatorName,
  accountId: string = EMULATED_ACCOUNT,
  settings: NodeJS.ProcessEnv = {},
): Promise<Emulator> {
  const engines = await obtainEngines([name]);
  const server = await startServer(
    run,
    name === "ministack"
      ? ministack(run, engines[name] ?? "", accountId, settings)
      : moto(engines["moto_server"] ?? "", accountId),
  );
  return { name, url: `http://127.0.0.1:${server.ports[0]}`, server };
}

const ministack = (
  run: RunFolder,
  command: string,
  accountId: string,
  settings: NodeJS.ProcessEnv,
): Parameters<typeof startServer>[1] => ({
  name: "ministack",
  command,
  portCount: 1,
  arguments: () => [],
  environment: ([port]) => {
    const folder = join(run.path, "ministack");
    mkdirSync(join(folder, "s3"), { recursive: true });
    // Functions run as processes of Node below this folder, and find there what Lambda's runtime brings: the AWS SDK.
    const modules = join(folder, "node_modules");
    if (!existsSync(modules)) symlinkSync(join(projectRoot(), "node_modules"), modules);
    // It binds every address by default, and opens further ports for IoT and SFTP; Docker must never be asked.
    return {
      ...withoutAws(process.env),
      BIND_HOST: "127.0.0.1",
      GATEWAY_PORT: String(port),
      IOT_MTLS_ENABLED: "0",
      SFTP_ENABLED: "0",
      MINISTACK_ACCOUNT_ID: accountId,
      TMPDIR: folder,
      S3_DATA_DIR: join(folder, "s3"),
      DOCKER_HOST: "unix:///nonexistent",
      ...settings,
    };
  },
  ready: async ([port]) => (await fetch(`http://127.0.0.1:${port}/_ministack/health`)).ok,
});

const moto = (command: string, accountId: string): Parameters<typeof startServer>[1] => ({
  name: "moto",
  command,
  portCount: 1,
  arguments: ([port]) => ["-H", "127.0.0.1", "-p", String(port)],
  environment: () => ({ ...withoutAws(process.env), MOTO_ACCOUNT_ID: accountId }),
  ready: async ([port]) => (await fetch(`http://127.0.0.1:${port}/moto-api/`)).ok,
});

const withoutAws = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith("AWS_") || name === "AWS_CA_BUNDLE"),
  );

/**
 * What sends every AWS client (Terraform's provider, the command line) to the emulators and to nowhere else.
 * @param exceptions the services, by their name in `AWS_ENDPOINT_URL_<SERVICE>` (for example GUARDDUTY), that another emulator plays
 */
export function awsEnvironment(
  emulator: Emulator,
  exceptions: Readonly<Record<string, Emulator>> = {},
): NodeJS.ProcessEnv {
  return {
    ...withoutAws(process.env),
    AWS_ENDPOINT_URL: emulator.url,
    ...Object.fromEntries(
      Object.entries(exceptions).map(([service, other]) => [`AWS_ENDPOINT_URL_${service}`, other.url]),
    ),
    AWS_ACCESS_KEY_ID: "emulated",
    AWS_SECRET_ACCESS_KEY: "emulated",
    AWS_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
}
