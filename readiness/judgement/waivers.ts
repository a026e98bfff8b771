import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isMap, isSeq, LineCounter, parseDocument, type Node } from "yaml";
import { z } from "zod";
import type { WaiverFile } from "./judge";
import type { Waiver, WaiverProblem } from "./judgement";

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

/** Waivers of the project. No file, no waivers; what is wrong in the file is a problem with its line, never an exception. */
export function readWaivers(root: string): WaiverFile {
  const path = join(root, waiverFileName);
  if (!existsSync(path)) return { waivers: [], problems: [] };
  try {
    return parseWaivers(readFileSync(path, "utf8"));
  } catch (error) {
    return {
      waivers: [],
      problems: [problemAt(1, "a YAML file that can be read", error instanceof Error ? error.message : String(error))],
    };
  }
}

export function parseWaivers(content: string): WaiverFile {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, schema: "core" });
  if (document.errors.length > 0)
    return {
      waivers: [],
      problems: document.errors.map((error) =>
        problemAt(lines.linePos(error.pos[0]).line, "YAML", error.message.split("\n")[0] ?? ""),
      ),
    };
  const root = document.contents;
  if (root === null) return { waivers: [], problems: [] };
  const lineOf = (node: Node | null): number => lines.linePos(node?.range?.[0] ?? 0).line;
  if (!isSeq<Node>(root))
    return {
      waivers: [],
      problems: [problemAt(lineOf(root), "a list of waivers", isMap(root) ? "a mapping" : JSON.stringify(root))],
    };
  const waivers: Waiver[] = [];
  const problems: WaiverProblem[] = [];
  for (const node of root.items) {
    const result = waiverSchema.safeParse(node.toJS(document));
    if (!result.success) problems.push(...result.error.issues.map((issue) => problemOf(issue, node, lineOf)));
    else if (waivers.some((other) => other.policy === result.data.policy && other.subject === result.data.subject))
      problems.push({
        ...problemAt(lineOf(node), "one waiver for a policy and subject", `a second one for ${result.data.policy}`),
        subject: result.data.subject,
      });
    else waivers.push({ ...result.data, file: waiverFileName, line: lineOf(node) });
  }
  return { waivers, problems };
}

function problemOf(issue: z.core.$ZodIssue, node: Node, lineOf: (node: Node | null) => number): WaiverProblem {
  const key = issue.code === "unrecognized_keys" ? issue.keys[0] : issue.path[0];
  const pair = isMap<Node, Node>(node) ? node.items.find((item) => String(item.key) === String(key)) : undefined;
  const line = lineOf(pair?.key ?? node);
  if (issue.code === "unrecognized_keys")
    return problemAt(line, "policy, subject, owner, reason, ticket and expires only", issue.keys.join(", "));
  return problemAt(line, `${String(key ?? "waiver")}: ${issue.message}`, pair?.value ? String(pair.value) : "nothing");
}

const problemAt = (line: number, expected: string, actual: string): WaiverProblem => ({
  file: waiverFileName,
  line,
  subject: "",
  expected,
  actual,
});
