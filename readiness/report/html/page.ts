import { createHash } from "node:crypto";
import { claims as register, type Claim } from "../../../catalog/claims/claims";
import { claimsWith } from "../claims";
import type { Report } from "../report";
import { alertingSection } from "./alerting";
import { capacitySection } from "./capacity";
import { costSection } from "./cost";
import { firstScreen, verdictSentence } from "./first-screen";
import { claimsSection, findingsSection, policiesSection } from "./judgement";
import { html, Markup } from "./markup";
import { matrix } from "./matrix";
import { monitoringSection } from "./monitoring";
import { recoverySection } from "./recovery";
import { script } from "./script";
import { style } from "./style";
import { supportSection } from "./support";
import { section } from "./tables";
import { flowsSection, topologySection } from "./topology";
import type { ReportView } from "./view";

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Exactly the text whose hash the policy names, without a space around it. */
const element = (name: "style" | "script", text: string): Markup => new Markup(`<${name}>${text}</${name}>`);

/** Nothing is loaded, and only this script and this style apply: a text that became markup could do nothing. */
const contentSecurityPolicy = [
  "default-src 'none'",
  `script-src ${hashOf(script)}`,
  `style-src ${hashOf(style)}`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const parts: readonly (readonly [string, string])[] = [
  ["verdict", "Verdict"],
  ["matrix", "Applications and areas"],
  ["topology", "Topology"],
  ["recovery", "Recovery"],
  ["capacity", "Capacity"],
  ["cost", "Cost"],
  ["objectives", "Objectives and alerts"],
  ["monitoring", "Monitoring"],
  ["support", "Support calendar"],
  ["findings", "Findings"],
  ["claims", "Claims"],
  ["policies", "Policies"],
  ["flows", "Allowed flows"],
];

/**
 * `report.html`: one file that loads nothing. Same report and view, same bytes.
 *
 * @param claims register with the statements of the report's claims @default the project's register
 */
export function htmlReport(report: Report, view: ReportView, claims: readonly Claim[] = register): string {
  const known = claimsWith(report.claims, claims);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="data:," />
        <title>${verdictSentence(report)}</title>
        ${element("style", style)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the verdict</a>
        <header>
          <h1>Readiness of ${report.environment}</h1>
          <p class="stated">Judged on ${view.judgedOn}</p>
          <nav aria-label="Sections">
            <ul>
              ${parts.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
            </ul>
          </nav>
        </header>
        <main id="main" tabindex="-1">
          ${firstScreen(report, view.changes)} ${matrix(report, view, known)} ${topologySection(view)}
          ${modelSections(report)} ${filter} ${findingsSection(report)} ${claimsSection(report, known)}
          ${policiesSection(report, view)} ${flowsSection(view)}
        </main>
        <footer>
          ${
            report.provenance?.commit &&
            html`Commit <code>${report.provenance.commit.slice(0, 12)}</code>, ${report.provenance.inputs.length}
              configuration files (sums in report.json).`
          }
          Schema ${report.schemaVersion} of report.json, which has every figure of this page. Arithmetic and sources are
          given beside the figures.
        </footer>
        ${element("script", script)}
      </body>
    </html> `;
  return page.text;
}

/** Without its figures a section says so: an absent section could be taken for a good one. */
function modelSections(report: Report): Markup[] {
  const { models } = report;
  const absent = (id: string, title: string): Markup =>
    section(id, title, html`<p>Not computed: this report has no figures of the model.</p>`);
  return [
    models.recovery ? recoverySection(models.recovery) : absent("recovery", "Recovery"),
    models.capacity ? capacitySection(models.capacity) : absent("capacity", "Capacity"),
    models.cost ? costSection(models.cost) : absent("cost", "Cost"),
    models.slo ? alertingSection(models.slo) : absent("objectives", "Objectives and alerts"),
    models.monitoring ? monitoringSection(models.monitoring) : absent("monitoring", "Monitoring"),
    models.support ? supportSection(models.support) : absent("support", "Support calendar"),
  ];
}

/** Shown by the script: without it there is nothing that could filter. */
const filter = html`<div id="filter" role="search" aria-label="Filter" hidden>
  <label for="search"
    >Search findings, claims, policies, flows<input id="search" type="search" autocomplete="off"
  /></label>
  <label for="outcome"
    >Outcome<select id="outcome">
      <option value="">all</option>
      ${["fail", "unknown", "waived", "open", "pass", "notApplicable", "outside"].map(
        (value) => html`<option value="${value}">${value === "notApplicable" ? "not applicable" : value}</option>`,
      )}
    </select></label
  >
  <span id="shown" role="status"></span>
</div>`;
