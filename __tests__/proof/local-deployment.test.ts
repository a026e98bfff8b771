import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRunning } from "../../proof/local/local-deployment";
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
