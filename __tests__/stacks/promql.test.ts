import { createRequire } from "node:module";
import { join } from "node:path";
import { generatedAlerts, alertGroups } from "../../catalog/alerts";
import { projectRoot } from "../../config/project";
import { metricNames } from "../../models/slo/metric-names";
import { takeInventory } from "../../readiness/inventory/inventory";
import { expressionsOf } from "../../readiness/policies/observability/metrics/_metrics";
import { judgedFacts, synthesised } from "../harness";

/** What the packages offer; their CommonJS builds are the ones that Node loads. */
interface Node {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly type: { readonly isError: boolean };
  readonly node: { getChild(type: string): { readonly from: number; readonly to: number } | null };
}
interface Tree {
  iterate(visitor: { enter(node: Node): void }): void;
}
const load = createRequire(join(projectRoot, "package.json"));
const { parser } = load("@prometheus-io/lezer-promql") as { parser: { parse(text: string): Tree } };
const promql = load("@prometheus-io/codemirror-promql/dist/cjs/parser") as {
  Parser: new (state: object) => { analyze(): void; getDiagnostics(): readonly { readonly message: string }[] };
};
interface State {
  update(change: object): { readonly state: State };
}
const { EditorState } = load("@codemirror/state") as { EditorState: { create(config: object): State } };
const { LanguageSupport, LRLanguage, ensureSyntaxTree } = load("@codemirror/language") as {
  ensureSyntaxTree(state: object, upTo: number, timeoutMs: number): object | null;
  LanguageSupport: new (language: object) => object;
  LRLanguage: { define(config: object): object };
};
const language = new LanguageSupport(LRLanguage.define({ parser }));

/** Grafana replaces it before Prometheus reads the query. */
const asPrometheusReads = (expr: string): string => expr.replaceAll("$__rate_interval", "2m");

/** Errors of the grammar and of types: a rate of an instant vector, a wrong number of arguments. */
function problems(expr: string): string[] {
  const found: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) found.push(`syntax at ${from}: ${expr.slice(from, Math.max(to, from + 10))}`);
    },
  });
  const state = EditorState.create({ doc: expr, extensions: [language] });
  // An editor parses for 20 ms and goes on later; the types of half a tree are wrong.
  if (ensureSyntaxTree(state, expr.length, 10_000) === null) throw new Error(`not parsed in time: ${expr}`);
  // A state keeps the tree of its creation: the next one has the finished tree.
  const judged = new promql.Parser(state.update({}).state);
  judged.analyze();
  return [...found, ...judged.getDiagnostics().map(({ message }) => message)];
}

function selectedMetrics(expr: string): string[] {
  const found: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, node }) => {
      const identifier = name === "VectorSelector" ? node.getChild("Identifier") : null;
      if (identifier) found.push(expr.slice(identifier.from, identifier.to));
    },
  });
  return [...new Set(found)];
}

describe("PromQL that is deployed", () => {
  const expressions = new Map<string, string>();
  beforeAll(() => {
    const platform = takeInventory(synthesised("production"), judgedFacts());
    for (const { expr, label } of expressionsOf(platform)) expressions.set(asPrometheusReads(expr), label);
    for (const { queries, alert } of [...alertGroups.flatMap(({ rules }) => rules), ...generatedAlerts])
      for (const query of queries) expressions.set(query, `runbook ${alert}`);
  });

  it("parses and has no type error: rules, dashboards, first queries of runbooks", () => {
    expect(expressions.size).toBeGreaterThan(200);
    const wrong = [...expressions].flatMap(([expr, label]) => problems(expr).map((one) => `${label}: ${one}`));
    expect(wrong).toEqual([]);
  });

  it("reads the metrics that the parser sees", () => {
    for (const expr of expressions.keys())
      expect([expr, [...metricNames(expr)].sort()]).toEqual([expr, selectedMetrics(expr).sort()]);
  });

  it("finds what is wrong", () => {
    expect(problems("rate(up)")).not.toEqual([]);
    expect(problems('up{job="a"')).not.toEqual([]);
    expect(problems("histogram_quantile(up)")).not.toEqual([]);
    expect(problems("sum by (job) (rate(up[5m]))")).toEqual([]);
  });

  it("tells metrics from labels, functions, durations and words", () => {
    expect(
      metricNames('sum by (job) (rate(a_total{b="c_total"}[5m] offset 1w)) / on (x) group_left (y) b:c:rate5m'),
    ).toEqual(["a_total", "b:c:rate5m"]);
    expect(metricNames("avg_over_time((max(up) or vector(0))[30m:30s]) > bool 1e3 # not_a_metric")).toEqual(["up"]);
  });
});
