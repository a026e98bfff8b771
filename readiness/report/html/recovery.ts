import type { RecoverySection } from "../../figures/recovery/recovery-section";
import { bar, legend, seriesColour } from "./bars";
import { html, type Markup } from "./markup";
import { badge, section, table } from "./tables";

type Takeover = RecoverySection["takeovers"][number];

const decimals = (value: number | null): string => (value === null ? "–" : String(Math.round(value * 10) / 10));

export function recoverySection({ takeovers, points }: RecoverySection): Markup {
  const names = [...new Set(takeovers.flatMap(({ steps }) => steps.map(({ name }) => name)))];
  const colours = new Map(names.map((name, index) => [name, seriesColour(index)]));
  const scale = 1.05 * Math.max(1, ...takeovers.flatMap(({ minutes, rtoMinutes }) => [minutes ?? 0, rtoMinutes ?? 0]));
  return section(
    "recovery",
    "Recovery",
    html`<h3>Worst-case takeover by the other region, against the RTO</h3>`,
    legend([
      ...[...colours].map(([name, colour]) => ({ name, colour })),
      { name: "RTO (line)", colour: "limit-swatch" },
    ]),
    html`<div class="bars">${takeovers.map((takeover) => takeoverBar(takeover, scale, colours))}</div>`,
    html`<h3>Worst-case data loss, against the RPO</h3>`,
    html`<p>
      ${points.filter(({ outcome }) => outcome === "pass").length} of ${points.length} losses are within the RPO.
    </p>`,
    table(
      "Worst-case data loss of each application",
      [
        { title: "Application" },
        { title: "Region" },
        { title: "Loss" },
        { title: "Outcome" },
        { title: "Hours", numeric: true },
        { title: "RPO hours", numeric: true },
        { title: "Schedule" },
        { title: "Arithmetic", wide: true },
      ],
      points.map(({ application, region, loss, outcome, hours, rpoHours, schedule, arithmetic }) => ({
        cells: [application, region, loss, badge(outcome), decimals(hours), decimals(rpoHours), schedule, arithmetic],
      })),
    ),
  );
}

function takeoverBar(takeover: Takeover, scale: number, colours: ReadonlyMap<string, string>): Markup {
  const { application, region, outcome, minutes, rtoMinutes, steps, arithmetic } = takeover;
  const said = `${decimals(minutes)} of ${decimals(rtoMinutes)} min`;
  return html`<div class="bar-row">
    <div class="bar-name"><b>${application}</b> to ${region} ${badge(outcome)}</div>
    ${
      steps.length === 0
        ? html`<p class="bar-value">${arithmetic}</p>`
        : html`${bar({
              description: `${application} to ${region}: ${said}; ${steps.map(({ name, seconds }) => `${name} ${seconds ?? "never ends"} s`).join(", ")}`,
              segments: steps.map(({ name, seconds, arithmetic: how }) => ({
                label: `${name}: ${seconds === null ? "never ends" : `${Math.round(seconds)} s`} (${how})`,
                value: seconds === null ? scale : seconds / 60,
                colour: colours.get(name) ?? "series-1",
              })),
              limit: rtoMinutes ?? undefined,
              scale,
            })}
            <div class="bar-value">${said}</div>
            <details>
              <summary>Arithmetic</summary>
              <p>${arithmetic}</p>
            </details>`
    }
  </div>`;
}
