import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../config/project";
import { pages } from "../../documentation/pages";
import { exitCodes, synthesise } from "../../readiness/synthesis/synthesis";
import { buildPlatform } from "../../stacks/platform";
import { fixtureApplications } from "../fixtures/platform/platform";
import { judgedFacts } from "../harness";

const { folder, commitments } = fixtureApplications;
const facts = judgedFacts();
const guide = readFileSync(join(projectRoot, "docs/adding-an-application.md"), "utf8");

interface Block {
  readonly language: string;
  readonly text: string;
}
const blocks: readonly Block[] = [...guide.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(
  ([, language = "", text = ""]) => ({ language, text }),
);
/** Files of applications and entries of the lock, in the order of the page: the changes are about the first. */
const [applications, locks] = ["ts", "json"].map((language) =>
  blocks.filter((block) => block.language === language).map(({ text }) => text),
) as [string[], string[]];

/** A change of the page's files, and what the page says it gives. */
interface Refusal {
  readonly change: string;
  readonly shown: readonly string[];
}
const refusals: readonly Refusal[] = blocks.flatMap(({ language, text }, index) => {
  const next = blocks[index + 1];
  return language === "diff"
    ? [{ change: text, shown: next?.language === "text" ? next.text.trimEnd().split("\n") : [] }]
    : [];
});
/** Policies are judged only where the files themselves are right. */
const byPolicies = refusals.filter(({ shown }) => shown.some((line) => / error {2}/.test(line)));
const byConfiguration = refusals.filter((refusal) => !byPolicies.includes(refusal));

/** Text with the lines of the change that are marked `-` replaced by those marked `+`; undefined where it does not hold the former. */
function changed(text: string, change: string): string | undefined {
  const lines = (sign: string): string =>
    change
      .split("\n")
      .filter((line) => line.startsWith(sign))
      .map((line) => `${line.slice(1)}\n`)
      .join("");
  return text.split(lines("-")).length === 2 ? text.replace(lines("-"), () => lines("+")) : undefined;
}

/** Adds the page's first applications to those of the fixture platform, as the page says, and synthesises. */
async function followed(count: number, changes: readonly Refusal[] = []): Promise<{ code: number; lines: string[] }> {
  let [application = "", lock = ""] = [applications[0], locks[0]];
  for (const { change } of changes) {
    const [inApplication, inLock] = [changed(application, change), changed(lock, change)];
    expect([inApplication, inLock].filter((text) => text !== undefined)).toHaveLength(1);
    [application, lock] = [inApplication ?? application, inLock ?? lock];
  }
  const root = mkdtempSync(join(tmpdir(), "guide-"));
  mkdirSync(join(root, "apps"));
  for (const name of readdirSync(folder))
    writeFileSync(
      join(root, "apps", name),
      readFileSync(join(folder, name), "utf8").replace("../../../../config", "../config"),
    );
  symlinkSync(join(projectRoot, "config"), join(root, "config"));
  const file = join(root, "apps/images.lock.json");
  const before = JSON.parse(readFileSync(file, "utf8")) as { images: object };
  writeFileSync(
    file,
    JSON.stringify({
      ...before,
      images: Object.assign(
        {},
        before.images,
        ...[lock, ...locks.slice(1, count)].map((text) => JSON.parse(text) as object),
      ) as object,
    }),
  );
  for (const text of [application, ...applications.slice(1, count)])
    writeFileSync(join(root, /^\/\/ (\S+)\n/.exec(text)?.[1] ?? ""), text);
  const said: string[] = [];
  const stream = { write: (text: string) => void said.push(text) };
  const code = await synthesise({
    outdir: join(root, "cdktf.out"),
    root,
    configure: () => facts,
    build: (app, environment) => buildPlatform(app, environment, { folder: join(root, "apps"), commitments }),
    streams: { out: stream, error: stream },
  });
  return { code, lines: said.join("").split("\n") };
}

/** Lines of the page that the output lacks; a line that ends in … is the beginning of one. */
const missing = (shown: readonly string[], lines: readonly string[]): string[] =>
  shown.filter(
    (line) => !lines.some((said) => (line.endsWith("…") ? said.startsWith(line.slice(0, -1)) : said === line)),
  );

describe("docs", () => {
  const generated = pages(projectRoot);

  it("that name applications or values of the organisation are written whole", () => {
    for (const { file, content } of generated.filter(({ from }) => from === "configuration")) {
      expect(`${file} ${content.split("\n")[0] ?? ""}`).toMatch(/^\S+ # \S/);
      expect(content).not.toMatch(/undefined|\[object Object\]|NaN/);
    }
  });

  it.each(generated.flatMap(({ file, content, from }) => (from === "program" ? [[file, content] as const] : [])))(
    "%s is as the program writes it (make docs)",
    (file, content) => {
      // Compared as a whole, without a diff of a thousand lines.
      expect(readFileSync(join(projectRoot, file), "utf8") === content).toBe(true);
    },
  );

  it("describe every setting of an application once", () => {
    const rows = guide
      .slice(guide.indexOf("## 6."))
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    expect(rows.length).toBeGreaterThan(100);
    for (const setting of [
      "`name`",
      "`<name>.probes.readiness`",
      "`<name>.leaderElection.leaseSeconds`",
      "`routes[].paths[]`",
    ])
      expect(rows.filter((row) => row.startsWith(`| ${setting} |`))).toHaveLength(1);
    expect(rows.find((row) => row.includes("`<name>.leaderElection`"))).toContain("| required, controller |");
    expect(rows.find((row) => row.includes("`<name>.metricsPort`"))).toContain("a port from 1 to 65535");
    expect(rows.find((row) => row.includes("`<name>.probes.readiness`"))).toContain("| required for service |");
    for (const form of ["http", "grpc", "exec", "tcp"])
      expect(rows.find((row) => row.includes(`\`<name>.probes.liveness.${form}\``))).toContain("| one of these |");
    expect(rows.find((row) => row.includes("`<name>.secrets[]`"))).toContain("|  |");
    expect(rows.find((row) => row.includes("`<name>.userId`"))).toContain(
      "User and group of the process. Default: 10001",
    );
  });
});

/** Ends a test that hangs; a whole synthesis with its judgement takes seconds. */
const longestMs = 600_000;

describe("docs/adding-an-application.md, followed to the letter", () => {
  it(
    "gives a platform that is ready, with the one warning that it shows",
    async () => {
      const { code, lines } = await followed(applications.length);
      expect([applications.length, locks.length]).toEqual([2, 2]);
      const [warning] = blocks.filter(({ language }) => language === "text");
      const shown = (warning?.text ?? "no warning is shown")
        .replace("shop is not in it", "library is not in it; shop is not in it")
        .replace("apps/shop.ts", "apps/library.ts");
      expect(missing(shown.trimEnd().split("\n"), lines)).toEqual([]);
      expect(
        lines.filter((line) => /^ {2}\w\w-\d\d (error|warning)/.test(line) && !/ (SU-11|DE-06) /.test(line)),
      ).toEqual([]);
      expect([code, lines.at(-2)]).toEqual([exitCodes.deployable, expect.stringMatching(/^READY production/)]);
    },
    longestMs,
  );

  it.each(byConfiguration.map((refusal) => [refusal.shown.join("\n"), refusal] as const))(
    "shows the refusal of a mistake as it is printed: %s",
    async (_shown, refusal) => {
      const { code, lines } = await followed(1, [refusal]);
      expect(refusal.shown).not.toEqual([]);
      expect(missing(refusal.shown, lines)).toEqual([]);
      expect(code).toBe(exitCodes.failed);
    },
  );

  it(
    "shows the refusals of policies as they are printed",
    async () => {
      const { code, lines } = await followed(1, byPolicies);
      expect(byPolicies.length).toBeGreaterThan(3);
      expect(
        missing(
          // The page shows names of the organisation that the project is shipped with.
          byPolicies.flatMap(({ shown }) =>
            shown.map((line) => line.replace("plimsoll-production", `${facts.environment.organisation}-production`)),
          ),
          lines,
        ),
      ).toEqual([]);
      expect(code).toBe(exitCodes.refused);
    },
    longestMs,
  );
});
