import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRunning } from "../../proof/local/local-deployment";
import { localArguments } from "../../proof/local/local-arguments";
import { identify, identityText } from "../../proof/run/process-identity";

describe("a local deployment", () => {
  const deployment = (processes: string) => {
    const run = mkdtempSync(join(tmpdir(), "deployment-"));
    writeFileSync(join(run, "processes"), processes);
    return { runs: [run], stacks: "", awsEnvironment: {}, kubeconfigs: {} };
  };
  const own = identityText(identify(process.pid));

  it("runs while its servers do, whether or not the commands that made it have ended", () => {
    const ended = "plimsoll-deploy SIGINT 999999999 1\nterraform-apply SIGINT 999999999 1\n";
    expect(isRunning(deployment(`ministack SIGTERM ${own}${ended}`))).toBe(true);
    expect(isRunning(deployment(`ministack SIGTERM ${own}moto SIGTERM 999999999 1\n`))).toBe(false);
  });
});

describe("words of ARGS", () => {
  it("are taken where the command has them", () => {
    expect(localArguments("deploy", ["--all"], ["--all"])).toEqual(["--all"]);
    expect(localArguments("drill", [], [])).toEqual([]);
  });

  it.each([
    ["deploy", ["--all", "--until", "data"], ["--all"], 'found "--until", "data", allowed: --all or nothing'],
    ["destroy", ["--check"], [], 'found "--check", allowed: nothing'],
  ])("are refused where make %s would leave them out", (command, words, taken, said) => {
    expect(() => localArguments(command, words, taken)).toThrow(
      `ARGS  ${said}, because make ${command} ENV=local does all its stages in one go: leave it out`,
    );
  });
});
