import { posix } from "node:path";
import { webRuleGroups } from "../../../../catalog/edge/web-rule-groups";
import { arrayOf, textOf } from "../../../inventory/json";
import type { Block } from "../../../inventory/resource";
import type { WebAcl } from "../../../inventory/facts/aws/web-acls";

/** A request in whose body a rule of a managed group finds something. */
export interface Asked {
  readonly host: string;
  readonly path: string;
}

/** What the web ACL does with it; undefined where a statement cannot be read. */
type Answer = "blocked" | "passes" | undefined;

const transformed = (text: string, statement: Block): string | undefined =>
  statement.blocks("text_transformation").reduce<string | undefined>((so, one) => {
    const type = one.text("type");
    if (type === "NONE" || so === undefined) return so;
    if (type === "LOWERCASE") return so.toLowerCase();
    return type === "NORMALIZE_PATH" ? posix.normalize(so) : undefined;
  }, text);

/** Text of the request that a statement looks at. */
function lookedAt(statement: Block, { host, path }: Asked): string | undefined {
  const field = statement.block("field_to_match");
  if (field?.raw("uri_path") !== undefined) return transformed(path, statement);
  return field?.text("single_header.name") === "host" ? transformed(host, statement) : undefined;
}

const combined = (parts: readonly (boolean | undefined)[], decisive: boolean): boolean | undefined =>
  parts.includes(decisive) ? decisive : parts.includes(undefined) ? undefined : !decisive;

/** Whether a statement matches a request with that label; undefined for one that is not understood. */
function matches(statement: Block, label: string, asked: Asked): boolean | undefined {
  const inner = (kind: string) =>
    (statement.block(kind)?.blocks("statement") ?? []).map((one) => matches(one, label, asked));
  if (statement.has("and_statement")) return combined(inner("and_statement"), false);
  if (statement.has("or_statement")) return combined(inner("or_statement"), true);
  if (statement.has("not_statement")) {
    const [negated] = inner("not_statement");
    return negated === undefined ? undefined : !negated;
  }
  const labelled = statement.block("label_match_statement");
  if (labelled) return labelled.text("scope") === "LABEL" ? labelled.text("key") === label : undefined;
  const expression = statement.block("regex_match_statement");
  const text = expression && lookedAt(expression, asked);
  return text === undefined ? undefined : new RegExp(expression?.text("regex_string") ?? "(?!)").test(text);
}

const counts = (group: Block, rule: string): boolean =>
  group
    .blocks("rule_action_override")
    .some((one) => one.text("name") === rule && one.block("action_to_use")?.raw("count") !== undefined);

/** Follows the rules in their order, from the group that finds something to one that decides. */
function answerTo(rules: readonly Block[], group: string, rule: string, label: string, asked: Asked): Answer {
  let found = false;
  for (const one of rules) {
    const managed = one.block("statement.managed_rule_group_statement");
    if (managed?.text("name") === group) {
      if (one.block("override_action")?.raw("count") === undefined && !counts(managed, rule)) return "blocked";
      found = true;
    }
    const statement = one.block("statement");
    const action = ["block", "allow"].find((kind) => one.block("action")?.raw(kind) !== undefined);
    if (managed || !statement || action === undefined || statement.has("rate_based_statement")) continue;
    const hit = matches(statement, found ? label : "", asked);
    if (hit === undefined) return undefined;
    if (hit) return action === "block" ? "blocked" : "passes";
  }
  return "passes";
}

/** Rules that read bodies, of the groups that the web ACL has, with what it does when they find something. */
export function answersOnBodies({ resource }: WebAcl, asked: Asked): readonly { rule: string; answer: Answer }[] {
  const rules = [...resource.blocks("rule")].sort((a, b) => (a.number("priority") ?? 0) - (b.number("priority") ?? 0));
  const groups = rules.flatMap((rule) => rule.text("statement.managed_rule_group_statement.name") ?? []);
  return webRuleGroups
    .filter(({ name }) => groups.includes(name))
    .flatMap(({ name, bodyRules }) =>
      bodyRules.map(({ rule, label }) => ({ rule, answer: answerTo(rules, name, rule, label, asked) })),
    );
}

/** A path for each regular expression of paths in the rules, as the WebFirewall writes them. */
export const pathsIn = ({ resource }: WebAcl): readonly string[] =>
  [...JSON.stringify(resource.raw("rule") ?? []).matchAll(/"regex_string":("(?:[^"\\]|\\.)*")/g)]
    .map(([, text = '""']) => String(JSON.parse(text)))
    .flatMap((text) => text.replace(/^\^\(\?:|\)\$$/g, "").split("|"))
    .filter((one) => one.startsWith("/"))
    .map((one) => one.replaceAll(".*", "plimsoll-sample").replace(/\\(.)/g, "$1"));

const bodyLabels = webRuleGroups.flatMap(({ bodyRules }) => bodyRules.map(({ label }) => label));

/** Whether the rule blocks only what a managed group found in a body. */
export function blocksFoundBodies(rule: Block): boolean {
  const parts = rule.block("statement.and_statement")?.blocks("statement") ?? [];
  return parts.some((part) => {
    const labels = arrayOf(part.raw("or_statement.statement")).length
      ? (part.block("or_statement")?.blocks("statement") ?? [])
      : [part];
    return labels.every((one) => bodyLabels.includes(textOf(one.raw("label_match_statement.key")) ?? ""));
  });
}
