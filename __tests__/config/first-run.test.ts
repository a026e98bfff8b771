import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applicationFiles } from "../../config/application/folder";
import type { Environment } from "../../config/environment";
import { loadEnvironment } from "../../config/load";
import { nearest } from "../../config/nearest";
import { fail, pass } from "../../readiness/policy/verdict";
import { exitCodes, synthesise } from "../../readiness/synthesis/synthesis";
import { judgedOn } from "../harness";
import { stubPolicy } from "../fixtures/stub-policy";

const folder = () => mkdtempSync(join(tmpdir(), "first-run-"));
const messages = (variables: Record<string, string>): string => {
  try {
    loadEnvironment(variables);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};

describe("environment variables", () => {
  it.each([
    ["PLIMSOLL_EMV", "PLIMSOLL_ENV"],
    ["PLIMSOL_ENV", "PLIMSOLL_ENV"],
    ["plimsoll_now", "PLIMSOLL_NOW"],
  ])("that nothing reads are refused: %s suggests %s", (name, meant) => {
    const text = messages({ [name]: "staging" });
    expect(text).toMatch(new RegExp(`^${name}: found "staging", allowed: PLIMSOLL_ENV, .*did you mean ${meant}\\?`));
    expect(text).toContain("because nothing reads this variable, so the setting would be ignored");
  });

  it("that take one word take no other", () =>
    expect(messages({ PLIMSOLL_SHAPES: "yes" })).toMatch(/^PLIMSOLL_SHAPES: found "yes", allowed: write, or nothing/));

  it("of other programs are ignored", () => expect(messages({ PLIM: "x", PATH: "/bin" })).toBe(""));
});

describe("the nearest word", () => {
  it("is within three edits, or there is none", () => {
    expect(nearest("stagin", ["production", "staging"])).toBe("staging");
    expect(nearest("prod", ["production", "staging"])).toBe("production");
    expect(nearest("elsewhere", ["production", "staging"])).toBeUndefined();
    expect(nearest("foo", ["zone", "state"])).toBeUndefined();
    expect(nearest("dnz", ["zone", "dns"])).toBe("dns");
  });
});

describe("the folder of applications", () => {
  const found = (entries: Record<string, string | null>) => {
    const root = folder();
    for (const [name, content] of Object.entries(entries))
      if (content === null) mkdirSync(join(root, name));
      else writeFileSync(join(root, name), content);
    const { files, violations } = applicationFiles(root);
    return {
      files,
      refused: violations.map(({ file, found: what, allowed }) => `${file}: ${String(what)} -> ${allowed}`),
    };
  };

  it("lists TypeScript files, and ignores locks, source maps, type declarations and notes", () => {
    const entries = { "b.ts": "", "a.ts": "", "a.js.map": "", "c.d.ts": "", "images.lock.json": "", "README.md": "" };
    expect(found(entries)).toEqual({ files: ["a.ts", "b.ts"], refused: [] });
  });

  it("refuses folders and files with other endings, which would be ignored", () => {
    expect(found({ "a.ts": "", team: null, "shop.mts": "", "shop.yaml": "" }).refused).toEqual([
      "apps/shop.mts: a file named *.mts -> apps/shop.ts",
      "apps/shop.yaml: a file named *.yaml -> apps/shop.ts",
      "apps/team: a folder -> application files directly in apps/",
    ]);
  });

  it("refuses to be empty or missing", () => {
    expect(found({}).refused).toEqual([
      "apps: no application -> at least one file such as apps/shop.ts (docs/adding-an-application.md)",
    ]);
    expect(applicationFiles(join(folder(), "none")).violations).toMatchObject([
      { file: "apps", found: "no such folder" },
    ]);
  });
});

describe("a synthesis into a folder that holds another environment", () => {
  const always = stubPolicy(() => pass());
  const run = async (outdir: string, name: "production" | "staging", chosen: boolean) => {
    let text = "";
    const stream = { write: (said: string) => (text += said) };
    const code = await synthesise({
      outdir,
      configure: () => ({ environment: environment(name), now: judgedOn, chosen }),
      build: () => undefined,
      policies: () => [always],
      root: outdir,
      streams: { out: stream, error: stream },
    });
    return { code, text };
  };
  const environment = (name: "production" | "staging"): Environment => loadEnvironment({ PLIMSOLL_ENV: name });

  it("is refused in a folder of other files, and changes nothing there", async () => {
    const outdir = folder();
    mkdirSync(join(outdir, "readiness"));
    writeFileSync(join(outdir, "README.md"), "");
    const { code, text } = await run(outdir, "production", true);
    expect(code).toBe(exitCodes.failed);
    expect(text).toContain("holds files that no synthesis wrote (README.md)");
    expect(readdirSync(outdir).sort()).toEqual(["README.md", "readiness"]);
  });

  it("is refused and changes nothing while PLIMSOLL_ENV is not set", async () => {
    const outdir = folder();
    expect(await run(outdir, "staging", true)).toMatchObject({ code: exitCodes.deployable });
    const before = readdirSync(outdir);
    const { code, text } = await run(outdir, "production", false);
    expect(code).toBe(exitCodes.failed);
    expect(text).toBe(
      "PLIMSOLL_ENV: found nothing, allowed: PLIMSOLL_ENV=staging or PLIMSOLL_ENV=production, because the output folder holds staging, and without PLIMSOLL_ENV this run would replace it with production. Nothing was changed.\n",
    );
    expect(readdirSync(outdir)).toEqual(before);
    expect(JSON.parse(readFileSync(join(outdir, "readiness/report.json"), "utf8"))).toMatchObject({
      environment: "staging",
    });
  });

  it("replaces it when PLIMSOLL_ENV names the other one, and says which environment it writes", async () => {
    const outdir = folder();
    await run(outdir, "staging", true);
    const { code, text } = await run(outdir, "production", true);
    expect(code).toBe(exitCodes.deployable);
    expect(text).toMatch(/^environment: production \(account \d{12}, us-east-1 and eu-west-1\)\n/);
  });
});

describe("a credential in what is refused", () => {
  it("stands in no line of the console and in no format of the report", async () => {
    const credential = `ghp_${"a1B2c3D4e5F6".repeat(3)}`;
    const quoting = stubPolicy(() => fail({ expected: "no key", actual: credential, message: `found\n${credential}` }));
    const outdir = folder();
    let text = "";
    const stream = { write: (said: string) => (text += said) };
    const code = await synthesise({
      outdir,
      configure: () => ({ environment: loadEnvironment({}), now: judgedOn }),
      build: () => undefined,
      policies: () => [quoting],
      root: outdir,
      streams: { out: stream, error: stream },
    });
    expect(code).toBe(exitCodes.refused);
    const reports = join(outdir, "readiness");
    const written = readdirSync(reports).map((name): [string, string] => [
      name,
      readFileSync(join(reports, name), "utf8"),
    ]);
    expect(written.length).toBeGreaterThan(5);
    for (const [name, content] of [["console", text], ...written] as [string, string][])
      expect([name, content.includes(credential)]).toEqual([name, false]);
    expect(text).toContain("ghp_… (40 characters)");
    expect(Object.fromEntries(written)["report.sarif"]).toContain("ghp_… (40 characters)");
  });
});

describe("an output folder in a file system of the kernel", () => {
  it("is refused in one sentence", async () => {
    if (process.platform !== "linux") return;
    let text = "";
    const stream = { write: (said: string) => (text += said) };
    const code = await synthesise({
      outdir: "/proc/x",
      configure: () => ({ environment: loadEnvironment({}), now: judgedOn }),
      build: () => undefined,
      policies: () => [],
      streams: { out: stream, error: stream },
    });
    expect(code).toBe(exitCodes.failed);
    expect(text).toContain("/proc/x is in a file system of the kernel: choose another folder with CDKTF_OUTDIR.");
  });
});
