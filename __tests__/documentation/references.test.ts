import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Command } from "commander";
import { buildProgram } from "../../cli/program";
import { projectRoot } from "../../config/project";

const read = (file: string): string => readFileSync(join(projectRoot, file), "utf8");

const pages = [
  ...readdirSync(projectRoot).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(projectRoot, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
].sort();

/** The ends of links that GitHub makes of headings. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set([...text.matchAll(/ (?:id|name)="([^"]+)"/g)].map(([, id = ""]) => id));
  for (const [, heading = ""] of text.replace(/```[^]*?```/g, "").matchAll(/^#{1,6} +(.+)$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replace(/ /g, "-");
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again += 1) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Links of a page that end nowhere. */
function brokenLinks(page: string, text: string): string[] {
  const prose = text.replace(/```[^]*?```/g, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(<?([^)\s>]+)>?\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => {
      if (/^(https?|mailto):/.test(target)) return false;
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page : relative(projectRoot, join(projectRoot, dirname(page), decodeURI(path)));
      if (!existsSync(join(projectRoot, file))) return true;
      return anchor !== undefined && !(statSync(join(projectRoot, file)).isFile() && anchorsOf(read(file)).has(anchor));
    });
}

/** What stands as code: spans, and lines of blocks. */
const codeIn = (text: string): string[] => [
  ...[...text.matchAll(/```[^\n]*\n([^]*?)```/g)].flatMap(([, block = ""]) => block.split("\n")),
  ...[...text.replace(/```[^]*?```/g, "").matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span),
];

const targets = new Set([...read("Makefile").matchAll(/^([a-z][a-z-]*):/gm)].map(([, name]) => name));

const missingTargets = (text: string): string[] =>
  codeIn(text)
    .flatMap((code) => [...code.matchAll(/(?:^|&& |^\$ )make ((?:[a-z][a-z-]* ?)+)/g)])
    .flatMap(([, names = ""]) => names.trim().split(" "))
    .filter((name) => !targets.has(name));

/** Words after `plimsoll` that are no command, and options that the command does not have. */
function unknownToProgram(text: string): string[] {
  return codeIn(text)
    .flatMap((code) => [...code.matchAll(/(?:^|npx |&& |\()plimsoll ([a-z][^#|&)]*)/g)])
    .flatMap(([, words = ""]) => {
      let command: Command | undefined = buildProgram();
      const wrong: string[] = [];
      for (const word of words.trim().split(/\s+/)) {
        const inner: Command | undefined = command?.commands.find((one) => one.name() === word);
        if (inner) command = inner;
        else if (/^--?[a-z]/.test(word) && !known(command, word)) wrong.push(`${words.trim()}: ${word}`);
      }
      return command?.parent ? wrong : [`plimsoll ${words.trim()}`];
    });
}

const known = (command: Command | undefined, word: string): boolean => {
  const [option] = word.split("=");
  return (
    option === "--help" || (command?.options.some(({ long, short }) => long === option || short === option) ?? false)
  );
};

/** Folders of the project; what stands in others is made by a command, or belongs to a reader. */
const folders = readdirSync(projectRoot).filter(
  (name) => /^[a-z_-]+$/.test(name) && !["cdktf", "dist", "node_modules"].includes(name) && isFolder(name),
);
function isFolder(name: string): boolean {
  return statSync(join(projectRoot, name)).isDirectory();
}

/** Files that a step of a page writes. */
const written = /^(apps\/(shop|library)\.ts|config\/environments\/[a-z]+\.data\.lock\.json)$/;

/** From the project, or as a page shortens it: below the tests, below the output, without its ending. */
const exists = (path: string): boolean =>
  [path, `${path}.ts`, join("__tests__", path)].some((file) => existsSync(join(projectRoot, file))) ||
  path === "readiness/report.html";

const missingPaths = (text: string): string[] =>
  codeIn(text)
    .filter((code) => !code.includes("kubectl") && !code.includes("*"))
    .flatMap((code) => [...code.matchAll(new RegExp(`(?:^|[\\s"'(])((?:${folders.join("|")})/[\\w./-]+)`, "g"))])
    .map(([, path = ""]) => path.replace(/[.:,]$/, ""))
    .filter((path) => !written.test(path) && !exists(path));

describe("pages", () => {
  const everywhere = (find: (text: string, page: string) => readonly string[]): string[] =>
    pages.flatMap((page) => find(read(page), page).map((wrong) => `${page}: ${wrong}`));

  it("link to files and headings that exist", () => {
    expect(pages.length).toBeGreaterThan(20);
    expect(everywhere((text, page) => brokenLinks(page, text))).toEqual([]);
    expect(brokenLinks("README.md", "[a](docs/none.md) [b](docs/deployment.md#no-such) [c](#limits)")).toEqual([
      "docs/none.md",
      "docs/deployment.md#no-such",
    ]);
  });

  it("name targets of make that exist", () => {
    expect(everywhere(missingTargets)).toEqual([]);
    expect(missingTargets("`make synthesise` and `make test`")).toEqual(["synthesise"]);
  });

  it("name commands and options that the program has", () => {
    expect(everywhere(unknownToProgram)).toEqual([]);
    expect(
      unknownToProgram("`npx plimsoll invent` `npx plimsoll diff a b --quick` `npx plimsoll deploy --check`"),
    ).toEqual(["plimsoll invent", "diff a b --quick: --quick"]);
  });

  it("name files and folders that exist", () => {
    expect(everywhere(missingPaths)).toEqual([]);
    expect(missingPaths("`config/organisation.ts`, `config/organization.ts`")).toEqual(["config/organization.ts"]);
  });
});
