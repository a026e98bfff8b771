import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunFolder } from "../run/run-folder";
import { copySynthesised, readSynthesised, type Synthesised } from "../run/synthesised";
import type { Fault } from "./faults";

export interface Planted {
  readonly fault: Fault;
  /** Name of the stack that holds it. */
  readonly stack: string;
  readonly synthesised: Synthesised;
}

/** A copy of the environment with the fault in the first stack that can hold it; undefined when none can. */
export function plantedIn(run: RunFolder, source: Synthesised, fault: Fault): Planted | undefined {
  for (const { name, terraform } of source.stacks.filter((stack) => fault.stack(stack.name, stack.terraform))) {
    const changed = fault.plant(terraform);
    if (!changed) continue;
    const folder = join(run.path, "planted", fault.name.replace(/\W+/g, "-"));
    const copy = copySynthesised(source, folder);
    writeFileSync(
      join(copy.stacks.find((stack) => stack.name === name)?.folder ?? "", "cdk.tf.json"),
      JSON.stringify(changed, undefined, 2),
    );
    return { fault, stack: name, synthesised: readSynthesised(folder, source.environment.name) };
  }
  return undefined;
}
