import { claims } from "../catalog/claims/claims";
import type { EngineRule } from "../readiness/judgement/engine-rules";
import type { CataloguedPolicy } from "../readiness/policies";
import type { Policy } from "../readiness/policy/policy";
import { markdownTable } from "./markdown";

interface PolicyPage {
  readonly file: string;
  readonly content: string;
}

/** Every policy on one page, each with a link to its own. */
export function policiesPage(catalogue: readonly CataloguedPolicy[], rules: readonly EngineRule[]): string {
  const domains = [...new Set(catalogue.map(({ file }) => domainOf(file)))].sort();
  return [
    "# Policies",
    "",
    "What must hold before a platform is written for deployment. An error refuses it; warnings are shown. Each policy judges the Terraform that was synthesised,",
    "and each is tested with changes that it must refuse. `npx plimsoll explain ID` shows the same and what it judged. This page is written by `make docs`.",
    "",
    ...domains.flatMap((domain) => [
      `## ${heading(domain)}`,
      "",
      ...policyTable(
        catalogue
          .filter(({ file }) => domainOf(file) === domain)
          .map(({ policy }) => ({ ...policy, link: `policies/${domain}/${policy.id}.md` })),
      ),
      "",
    ]),
    "## The judgement itself",
    "",
    "No waiver lifts these.",
    "",
    ...policyTable(rules.map((rule) => ({ ...rule, link: `policies/judgement/${rule.id}.md` }))),
    "",
  ].join("\n");
}

const policyTable = (all: readonly (EngineRule & { readonly link: string })[]): string[] =>
  markdownTable(
    ["policy", "severity", "what must hold"],
    [...all]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ id, severity, title, link }) => [`[${id}](${link})`, severity, title]),
  );

/** One page a policy: reason, remedy, claims and what it was seen to refuse. */
export const policyPages = (catalogue: readonly CataloguedPolicy[], rules: readonly EngineRule[]): PolicyPage[] => [
  ...catalogue.map(({ policy, file }) => ({
    file: `docs/policies/${domainOf(file)}/${policy.id}.md`,
    content: policyText(policy, file),
  })),
  ...rules.map((rule) => ({
    file: `docs/policies/judgement/${rule.id}.md`,
    content: [...head(rule), "No waiver lifts it.", ""].join("\n"),
  })),
];

const domainOf = (file: string): string => file.split("/")[0] ?? file;
const heading = (domain: string): string => `${domain.charAt(0).toUpperCase()}${domain.slice(1)}`.replaceAll("-", " ");
const statements = new Map(claims.map((claim) => [claim.id, claim.statement]));

const head = ({ id, title, severity, because, remedy }: EngineRule, where = ""): string[] => [
  `# ${id}: ${title}`,
  "",
  `Severity: \`${severity}\`${where}. [All policies](../../policies.md)`,
  "",
  `**Why.** ${sentence(because)}`,
  "",
  `**What to do.** ${sentence(remedy)}`,
  "",
];

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;

function policyText(policy: Policy, file: string): string {
  const { proves, beyond, equivalents = [], environments, mutants, boundary } = policy;
  return [
    ...head(policy, environments ? ` in ${environments.join(", ")}` : ""),
    ...(proves.length > 0
      ? ["## Claims that rest on it", "", ...[...proves].sort().map((id) => `- ${id}: ${statements.get(id) ?? ""}`)]
      : ["## Beyond the claims", "", sentence(beyond ?? "")]),
    "",
    "## Changes that it refuses",
    "",
    ...mutants.map(({ name }) => `- ${name}`),
    "",
    `At the boundary: accepted with "${boundary.holds.name}", refused with "${boundary.breaks.name}".`,
    "",
    "## Elsewhere",
    "",
    `Known tools: ${equivalents.length > 0 ? equivalents.join(", ") : "none has it"}. Source: [\`readiness/policies/${file}.ts\`](../../../readiness/policies/${file}.ts).`,
    "",
  ].join("\n");
}
