import { TerraformStack } from "cdktf";
import { addCustomSynthesis } from "cdktf/lib/synthesize/synthesizer";
import { Construct } from "constructs";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { zipArchive } from "./zip-archive";

/**
 * The files of one folder as the deployment package of a Lambda function.
 *
 * cdktf's own archive carries the files' times of change, so that each checkout would deploy another package; it also
 * starts a process that fails below a folder with a space in its name.
 */
export class FunctionArchive extends Construct {
  /** Relative to the folder that Terraform runs in. Names the content, so that a change of it is a change of the function. */
  readonly path: string;
  /** SHA-256 of the package, base64, as Lambda reports it. */
  readonly sourceCodeHash: string;

  constructor(scope: Construct, id: string, folder: string) {
    super(scope, id);
    const files = readdirSync(folder)
      .sort()
      .map((name) => ({ name, content: readFileSync(join(folder, name)) }));
    const archive = zipArchive(files);
    const digest = createHash("sha256").update(archive).digest();
    const stack = TerraformStack.of(this);
    this.path = posix.join("assets", stack.getLogicalId(this.node), digest.toString("hex").slice(0, 32), "archive.zip");
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
