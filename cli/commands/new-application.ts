import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../config/project";
import { ownApp, synthesise } from "../../deployment/synthesis";
import { CommandError, type ExitCode, exitCodes } from "../exit-codes";
import { Output } from "../output";
import { withProgress } from "../progress";
import { environmentOf } from "../target";

export interface NewApplicationOptions {
  readonly env: string;
  readonly output: string;
  readonly owner: string;
  readonly json?: boolean;
  /** @default the project's folder */
  readonly root?: string;
  /** Write the file and synthesise nothing. */
  readonly synth?: boolean;
}

/** As the schema of applications allows it: it begins names in AWS and is a namespace. */
const NAME = /^[a-z][a-z0-9-]{1,28}[a-z0-9]$/;

/** Years that the waiver of the example image lasts: long enough to build an image, short enough to be noticed. */
const WAIVER_MONTHS = 3;

/** Writes what an application needs to synthesise at once: its file, an example digest, and the waiver that names it. */
export async function newApplication(name: string, options: NewApplicationOptions): Promise<ExitCode> {
  const root = options.root ?? projectRoot;
  refuseName(name, root);
  const image = `${name}:0.1.0`;
  writeFileSync(join(root, "apps", `${name}.ts`), applicationSource(name, options.owner, image));
  enterExampleImage(join(root, "apps", "images.lock.json"), image);
  addWaiver(join(root, "waivers.yaml"), name, options.env, options.owner);
  const output = new Output(options.json === true);
  const written = [`apps/${name}.ts`, "apps/images.lock.json", "waivers.yaml"];
  output.lines([`Written: ${written.join(", ")}`]);
  const code = options.synth === false ? 0 : await verdict(options, output);
  output.lines([
    "",
    "Next:",
    `  1. edit apps/${name}.ts: what it talks to, its stores and secrets; docs/adding-an-application.md has every field`,
    `  2. push your image and run \`make images\`: it replaces the example digest of ${image}`,
    `  3. then delete the entry ${name} from waivers.yaml`,
    "  4. make snapshots, and commit",
  ]);
  output.json({ application: name, written, exitCode: code });
  return code === 0 ? exitCodes.done : code === 2 ? exitCodes.refused : exitCodes.failed;
}

async function verdict({ env, output: outdir }: NewApplicationOptions, output: Output): Promise<number> {
  const { code, said } = await withProgress(`synthesis of ${env}`, () => synthesise(ownApp(), outdir, env));
  output.lines(code === 0 ? [said.trimEnd().split("\n").at(-1) ?? ""] : [said.trimEnd()]);
  return code;
}

/** @throws CommandError for a name that the schema refuses, or that an application has already */
function refuseName(name: string, root: string): void {
  if (!NAME.test(name))
    throw new CommandError(
      `${name}: not a name of an application; allowed: 3 to 30 lower-case letters, digits or hyphens, beginning with a letter, because it becomes a namespace and a host name`,
    );
  const taken = readdirSync(join(root, "apps")).filter((file) => file.endsWith(".ts"));
  if (taken.includes(`${name}.ts`))
    throw new CommandError(`apps/${name}.ts exists: choose another name, or edit that file`);
}

const applicationSource = (name: string, owner: string, image: string): string =>
  `import { application, http, service } from "../config/application/application";

/** One sentence: what it does, and for whom. */
export default application({
  name: "${name}",
  owner: "${owner}",
  tier: 3,
  objectives: { availability: 0.995, latencyP99Ms: 1000, errorRate: 0.01, rtoMinutes: 60, rpoHours: 24 },
  // Callers from the organisation's networks alone. Where the code authenticates callers, declare how, and the internet may call.
  entry: { component: "api", healthPath: "/health", authentication: { networks: "organisation" } },
  components: {
    api: service({
      image: "${image}",
      port: 8080,
      probes: { liveness: http("/health"), readiness: http("/ready") },
      requests: { cpu: "50m", memory: "64Mi" },
      limits: { memory: "128Mi" },
      scale: { min: 2, max: 4, cpuPercent: 70 },
      keepAvailable: 1,
      bootSeconds: 20,
      drainSeconds: 20,
    }),
  },
});
`;

interface ImageLockFile {
  readonly note: string;
  readonly images: Readonly<Record<string, object>>;
}

/** A digest of the right form that names nothing, marked as such: production admits it only by the waiver. */
function enterExampleImage(file: string, image: string): void {
  const lock = JSON.parse(readFileSync(file, "utf8")) as ImageLockFile;
  if (lock.images[image]) return;
  const digest = `sha256:${createHash("sha256").update(image).digest("hex")}`;
  const added = { ...lock.images, [image]: { digest, platforms: ["linux/amd64", "linux/arm64"], example: true } };
  const images = Object.fromEntries(Object.entries(added).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, formatted({ ...lock, images }));
}

/** As the file is written by hand: lists on one line. */
const formatted = (lock: ImageLockFile): string =>
  `${JSON.stringify(lock, undefined, 2).replace(/\[\s+([^\][]*?)\s+\]/g, (_, items: string) => `[${items.replace(/\s+/g, " ")}]`)}\n`;

function addWaiver(file: string, name: string, env: string, owner: string): void {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const subject = `${name}-${environmentOf(env).regions.primary.name}/namespace/namespace`;
  if (text.includes(subject)) return;
  const now = new Date(process.env["PLIMSOLL_NOW"] || Date.now());
  now.setUTCMonth(now.getUTCMonth() + WAIVER_MONTHS);
  writeFileSync(
    file,
    `${text.trimEnd()}
- policy: SU-11
  subject: ${subject}
  owner: ${owner}
  reason: new application; no image of this name is built yet
  ticket: NEW-1
  expires: ${now.toISOString().slice(0, 10)}
`,
  );
}
