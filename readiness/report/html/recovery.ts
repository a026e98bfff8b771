import type { RecoverySection } from "../../figures/recovery/recovery-section";
import { bar, legend, seriesColour } from "./bars";
import { html, type Markup } from "./markup";
import { badge, barRows, section, table } from "./tables";

type Takeover = RecoverySection["takeovers"][number];

const decimals = (value: number | null): string => (value === null ? "–" : String(Math.round(value * 10) / 10));

export function recoverySection({ takeovers, points, scenarios, stores }: RecoverySection): Markup {
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
    barRows(takeovers.map((takeover) => takeoverBar(takeover, scale, colours))),
    ...scenarioTables(scenarios),
    html`<h3>Worst-case data loss, against the RPO</h3>`,
    storeTable(stores),
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

/** One table of all losses; under each application the steps with where their durations come from. */
function scenarioTables(scenarios: RecoverySection["scenarios"]): Markup[] {
  const applications = [...new Set(scenarios.map(({ application }) => application))];
  return [
    html`<h3>Minutes until full service after each loss</h3>`,
    html`<p>
      Best, expected and worst are the 5th percentile, the mean and the 95th percentile of a simulation with a fixed
      seed. The limit adds every step of the slowest path at its worst, and is held against the RTO.
    </p>`,
    table(
      "Minutes until full service after each loss",
      [
        { title: "Application" },
        { title: "Loss" },
        { title: "Outcome" },
        { title: "Best", numeric: true },
        { title: "Expected", numeric: true },
        { title: "Worst", numeric: true },
        { title: "Limit", numeric: true },
        { title: "RTO", numeric: true },
      ],
      scenarios.map((one) => ({
        cells: [
          one.application,
          one.scenario,
          badge(one.outcome),
          decimals(one.bestMinutes),
          decimals(one.expectedMinutes),
          decimals(one.worstMinutes),
          decimals(one.limitMinutes),
          decimals(one.rtoMinutes),
        ],
      })),
    ),
    ...applications.map(
      (application) =>
        html`<details>
          <summary>Steps of ${application}</summary>
          ${stepTable(
            application,
            scenarios.filter((one) => one.application === application),
          )}
        </details>`,
    ),
  ];
}

const stepTable = (application: string, scenarios: RecoverySection["scenarios"]): Markup =>
  table(
    `Steps of ${application} after each loss, in seconds`,
    [
      { title: "Loss" },
      { title: "Step" },
      { title: "Best", numeric: true },
      { title: "Likely", numeric: true },
      { title: "Worst", numeric: true },
      { title: "Mark" },
      { title: "Arithmetic" },
      { title: "Source", wide: true },
    ],
    scenarios.flatMap(({ scenario, steps, arithmetic }) =>
      steps.length === 0
        ? [{ cells: [scenario, "none", "–", "–", "–", "–", arithmetic, "–"] }]
        : steps.map((step) => ({
            cells: [
              scenario,
              step.name,
              decimals(step.bestSeconds),
              decimals(step.likelySeconds),
              decimals(step.worstSeconds),
              `${step.mark} ${step.date}`,
              step.arithmetic,
              step.source,
            ],
          })),
    ),
  );

const storeTable = (stores: RecoverySection["stores"]): Markup =>
  table(
    "Minutes of work that a loss costs in each store",
    [
      { title: "Application" },
      { title: "Store" },
      { title: "Loss" },
      { title: "Outcome" },
      { title: "Minutes", numeric: true },
      { title: "RPO minutes", numeric: true },
      { title: "Mark" },
      { title: "Arithmetic", wide: true },
    ],
    stores.map((one) => ({
      cells: [
        one.application,
        `${one.kind} ${one.store}`,
        one.loss,
        badge(one.outcome),
        decimals(one.minutes),
        decimals(one.rpoMinutes),
        `${one.mark} ${one.date}`,
        one.arithmetic,
      ],
    })),
  );

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
