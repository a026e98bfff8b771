import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onPath, ToolMissing } from "../engine-builds/obtain";
import { withLock } from "../engine-builds/lock";
import { cacheFolder } from "../run/project-root";
import { findProviderMirror, providerVersions } from "./provider-mirror";
import { identify } from "../run/process-identity";
import type { RunFolder } from "../run/run-folder";

export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  /** Of the resource, where Terraform knows it. */
  readonly address: string | undefined;
}
export interface PlannedChange {
  readonly address: string;
  readonly action: string;
}
export interface TerraformResult {
  readonly ok: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** Changes that a plan wants, without reads and no-ops. */
  readonly changes: readonly PlannedChange[];
  /** The last lines that were no JSON: a crash's words. */
  readonly noise: string;
}

const pluginCache = (): string => {
  const folder = process.env["TF_PLUGIN_CACHE_DIR"] || join(cacheFolder(), "terraform-plugins");
  mkdirSync(folder, { recursive: true });
  return folder;
};

/** A mirror holds the provider of this platform alone: so does the lock file, which is thrown away with the folder. */
const LOCK_OF_ONE_PLATFORM = "Incomplete lock file information for providers";

/** Stacks at a time. A plan takes 600 MB and four seconds of a core; an apply and a destroy as much, and many times that in waiting. */
export const PLANS_AT_A_TIME = 2;
export const APPLIES_AT_A_TIME = 6;

/**
 * Where Terraform's default is 10: for many resources the provider waits half a minute before it asks the first time
 * whether AWS is done, and an emulator is done at once. What only waits can wait together.
 */
const WAITING_TOGETHER = "-parallelism=40";

/** Whether others go first where the cores are not enough for all. */
type Urgency = "at once" | "when there is time";

type Command = "init" | "plan" | "apply" | "destroy";

interface JsonLine {
  readonly type?: string;
  readonly diagnostic?: { severity: "error" | "warning"; summary: string; detail?: string; address?: string };
  readonly change?: { resource: { addr: string }; action: string };
}

/** The real Terraform of this machine on folders of JSON, each command's diagnostics as data. */
export class Terraform {
  private constructor(
    private readonly command: string,
    private readonly run: RunFolder,
    private readonly base: NodeJS.ProcessEnv,
    /** Newest hashicorp/aws at hand offline; undefined: the registry decides. */
    readonly awsProviderVersion: string | undefined,
    /** Versions of each provider at hand offline by name, for example "hashicorp/kubernetes", oldest first; undefined without a mirror. */
    readonly mirrored: ReadonlyMap<string, readonly string[]> | undefined,
    private readonly urgency: Urgency,
  ) {}

  /** @throws ToolMissing without Terraform */
  static find(run: RunFolder, urgency: Urgency = "at once"): Terraform {
    const command = onPath("terraform");
    if (!command)
      throw new ToolMissing(
        "Terraform",
        "no stack is validated, planned or applied",
        "install Terraform 1.11 or newer and put it on PATH",
      );
    const mirror = findProviderMirror();
    // Terraform and its provider live for seconds: collecting their garbage less often saves a quarter of them.
    const base: NodeJS.ProcessEnv = { CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", TF_INPUT: "0", GOGC: "400" };
    // From a registry each provider is fetched once; the lock files are thrown away with the folders.
    if (!mirror)
      Object.assign(base, { TF_PLUGIN_CACHE_DIR: pluginCache(), TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "1" });
    if (mirror) base["TF_CLI_CONFIG_FILE"] = writeMirrorConfiguration(run, mirror);
    const versions = mirror ? providerVersions(mirror) : undefined;
    return new Terraform(command, run, base, versions?.get("hashicorp/aws")?.at(-1), versions, urgency);
  }

  /** What a program that runs Terraform itself needs to use the same providers; it may be asked questions. */
  get settings(): NodeJS.ProcessEnv {
    const settings = Object.fromEntries(
      Object.entries(this.base).filter(([name]) => !["TF_INPUT", "TF_IN_AUTOMATION"].includes(name)),
    );
    const mirror = this.mirrored ? findProviderMirror() : undefined;
    return {
      ...settings,
      TF_CLI_ARGS_apply: WAITING_TOGETHER,
      TF_CLI_ARGS_destroy: WAITING_TOGETHER,
      ...(mirror === undefined ? {} : { PLIMSOLL_PROVIDER_MIRROR: mirror }),
    };
  }

  async init(folder: string, environment: NodeJS.ProcessEnv): Promise<TerraformResult> {
    const initialise = (): Promise<TerraformResult> =>
      this.execute("init", folder, environment, ["-json", "-no-color", "-input=false"]);
    // Terraform's cache of providers takes one writer at a time.
    const result = await (this.mirrored
      ? initialise()
      : withLock(join(pluginCache(), "init.lock"), () => undefined, initialise));
    if (result.ok) forgetHashes(join(folder, ".terraform.lock.hcl"));
    return { ...result, diagnostics: result.diagnostics.filter(({ summary }) => summary !== LOCK_OF_ONE_PLATFORM) };
  }
  plan(folder: string, environment: NodeJS.ProcessEnv): Promise<TerraformResult> {
    return this.execute("plan", folder, environment, ["-json", "-input=false", "-lock=false"]);
  }
  apply(folder: string, environment: NodeJS.ProcessEnv): Promise<TerraformResult> {
    return this.execute("apply", folder, environment, ["-json", "-input=false", "-auto-approve", WAITING_TOGETHER]);
  }
  /** @param known the state is known to be true, because a plan has just said so: it is not asked again. @default false */
  destroy(folder: string, environment: NodeJS.ProcessEnv, known = false): Promise<TerraformResult> {
    return this.execute("destroy", folder, environment, [
      "-json",
      "-input=false",
      "-auto-approve",
      WAITING_TOGETHER,
      ...(known ? ["-refresh=false"] : []),
    ]);
  }

  private async execute(
    name: Command,
    folder: string,
    environment: NodeJS.ProcessEnv,
    options: readonly string[],
  ): Promise<TerraformResult> {
    const child = spawn(this.command, [name, ...options], {
      cwd: folder,
      env: { ...environment, ...this.base },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    if (child.pid && this.urgency === "when there is time") yieldCores(child.pid);
    // SIGTERM would lose Terraform's list of errors and leave its state locked.
    if (child.pid) this.run.remember(`terraform-${name}`, identify(child.pid), "SIGINT");
    const diagnostics: Diagnostic[] = [];
    const changes: PlannedChange[] = [];
    const noise: string[] = [];
    const read = (line: string): void => {
      const parsed = parse(line);
      if (!parsed) noise.push(line);
      else collect(parsed, diagnostics, changes);
    };
    createInterface({ input: child.stdout }).on("line", read);
    createInterface({ input: child.stderr }).on("line", (line) => noise.push(line));
    const code = await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status) => resolve(status ?? 1));
    });
    return {
      ok: code === 0 && !diagnostics.some(({ severity }) => severity === "error"),
      diagnostics,
      changes,
      noise: noise.slice(-10).join("\n"),
    };
  }
}

/** Its provider inherits it. */
function yieldCores(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already.
  }
}

/** Init has checked the providers. With their hashes at hand, each later command would read their 700 MB again. */
function forgetHashes(lockFile: string): void {
  if (existsSync(lockFile))
    writeFileSync(lockFile, readFileSync(lockFile, "utf8").replace(/^ *hashes = \[[^\]]*\]\n/gm, ""));
}

function parse(line: string): JsonLine | undefined {
  try {
    return JSON.parse(line) as JsonLine;
  } catch {
    return undefined;
  }
}

function collect(line: JsonLine, diagnostics: Diagnostic[], changes: PlannedChange[]): void {
  if (line.diagnostic) diagnostics.push(diagnosticOf(line.diagnostic));
  if (line.type === "planned_change" && line.change)
    changes.push({ address: line.change.resource.addr, action: line.change.action });
}

const diagnosticOf = ({
  severity,
  summary,
  detail = "",
  address,
}: NonNullable<JsonLine["diagnostic"]>): Diagnostic => ({ severity, summary, detail, address });

/** Only from the mirror: a machine that has one is likely to have no registry, where Terraform would wait for each provider. */
function writeMirrorConfiguration(run: RunFolder, mirror: string): string {
  const file = join(run.path, "terraform.rc");
  writeFileSync(file, `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`);
  return file;
}
