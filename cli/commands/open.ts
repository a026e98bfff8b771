import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type ExitCode, exitCodes } from "../exit-codes";
import { Output } from "../output";
import { reportOf, type ReportOptions } from "../report";

export interface OpenOptions extends ReportOptions {
  readonly json?: boolean;
  /** Print the path, start nothing. */
  readonly print?: boolean;
}

/** The program of each system that opens a file with the application that the user chose for it. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
  linux: ["xdg-open"],
};

/** Shows the newest report: the HTML page where synthesis wrote one, otherwise the Markdown. */
export async function open(options: OpenOptions): Promise<ExitCode> {
  await reportOf(options);
  const folder = join(resolve(options.output), "readiness");
  const file =
    ["report.html", "report.md"].map((name) => join(folder, name)).find((path) => existsSync(path)) ?? folder;
  const output = new Output(options.json === true);
  output.json({ file });
  output.lines([file]);
  const opener = OPENERS[process.platform];
  if (options.print || options.json || !process.stdout.isTTY || !opener) return exitCodes.done;
  const [program, ...words] = opener;
  const child = spawn(program, [...words, file], { detached: true, stdio: "ignore" });
  child.on("error", () => process.stderr.write(`${program} cannot be started: open the file above yourself\n`));
  child.unref();
  return exitCodes.done;
}
