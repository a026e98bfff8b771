import { alertGroups } from "../../catalog/alerts";
import { projectRoot } from "../../config/project";
import { pages } from "../../documentation/pages";

const written = new Map(pages(projectRoot).map(({ file, content }) => [file, content]));
const page = (file: string): string => written.get(file) ?? "";
const runbooks = [...written].filter(([file]) => file.startsWith("docs/runbooks/") && !file.endsWith("/README.md"));
const headings = ["## Meaning", "## Impact", "## First queries", "## Mitigation", "## Escalation"];

/** Alerts of the catalogue that watch one application. */
const alertsOf = (application: string): string[] =>
  alertGroups.filter(({ scope }) => scope === application).flatMap(({ rules }) => rules.map(({ alert }) => alert));

/** Procedures of docs/procedures.md that have a command. */
const procedures = page("docs/procedures.md")
  .split(/^## /m)
  .filter((section) => section.includes("```"))
  .map((section) => (section.split("\n")[0] ?? "").toLowerCase());
const has = (...words: string[]): boolean => words.every((word) => procedures.some((title) => title.includes(word)));

describe("documents", () => {
  it("are generated: runbooks, disaster recovery, scaling, topology diagram and security groups (CA-27)", () => {
    expect(alertsOf("ci-failure-agent").filter((alert) => !written.has(`docs/runbooks/${alert}.md`))).toEqual([]);
    expect(has("primary region", "fail back", "restore", "scal")).toBe(true);
    const topology = page("docs/topology.md");
    expect(topology).toMatch(/```mermaid\nflowchart LR\n {2}customers/);
    for (const region of ["us-east-1", "eu-west-1"])
      expect(topology).toMatch(new RegExp(`^\\| ${region} \\|.*tcp 443`, "m"));
  });

  it("hold a runbook for each alert of FleetForge, for on-call and for disaster recovery (FF-24)", () => {
    expect(alertsOf("fleetforge").length).toBeGreaterThan(3);
    expect(alertsOf("fleetforge").filter((alert) => !written.has(`docs/runbooks/${alert}.md`))).toEqual([]);
    expect(has("on-call", "primary region")).toBe(true);
  });

  it("hold runbooks of FlakeGuard for operations and for incidents (FG-26)", () => {
    expect(alertsOf("flakeguard").filter((alert) => !written.has(`docs/runbooks/${alert}.md`))).toEqual([]);
    expect(has("incident", "escalat", "scal", "rotat", "upgrade")).toBe(true);
  });

  it("hold the runbook for incidents of Freightliner (FL-33)", () => {
    expect(alertsOf("freightliner").filter((alert) => !written.has(`docs/runbooks/${alert}.md`))).toEqual([]);
    expect(has("incident", "escalat")).toBe(true);
  });

  it("say in each runbook what the alert means, what it harms, where to look, what to do and whom to call", () => {
    expect(runbooks.length).toBeGreaterThan(40);
    for (const [file, content] of runbooks)
      expect(`${file}: ${headings.filter((heading) => !content.includes(`\n${heading}\n\n`)).join(", ")}`).toBe(
        `${file}: `,
      );
  });

  it("that alerts name exist, with their procedure", () => {
    const named = alertGroups
      .flatMap(({ rules }) => rules.flatMap(({ mitigation }) => mitigation))
      .flatMap((step) => [...step.matchAll(/(docs\/[\w/-]+\.md)(?:, ([A-Z][\w -]*))?/g)]);
    expect(named.length).toBeGreaterThan(0);
    const missing = named.filter(
      ([, file = "", title]) => !written.has(file) || (title !== undefined && !page(file).includes(`\n## ${title}\n`)),
    );
    expect(missing.map(([text]) => text)).toEqual([]);
  });
});
