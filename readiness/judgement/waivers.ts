import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isAlias, isMap, isSeq, LineCounter, parseDocument, type Node } from "yaml";
import { z } from "zod";
import { nearest } from "../../config/nearest";
import type { Waiver, WaiverFile, WaiverProblem } from "./judgement";

export const waiverFileName = "waivers.yaml";

const text = z.string({ error: "a text is expected" }).trim().min(1, "a text is expected");
const waiverSchema = z.strictObject({
  policy: z.string({ error: "a policy id is expected" }).regex(/^[A-Z]{2}-\d{2}$/, 'a policy id such as "AV-03"'),
  /** Exact construct path of the finding. */
  subject: text,
  owner: text,
  reason: text,
  ticket: text,
  expires: z
    .string({ error: "an ISO date such as 2026-12-31" })
    .regex(/^\d{4}-\d{2}-\d{2}$/, "an ISO date such as 2026-12-31")
    .refine(
      (day) => !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day),
      "a day of the calendar",
    ),
});

/** Names that the file is given instead: they are not read. */
const otherNames = ["waivers.yml", "waivers.json", "waiver.yaml"] as const;

/** Waivers of the project. No file, no waivers; what is wrong in the file is a problem with its line, never an exception. */
export function readWaivers(root: string): WaiverFile {
  const path = join(root, waiverFileName);
  const misnamed = otherNames.filter((name) => existsSync(join(root, name)));
  const unread = misnamed.map((name) =>
    problemAt(1, `${name} renamed to ${waiverFileName}`, `${name}, which is not read`),
  );
  if (!existsSync(path)) return { waivers: [], problems: unread };
  try {
    const { waivers, problems } = parseWaivers(readFileSync(path, "utf8"));
    return { waivers, problems: [...unread, ...problems] };
  } catch (error) {
    return {
      waivers: [],
      problems: [problemAt(1, "a YAML file that can be read", error instanceof Error ? error.message : String(error))],
    };
  }
}

/** Each entry is read by itself: one that is refused takes no other along. */
export function parseWaivers(content: string): WaiverFile {
  const waivers: Waiver[] = [];
  const problems: WaiverProblem[] = [];
  for (const { text, firstLine } of entriesOf(content)) {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, schema: "core" });
    const lineOf = (node: Node | null): number => lines.linePos(node?.range?.[0] ?? 0).line + firstLine - 1;
    const [error] = document.errors;
    if (error) {
      const line = lines.linePos(error.pos[0]).line + firstLine - 1;
      problems.push(notYaml(line, error.message, text.split("\n")[line - firstLine] ?? ""));
      continue;
    }
    const root = document.contents;
    if (root === null) continue;
    if (!isSeq<Node>(root)) {
      problems.push(problemAt(lineOf(root), "a list of waivers", isMap(root) ? "a mapping" : JSON.stringify(root)));
      continue;
    }
    for (const node of root.items) {
      if (!isMap(node)) {
        problems.push(problemAt(lineOf(node), `an entry with ${waiverKeys.join(", ")}`, shown(node)));
        continue;
      }
      const result = waiverSchema.safeParse(node.toJS(document));
      if (!result.success) problems.push(problemOf(result.error.issues, node, lineOf));
      else if (waivers.some((other) => other.policy === result.data.policy && other.subject === result.data.subject))
        problems.push({
          ...problemAt(lineOf(node), "one waiver for a policy and subject", `a second one for ${result.data.policy}`),
          subject: result.data.subject,
        });
      else waivers.push({ ...result.data, file: waiverFileName, line: lineOf(node) });
    }
  }
  return { waivers, problems };
}

/** The file as it is, or cut before each `- ` at the margin where it is no YAML as a whole. */
function entriesOf(content: string): { readonly text: string; readonly firstLine: number }[] {
  if (parseDocument(content, { schema: "core" }).errors.length === 0) return [{ text: content, firstLine: 1 }];
  const lines = content.split("\n");
  const starts = lines.flatMap((line, index) => (index === 0 || line.startsWith("- ") ? [index] : []));
  return starts.map((start, index) => ({
    text: lines.slice(start, starts[index + 1]).join("\n"),
    firstLine: start + 1,
  }));
}

/** @param written the line: YAML's own message names no tab */
function notYaml(line: number, message: string, written: string): WaiverProblem {
  if (/^\s*\t/.test(written))
    return problemAt(line, "spaces before a setting", "a tab, which YAML does not take there");
  if (message.startsWith("Map keys must be unique"))
    return problemAt(line, "each setting once", `a second ${written.trim().split(":")[0] ?? ""}`);
  return problemAt(line, "YAML", (message.split("\n")[0] ?? "").replace(/ at line \d+.*$/, ""));
}

/** Everything wrong with one entry, in one sentence, at the line of the first. */
function problemOf(
  issues: readonly z.core.$ZodIssue[],
  node: Node,
  lineOf: (node: Node | null) => number,
): WaiverProblem {
  const keyOf = (issue: z.core.$ZodIssue): string =>
    String((issue.code === "unrecognized_keys" ? issue.keys[0] : issue.path[0]) ?? "waiver");
  const pairOf = (key: string) =>
    isMap<Node, Node>(node) ? node.items.find((item) => String(item.key) === key) : undefined;
  // One sentence a key: a date that is none is no day of the calendar either.
  const wrong = issues.filter((issue, index) => issues.findIndex((other) => keyOf(other) === keyOf(issue)) === index);
  const unknown = wrong.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : []));
  const meant = unknown.map((key) => nearest(key, waiverKeys));
  const said = wrong.flatMap((issue) => {
    const key = keyOf(issue);
    if (issue.code === "unrecognized_keys")
      return [{ expected: `${waiverKeys.join(", ")} only${suggested(meant[0])}`, actual: issue.keys.join(", ") }];
    // A mistyped key is missing under its own name.
    if (!pairOf(key) && meant.includes(key)) return [];
    const value = pairOf(key)?.value;
    return [{ expected: `${key}: ${issue.message}`, actual: value ? shown(value) : `no ${key}` }];
  });
  const [first] = wrong.map(keyOf).filter((key) => pairOf(key));
  const line = lineOf((first === undefined ? undefined : pairOf(first)?.key) ?? node);
  return problemAt(line, said.map(({ expected }) => expected).join("; "), said.map(({ actual }) => actual).join("; "));
}

/** As it is written, and two quotes where nothing is. */
const shown = (node: Node): string => {
  if (isAlias(node)) return `*${node.source}, an alias without its anchor`;
  const text = String(node);
  return text === "" ? '""' : text;
};

const waiverKeys = ["policy", "subject", "owner", "reason", "ticket", "expires"];
const suggested = (meant: string | undefined): string => (meant === undefined ? "" : ` (did you mean ${meant}?)`);

const problemAt = (line: number, expected: string, actual: string): WaiverProblem => ({
  file: waiverFileName,
  line,
  subject: "",
  expected,
  actual,
});
