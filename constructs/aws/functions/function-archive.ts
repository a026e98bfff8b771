import { TerraformStack } from "cdktf";
import { addCustomSynthesis } from "cdktf/lib/synthesize/synthesizer";
import { Construct } from "constructs";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import { packageOf } from "../../../contract";
import { zipArchive } from "./zip-archive";

interface PackagedFile {
  readonly name: string;
  readonly content: Buffer;
}

/** The one file that exports `handler`. @throws without one: Lambda would answer each call with Runtime.HandlerNotFound */
function handlerOf(files: readonly PackagedFile[]): string {
  const entry = files.find(
    ({ name, content }) =>
      basename(name) === "index.mjs" &&
      /^export (async function|function|const) handler\b/m.test(content.toString("utf8")),
  );
  if (entry === undefined)
    throw new Error(`no index.mjs among ${files.map(({ name }) => name).join(", ")} exports "handler": export it`);
  return entry.name.replace(/\.mjs$/, ".handler");
}

/**
 * The files of one folder as the deployment package of a Lambda function.
 *
 * cdktf's own archive carries the files' times of change, so that each checkout would deploy another package; it also
 * starts a process that fails below a folder with a space in its name.
 */
export class FunctionArchive extends Construct {
  /**
   * Relative to the folder that Terraform runs in. Names the content, so that a change of it is a change of the function,
   * and the handler that the package exports.
   */
  readonly path: string;
  /** What Lambda calls: the file of the package, and the function that it exports. */
  readonly handler: string;
  /** SHA-256 of the package, base64, as Lambda reports it. */
  readonly sourceCodeHash: string;

  /**
   * @param written further files of the folder, by name
   * @param shared files of the folder `shared` beside the function's own, imported as `../shared/<file>`: with one, the package has both folders
   */
  constructor(
    scope: Construct,
    id: string,
    folder: string,
    shared: readonly string[] = [],
    written: Readonly<Record<string, string>> = {},
  ) {
    super(scope, id);
    const own = (name: string): string => (shared.length > 0 ? posix.join(basename(folder), name) : name);
    const files = [
      ...readdirSync(folder).map((name) => ({ name: own(name), content: readFileSync(join(folder, name)) })),
      ...shared.map((name) => ({
        name: posix.join("shared", name),
        content: readFileSync(join(dirname(folder), "shared", name)),
      })),
      ...Object.entries(written).map(([name, text]) => ({ name: own(name), content: Buffer.from(text) })),
    ].sort((left, right) => (left.name < right.name ? -1 : 1));
    this.handler = handlerOf(files);
    const archive = zipArchive(files);
    const digest = createHash("sha256").update(archive).digest();
    const stack = TerraformStack.of(this);
    const place = posix.join("assets", stack.getLogicalId(this.node), digest.toString("hex").slice(0, 32));
    this.path = packageOf(place, this.handler);
    this.sourceCodeHash = digest.toString("base64");
    addCustomSynthesis(this, {
      onSynthesize: (session) => {
        const target = join(session.outdir, dirname(session.manifest.forStack(stack).synthesizedStackPath), this.path);
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, archive);
      },
    });
  }
}
