import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ageDays, datedFacts } from "../../../catalog/freshness";
import { projectRoot } from "../../../config/project";
import { checkedOutCommit, provenanceOf } from "../../../readiness/report/provenance";

const folder = (): string => mkdtempSync(join(tmpdir(), "provenance-"));
const git = (at: string, ...words: string[]): string =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", "-C", at, ...words], {
    encoding: "utf8",
  }).trim();

describe("the commit of a report", () => {
  const root = folder();
  git(root, "init", "-q", "-b", "main");
  git(root, "commit", "-q", "--allow-empty", "-m", "first");
  const commit = git(root, "rev-parse", "HEAD");

  it("is that of the branch, of a packed branch, of a detached head and of a linked work tree", () => {
    expect(checkedOutCommit(root)).toBe(commit);
    git(root, "pack-refs", "--all");
    expect(checkedOutCommit(root)).toBe(commit);
    const linked = join(folder(), "linked");
    git(root, "worktree", "add", "-q", "-b", "other", linked);
    expect(checkedOutCommit(linked)).toBe(commit);
    git(root, "checkout", "-q", "--detach");
    expect(checkedOutCommit(root)).toBe(commit);
  });

  it("is unknown outside a repository and before the first commit", () => {
    expect(checkedOutCommit(folder())).toBeUndefined();
    const empty = folder();
    git(empty, "init", "-q");
    expect(checkedOutCommit(empty)).toBeUndefined();
  });
});

it("sums the files of the configuration, and those alone", () => {
  const root = folder();
  for (const name of ["apps", "config/application/rules", "config/environments", "stacks"])
    mkdirSync(join(root, name), { recursive: true });
  for (const name of [
    "apps/shop.ts",
    "config/application/rules/ports.ts",
    "config/environments/production.ts",
    "stacks/edge.ts",
    "waivers.yaml",
    "apps/notes.txt",
  ])
    writeFileSync(join(root, name), name);
  const { inputs, commit, judgedAt } = provenanceOf(root, "2026-11-29T00:00:00.000Z");
  expect(inputs.map(({ file }) => file)).toEqual([
    "apps/shop.ts",
    "config/application/rules/ports.ts",
    "config/environments/production.ts",
    "waivers.yaml",
  ]);
  expect(inputs[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(commit).toBeNull();
  expect(judgedAt).toBe("2026-11-29T00:00:00.000Z");
  writeFileSync(join(root, "apps/shop.ts"), "changed");
  expect(provenanceOf(root, judgedAt).inputs[0]?.sha256).not.toBe(inputs[0]?.sha256);
});

describe("dated facts", () => {
  it("are all files of the catalogue that are dated as a whole", () => {
    const files = readdirSync(join(projectRoot, "catalog"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".json"))
      .filter((name) => {
        const data = JSON.parse(readFileSync(join(projectRoot, "catalog", name), "utf8")) as { retrieved?: unknown };
        return typeof data.retrieved === "string";
      })
      .map((name) => `catalog/${name}`);
    // Offer terms say how a price is found; their date is that of the price book.
    expect(datedFacts.map(({ file }) => file)).toEqual(
      files.filter((file) => !file.endsWith("offer-terms.json")).sort(),
    );
  });

  it("age by whole days", () => {
    const facts = { file: "catalog/a.json", retrieved: "2026-11-21", maximumAgeDays: 92 };
    expect(ageDays(facts, "2026-11-21T23:59:59Z")).toBe(0);
    expect(ageDays(facts, "2027-02-21")).toBe(92);
  });
});
