import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** `make snapshots` sets it: what is synthesised now replaces what was recorded. */
const writes = process.env["PLIMSOLL_SNAPSHOTS"] === "write";

/** Texts recorded in a folder, one file each, so that a review reads the change of one stack. */
export class RecordedTexts {
  private readonly expected = new Set<string>();

  constructor(private readonly folder: string) {}

  /** Compares with the recorded text of that name, or records it. A text that was never recorded fails. */
  expectSame(name: string, text: string): void {
    const file = `${name}.yaml`;
    this.expected.add(file);
    const path = join(this.folder, file);
    if (writes) {
      mkdirSync(this.folder, { recursive: true });
      writeFileSync(path, text);
    }
    expect(text).toBe(existsSync(path) ? readFileSync(path, "utf8") : `nothing is recorded: run \`make snapshots\``);
  }

  /** Fails where a recorded text was not compared: its stack is gone. Call it last. */
  expectNoOther(): void {
    const others = (existsSync(this.folder) ? readdirSync(this.folder) : []).filter((file) => !this.expected.has(file));
    if (writes) for (const file of others) rmSync(join(this.folder, file));
    else expect(others).toEqual([]);
  }
}
