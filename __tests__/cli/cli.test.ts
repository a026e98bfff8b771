import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommanderError } from "commander";
import { newApplication } from "../../cli/commands/new-application";
import { diff } from "../../cli/commands/diff";
import { synth } from "../../cli/commands/synth";
import { explain } from "../../cli/commands/explain";
import { apps, capacity, cost, recovery } from "../../cli/commands/figures";
import { open } from "../../cli/commands/open";
import { completionScript } from "../../cli/completion";
import { CommandError, exitCodes } from "../../cli/exit-codes";
import { withProgress } from "../../cli/progress";
import { buildProgram } from "../../cli/program";
import { gapLines } from "../../cli/stage-output";
import { textTable } from "../../cli/table";
import { environmentOf } from "../../cli/target";
import { projectRoot } from "../../config/project";
import { modelsOf } from "../../readiness/figures/models";
import { synthesise } from "../../readiness/synthesis/synthesis";
import { buildPlatform } from "../../stacks/platform";
import { fixtureApplications, fixtureFacts } from "../fixtures/platform/platform";
import { judgedOn } from "../harness";

/** What a command writes to standard output and error, and how it ends. */
async function said(work: () => unknown): Promise<{ out: string; error: string; code: unknown }> {
  let [out, error] = ["", ""];
  const writes = [
    jest.spyOn(process.stdout, "write").mockImplementation((text) => ((out += String(text)), true)),
    jest.spyOn(process.stderr, "write").mockImplementation((text) => ((error += String(text)), true)),
  ];
  try {
    return { code: await work(), out, error };
  } catch (problem) {
    if (problem instanceof CommandError) return { out, error: problem.message, code: problem.code };
    if (problem instanceof CommanderError) return { out, error, code: problem.exitCode };
    throw problem;
  } finally {
    writes.forEach((write) => write.mockRestore());
  }
}

const typed = (...words: readonly string[]) =>
  said(async () => {
    const program = buildProgram().exitOverride();
    for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
    await program.parseAsync(["node", "plimsoll", ...words]);
    return process.exitCode;
  });

afterEach(() => {
  process.exitCode = 0;
});

describe("the command line", () => {
  it("lists every command with one line, and the exit codes", async () => {
    const help = buildProgram().helpInformation();
    for (const command of [
      "synth",
      "deploy",
      "destroy",
      "doctor",
      "explain",
      "diff",
      "apps",
      "cost",
      "recovery",
      "capacity",
      "open",
      "new",
      "completion",
    ])
      expect(help).toMatch(new RegExp(`^  ${command}\\b.*\\w`, "m"));
    expect((await typed("--help")).out).toContain("130  interrupted; the same command goes on where it ended");
  });

  it.each([
    [["aps"], "error: unknown command 'aps'\n(Did you mean apps?)"],
    [
      ["cost", "--top", "abc"],
      "error: option '--top <count>' argument 'abc' is invalid. It is a whole number from 1 on.",
    ],
    [["cost", "--jsn"], "error: unknown option '--jsn'\n(Did you mean --json?)"],
    [
      ["destroy", "--empty", "--env", "staging"],
      "error: option '--empty <bucket>' argument '--env' is invalid. Its own value is missing.",
    ],
    [["explain"], "error: missing required argument 'name'"],
    [
      ["completion", "tcsh"],
      "error: command-argument value 'tcsh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish.",
    ],
  ])("rejects %j with a way on", async (words, message) => {
    const { error, code } = await typed(...words);
    expect(error).toContain(message);
    expect(code).toBe(1);
  });

  it("completes commands and their options in each shell", () => {
    for (const shell of ["bash", "zsh", "fish"] as const) {
      const script = completionScript(shell, buildProgram());
      expect(script).toContain("deploy");
      expect(script).toContain(shell === "fish" ? "accept-unknown" : "--accept-unknown");
    }
  });

  const typings = [
    ["plimsoll des", "destroy"],
    ["plimsoll deploy --un", "--until"],
    ["plimsoll deploy --until mon", "monitoring"],
    ["plimsoll deploy --env st", "staging"],
    ["plimsoll completion fi", "fish"],
  ] as const;

  it("completes in bash", () => {
    const script = completionScript("bash", buildProgram());
    const run = `for typed in "$@"; do COMP_WORDS=($typed); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _plimsoll; echo "\${COMPREPLY[*]}"; done`;
    const { stdout } = spawnSync("bash", ["-c", `${script}\n${run}`, "bash", ...typings.map(([typed]) => typed)]);
    expect(stdout.toString().trim().split("\n")).toEqual(typings.map(([, completed]) => completed));
  });

  const onPath = (shell: string): boolean => spawnSync(shell, ["--version"]).status === 0;
  (onPath("fish") ? it : it.skip)("completes in fish", () => {
    const script = completionScript("fish", buildProgram());
    const run = typings.map(([typed]) => `complete -C '${typed}'`).join("\n");
    const { stdout } = spawnSync("fish", ["--no-config", "-c", `${script}\n${run}`]);
    const first = stdout
      .toString()
      .trim()
      .split("\n")
      .map((line) => line.split("\t")[0]);
    expect(first).toEqual(typings.map(([, completed]) => completed));
  });

  // A completion function runs in a line editor only: a terminal of its own is given the keys.
  (onPath("zsh") ? it : it.skip)(
    "completes in zsh",
    () => {
      const file = join(mkdtempSync(join(tmpdir(), "zsh-")), "completion.zsh");
      writeFileSync(file, completionScript("zsh", buildProgram()));
      const keys = `zmodload zsh/zpty
zpty z 'zsh -f -i'
zpty -w z "PROMPT='>'; source $1; setopt no_beep; bindkey '^I' complete-word; print RE''ADY"
zpty -r -m z out '*READY*'
zpty -w -n z "$2"$'\\t'
zpty -r -m z out "*$3*" && print found
zpty -d z`;
      for (const [typed, completed] of typings) {
        const { stdout } = spawnSync("zsh", ["-f", "-c", keys, "zsh", file, typed, completed], { timeout: 20_000 });
        expect(`${typed}: ${stdout.toString().trim()}`).toBe(`${typed}: found`);
      }
    },
    60_000,
  );

  it("names the environments when one is mistyped", () => {
    expect(() => environmentOf("prodution")).toThrow(
      "--env prodution: no such environment; allowed: production, staging, development, local. Did you mean production?",
    );
  });
});

describe("questions to a report", () => {
  const output = mkdtempSync(join(tmpdir(), "report-"));
  const options = { env: "production", output };
  beforeAll(async () => {
    const stream = { write: () => true };
    await synthesise({
      outdir: output,
      configure: () => ({
        ...fixtureFacts(),
        now: judgedOn,
      }),
      build: (app, environment) => buildPlatform(app, environment, fixtureApplications),
      root: output,
      models: modelsOf,
      streams: { out: stream, error: stream },
    });
  });

  it.each([
    ["apps", apps, "application", "storefront"],
    ["cost", cost, "USD a month, production:", "most expensive"],
    ["recovery", recovery, "Recovery of production, worst case:", "storefront"],
    ["capacity", capacity, "Every workload at its maximum, production:", "us-east-1"],
  ])("%s answers in text and in JSON", async (_, command, title, within) => {
    const text = await said(() => command(options));
    expect(text.code).toBe(exitCodes.done);
    expect(text.out).toContain(title);
    expect(text.out).toContain(within);
    const json = await said(() => command({ ...options, json: true }));
    expect(JSON.parse(json.out)).toBeTruthy();
  });

  it("explains a policy, with its outcome and its source", async () => {
    const { out, code } = await said(() => explain("av-03", options));
    expect(code).toBe(exitCodes.done);
    expect(out).toMatch(/^AV-03 error: /);
    expect(out).toContain("source:      readiness/policies/availability/av-03-budget-leaves-room.ts");
    expect(out).toContain("outcome:     pass in production");
  });

  it("explains a claim with its proofs, and a resource with its cost", async () => {
    expect((await said(() => explain("CA-14", options))).out).toContain("AV-03");
    const { out } = await said(() => explain("dns/aws_route53_zone.zone", { ...options, json: true }));
    expect(JSON.parse(out)).toMatchObject({ kind: "resource", address: "aws_route53_zone.zone", stacks: ["dns"] });
  });

  it("explains an alert with its expression", async () => {
    const texts = readdirSync(join(output, "stacks")).map((stack) =>
      readFileSync(join(output, "stacks", stack, "cdk.tf.json"), "utf8"),
    );
    const alert = texts.flatMap((text) => /\\"alert\\":\s*\\"(\w+)\\"/.exec(text)?.[1] ?? [])[0] ?? "";
    expect(alert).not.toBe("");
    const { out } = await said(() => explain(alert, options));
    expect(out).toContain(`alert ${alert}, in stack`);
    expect(out).toContain("fires when:");
  });

  it("says what was probably meant", async () => {
    const { error, code } = await said(() => explain("aws_route53_zone.zones", options));
    expect(code).toBe(exitCodes.failed);
    expect(error).toContain("Did you mean aws_route53_zone.zone?");
  });

  it("opens the newest report, and prints where it is", async () => {
    const { out } = await said(() => open({ ...options, json: true }));
    expect((JSON.parse(out) as { file: string }).file).toMatch(/report\.(html|md)$/);
  });

  it("names --since where its file does not exist, before anything is synthesised", async () => {
    await expect(synth({ ...options, since: "nowhere.json" })).rejects.toThrow(
      /^--since nowhere.json: .* does not exist/,
    );
    await expect(synth({ ...options, since: join(output, "stacks") })).rejects.toThrow(
      /readiness\/report.json does not exist/,
    );
  });

  it("compares two reports, and ends with 2 when the newer one is refused", async () => {
    const file = join(output, "readiness/report.json");
    expect((await said(() => diff(file, file, { json: true }))).code).toBe(exitCodes.done);
    const refused = join(output, "refused.json");
    writeFileSync(refused, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), verdict: "refused" }));
    const { out, code } = await said(() => diff(file, refused, { json: true }));
    expect(code).toBe(exitCodes.refused);
    expect(JSON.parse(out)).toMatchObject({ after: "refused", added: [], removed: [] });
    expect((await said(() => diff("nowhere.json", file, {}))).code).toBe(exitCodes.failed);
    expect(() => diff("nowhere.json", output, {})).toThrow("nowhere.json does not exist: name a report.json");
  });

  it("rejects a comparison of two environments, of reports and of folders", () => {
    const file = join(output, "readiness/report.json");
    const other = mkdtempSync(join(tmpdir(), "staging-"));
    const staging = join(other, "report.json");
    writeFileSync(staging, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), environment: "staging" }));
    writeFileSync(join(other, ".environment"), "staging\n");
    expect(() => diff(file, staging, {})).toThrow(/is of production and .* of staging: two states of one environment/);
    expect(() => diff(other, output, {})).toThrow(/is of staging and .* of production/);
  });
});

describe("new application", () => {
  const root = (): string => {
    const folder = mkdtempSync(join(tmpdir(), "project-"));
    mkdirSync(join(folder, "apps"));
    for (const name of ["apps/images.lock.json", "waivers.yaml"]) cpSync(join(projectRoot, name), join(folder, name));
    return folder;
  };
  const options = { env: "production", output: "unused", owner: "shop-team", synth: false };

  it("writes the application, an example digest and the waiver that names it", async () => {
    const folder = root();
    const { code } = await said(() => newApplication("shop", { ...options, root: folder }));
    expect(code).toBe(exitCodes.done);
    const source = readFileSync(join(folder, "apps/shop.ts"), "utf8");
    expect(source).toContain('name: "shop"');
    // Without it policy NW-13 refuses the application, which nobody has edited yet.
    expect(source).toContain('authentication: { networks: "organisation" }');
    const lock = JSON.parse(readFileSync(join(folder, "apps/images.lock.json"), "utf8")) as {
      images: Record<string, { example?: boolean }>;
    };
    expect(lock.images["shop:0.1.0"]?.example).toBe(true);
    expect(readFileSync(join(folder, "waivers.yaml"), "utf8")).toContain("subject: shop-us-east-1/namespace/namespace");
  });

  it.each([
    ["Shop", "Shop: not a name of an application; allowed: 3 to 30 lower-case letters, digits or hyphens"],
    ["a", "a: not a name of an application"],
    ["shop/../x", "shop/../x: not a name of an application"],
  ])("rejects the name %s", async (name, message) => {
    const { error, code } = await said(() => newApplication(name, { ...options, root: root() }));
    expect(code).toBe(exitCodes.failed);
    expect(error).toContain(message);
  });

  it("keeps an application that exists", async () => {
    const folder = root();
    writeFileSync(join(folder, "apps/shop.ts"), "mine");
    const { error } = await said(() => newApplication("shop", { ...options, root: folder }));
    expect(error).toBe("apps/shop.ts exists: choose another name, or edit that file");
    expect(readFileSync(join(folder, "apps/shop.ts"), "utf8")).toBe("mine");
  });
});

describe("what commands print", () => {
  it("aligns columns, numbers to the right", () => {
    expect(
      textTable(
        ["name", "usd"],
        [
          ["a", 1],
          ["bb", 10.5],
        ],
      ),
    ).toEqual(["name  usd", "----  -----", "a      1.00", "bb    10.50"]);
  });

  it("lists a gap with every step that supplies it", () => {
    expect(
      gapLines([
        {
          check: "quotas",
          stage: "data",
          kind: "missing",
          what: "vCPUs",
          found: "5",
          expected: "18",
          supply: ["ask", "wait"],
        },
      ]),
    ).toEqual([
      "  MISSING [quotas] vCPUs",
      "    found:    5",
      "    expected: 18",
      "    supply:   ask",
      "              wait",
    ]);
  });

  it("shows progress only after a second, and only where lines stay once in ten seconds", async () => {
    const lines: string[] = [];
    const stream = { isTTY: false, write: (text: string) => lines.push(text) };
    expect(await withProgress("quick", async () => 1, stream)).toBe(1);
    expect(lines).toEqual([]);
    await withProgress("slow", () => new Promise((resolve) => setTimeout(resolve, 1600)), stream);
    expect(lines).toEqual(["slow …\n"]);
  });
});
