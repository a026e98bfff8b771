import type { ReportChanges } from "../changes";
import { anchor, html, type Markup } from "./markup";

const shown = 5;

/** What changed since the earlier report, for the first screen. */
export function changesBlock(changes: ReportChanges): Markup {
  const {
    since,
    verdict,
    newFindings,
    fixedFindings,
    changedFindings,
    claimsThatHoldNow,
    claimsThatNoLongerHold,
    usdPerMonth,
  } = changes;
  const lines = [
    verdict.before !== verdict.after && html`<li>Verdict: ${verdict.before}, now <b>${verdict.after}</b></li>`,
    claims("Claims that hold now", claimsThatHoldNow),
    claims("Claims that no longer hold", claimsThatNoLongerHold),
    findings("New findings", newFindings),
    findings("Fixed findings", fixedFindings),
    findings("Changed findings", changedFindings),
    usdPerMonth !== null && usdPerMonth !== 0 && html`<li>An ordinary month: ${money(usdPerMonth)}</li>`,
  ].filter((line) => line !== false);
  return html`<h3>Since ${since}</h3>
    ${
      lines.length === 0
        ? html`<p>Nothing changed.</p>`
        : html`<ul class="changes">
            ${lines}
          </ul>`
    }`;
}

const money = (usd: number): string => `${usd > 0 ? "+" : "−"}${Math.abs(usd).toFixed(2)} USD`;

const claims = (title: string, ids: readonly string[]): Markup | false =>
  ids.length > 0 &&
  html`<li>${title}: ${ids.map((id) => html`<a class="id" href="#${anchor("claim", id)}">${id}</a> `)}</li>`;

const findings = (title: string, texts: readonly string[]): Markup | false =>
  texts.length > 0 &&
  html`<li>
    ${title}: ${texts.length}
    <ul>
      ${texts.slice(0, shown).map((text) => html`<li>${text}</li>`)}
      ${texts.length > shown && html`<li>and ${texts.length - shown} more</li>`}
    </ul>
  </li>`;
