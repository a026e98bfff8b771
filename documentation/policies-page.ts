import { claims } from "../catalog/claims/claims";
import type { EngineRule } from "../readiness/judgement/engine-rules";
import type { CataloguedPolicy } from "../readiness/policies";
import type { Policy } from "../readiness/policy/policy";
import { markdownTable } from "./markdown";

/** Every policy with its reason, its remedy and what it was seen to refuse. */
export function policiesPage(catalogue: readonly CataloguedPolicy[], rules: readonly EngineRule[]): string {
  const domains = [...new Set(catalogue.map(({ file }) => domainOf(file)))].sort();
  const all = [...catalogue.map(({ policy }) => policy), ...rules].sort((a, b) => (a.id < b.id ? -1 : 1));
  return [
    "# Policies",
    "",
    "What must hold before a platform is written for deployment. An error refuses it; warnings are shown. Each policy judges the Terraform that was synthesised,",
    "and each is tested with changes that it must refuse. This page is written by `make docs`.",
    "",
    ...markdownTable(
      ["policy", "severity", "what must hold"],
      all.map(({ id, severity, title }) => [`[${id}](#${id.toLowerCase()})`, severity, title]),
    ),
    "",
    ...domains.flatMap((domain) => [
      `## ${heading(domain)}`,
      "",
      ...catalogue.filter(({ file }) => domainOf(file) === domain).flatMap(({ policy }) => section(policy)),
    ]),
    "## The judgement itself",
    "",
    "No waiver lifts these.",
    "",
    ...rules.flatMap((rule) => [...title(rule), `**Why:** ${rule.because}. **Remedy:** ${rule.remedy}.`, ""]),
  ].join("\n");
}

const domainOf = (file: string): string => file.split("/")[0] ?? file;
const heading = (domain: string): string => `${domain.charAt(0).toUpperCase()}${domain.slice(1)}`.replaceAll("-", " ");
const title = ({ id, title: said, severity }: EngineRule): string[] => [
  `<a id="${id.toLowerCase()}"></a>`,
  "",
  `### ${id}: ${said}`,
  "",
  `\`${severity}\``,
  "",
];
const statements = new Map(claims.map((claim) => [claim.id, claim.statement]));

function section(policy: Policy): string[] {
  const { because, remedy, proves, beyond, equivalents = [], environments, mutants, boundary } = policy;
  return [
    ...title(policy).slice(0, -2),
    `\`${policy.severity}\`${environments ? ` in ${environments.join(", ")}` : ""}`,
    "",
    `**Why:** ${because}. **Remedy:** ${remedy}.`,
    "",
    ...(proves.length > 0
      ? ["**Claims:**", "", ...[...proves].sort().map((id) => `- ${id}: ${statements.get(id) ?? ""}`)]
      : [`**Beyond the claims:** ${beyond ?? ""}.`]),
    "",
    `**Known tools:** ${equivalents.length > 0 ? equivalents.join(", ") : "none has it"}.`,
    "",
    `**Refused:** ${mutants.map(({ name }) => name).join("; ")}. **At the boundary:** accepted with "${boundary.holds.name}", refused with "${boundary.breaks.name}".`,
    "",
  ];
}
