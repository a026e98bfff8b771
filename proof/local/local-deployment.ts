import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseIdentity, isAlive } from "../run/process-identity";
import { cacheFolder } from "../run/project-root";
import { RunFolder } from "../run/run-folder";
import type { Terraform } from "../terraform/terraform";

/** What a later command needs to know of the platform that `make deploy ENV=local` left running. */
export interface LocalDeployment {
  /** Folders of the runs whose servers are kept: the emulated AWS, and each region's control plane. */
  readonly runs: readonly string[];
  /** Where the stacks lie; their state is in the emulated S3. */
  readonly stacks: string;
  /** What sends AWS clients to the emulators. */
  readonly awsEnvironment: Readonly<Record<string, string>>;
  /** By region. */
  readonly kubeconfigs: Readonly<Record<string, string>>;
}

/** What sends the command line to the emulators, the local API servers and the providers at hand. */
export const cliEnvironment = (
  { awsEnvironment, kubeconfigs }: LocalDeployment,
  terraform: Pick<Terraform, "settings">,
): NodeJS.ProcessEnv => ({
  ...process.env,
  ...awsEnvironment,
  ...terraform.settings,
  PLIMSOLL_ENV: "local",
  PLIMSOLL_KUBECONFIGS: JSON.stringify(kubeconfigs),
});

const file = (): string => join(cacheFolder(), "local-deployment.json");

export function recordDeployment(deployment: LocalDeployment): void {
  mkdirSync(dirname(file()), { recursive: true });
  writeFileSync(`${file()}.new`, `${JSON.stringify(deployment, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file()}.new`, file());
}

/** @returns undefined when there is none */
export function recordedDeployment(): LocalDeployment | undefined {
  return existsSync(file()) ? (JSON.parse(readFileSync(file(), "utf8")) as LocalDeployment) : undefined;
}

/** Whether every server of it still runs. */
export function isRunning({ runs }: LocalDeployment): boolean {
  return runs.every(
    (run) =>
      existsSync(join(run, "processes")) &&
      serversOf(run).every((identity) => identity !== undefined && isAlive(identity)),
  );
}

/** Commands are remembered among the processes, too, and end by themselves: SIGINT is theirs. */
const serversOf = (run: string): readonly ReturnType<typeof parseIdentity>[] =>
  readFileSync(join(run, "processes"), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\S+ SIGINT /.test(line))
    .map((line) => parseIdentity(line.split(" ").slice(2).join(" ")));

/** Stops whatever of it still runs, removes its folders and forgets it. */
export async function forgetDeployment({ runs }: LocalDeployment): Promise<void> {
  for (const run of [...runs].reverse()) if (existsSync(join(run, "owner"))) await RunFolder.open(run).stopAll();
  rmSync(file(), { force: true });
}
