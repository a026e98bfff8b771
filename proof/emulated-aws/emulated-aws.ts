import { readFileSync } from "node:fs";
import { join } from "node:path";
import { awsEnvironment, type Emulator, startEmulator } from "./emulators";
import { type Server, startServer } from "../run/processes";
import type { RunFolder } from "../run/run-folder";

/** What neither emulator has: switched off in ENV=local by this list, and counted in the proof's output. */
export interface EmulatorGap {
  readonly type: string;
  /** Only this argument is missing, not the whole type. @default the whole type */
  readonly argument?: string;
  /** Only resources whose argument holds this text. @default all of the type */
  readonly when?: { readonly argument: string; readonly holds: string };
  readonly service: string;
  /** The emulator's own words, shortened. */
  readonly error: string;
}
export interface EmulatorGaps {
  readonly measured: string;
  readonly with: string;
  /** Services that moto plays, because ministack lacks or garbles them; the names are those of `AWS_ENDPOINT_URL_<SERVICE>`. */
  readonly motoServices: readonly string[];
  /** Arguments that are accepted but not read back: without `ignore_changes` no second plan is empty. */
  readonly unread: Readonly<Record<string, readonly string[]>>;
  readonly gaps: readonly EmulatorGap[];
}

export const loadEmulatorGaps = (): EmulatorGaps =>
  JSON.parse(readFileSync(join(__dirname, "..", "data", "emulator-gaps.json"), "utf8")) as EmulatorGaps;

/** The gap that a whole resource falls into, if any. */
export const gapOf = (
  gaps: readonly EmulatorGap[],
  type: string,
  body: Readonly<Record<string, unknown>>,
): EmulatorGap | undefined =>
  gaps.find(
    (gap) =>
      gap.type === type &&
      gap.argument === undefined &&
      (gap.when === undefined || String(body[gap.when.argument] ?? "").includes(gap.when.holds)),
  );

export interface EmulatedAws {
  /** For Terraform and the AWS command line: every service at the emulator that plays it. */
  readonly environment: NodeJS.ProcessEnv;
  readonly servers: readonly Server[];
  readonly ministack: Emulator;
  readonly moto: Emulator;
}

/** Both emulators, each for the services that it plays, behind the gateway. */
export async function startEmulatedAws(run: RunFolder, accountId?: string): Promise<EmulatedAws> {
  const direct = {
    ministack: await startEmulator(run, "ministack", accountId),
    moto: await startEmulator(run, "moto", accountId),
  };
  const gateway = await startGateway(run, [direct.ministack.url, direct.moto.url]);
  const behind = (emulator: Emulator, port: number | undefined): Emulator => ({
    ...emulator,
    url: `http://127.0.0.1:${port}`,
  });
  const ministack = behind(direct.ministack, gateway.ports[0]);
  const moto = behind(direct.moto, gateway.ports[1]);
  const exceptions = Object.fromEntries(loadEmulatorGaps().motoServices.map((service) => [service, moto]));
  return {
    environment: awsEnvironment(ministack, exceptions),
    servers: [ministack.server, moto.server, gateway],
    ministack,
    moto,
  };
}

/** One process for all emulators, a port each. */
const startGateway = (run: RunFolder, upstreams: readonly string[]): Promise<Server> =>
  startServer(run, {
    name: "gateway",
    command: process.execPath,
    portCount: upstreams.length,
    arguments: (ports) => [
      join(__dirname, "gateway-main.js"),
      ...upstreams.flatMap((url, at) => [url, String(ports[at])]),
    ],
    ready: async (ports) => {
      await Promise.all(ports.map((port) => fetch(`http://127.0.0.1:${port}/`)));
      return true;
    },
  });
