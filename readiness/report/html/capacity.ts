import type { CapacitySection, ScenarioFigures } from "../../figures/models";
import { bar, legend } from "./bars";
import { html, type Markup, type Piece } from "./markup";
import { badge, section } from "./tables";

type Region = CapacitySection["regions"][number];
type Pool = ScenarioFigures["pools"][number];

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const colourOf = (share: number): string => (share > 0.95 ? "bad" : share > 0.85 ? "caution" : "good");

/** Nodes of each pool and zone at the maximum of replicas: whole, and with each zone lost. */
export const capacitySection = ({ regions, takeovers }: CapacitySection): Markup =>
  section(
    "capacity",
    "Capacity",
    html`<p>
      All pods at their maximum, placed on the nodes of each pool. The bar is the share of the tightest resource.
    </p>`,
    legend([
      { name: "up to 85 %", colour: "good" },
      { name: "up to 95 %", colour: "caution" },
      { name: "above 95 %", colour: "bad" },
    ]),
    takeovers.map(
      ({ from, to, verdict, because, fixes }) =>
        html`<p>${badge(verdict)} <b>${to}</b> takes over the load of <b>${from}</b>: ${because}.${fixList(fixes)}</p>`,
    ),
    regions.map(regionMarkup),
  );

const regionMarkup = ({ region, role, verdict, unknown, scenarios, warnings, fixes, drain }: Region): Markup =>
  html`<h3>${region} <span class="role">${role}</span> ${badge(verdict)}</h3>
    ${unknown.length > 0 && html`<p>Unknown: ${unknown.join("; ")}</p>`}
    ${warnings.map((warning) => html`<p>${warning}</p>`)}${fixList(fixes)}
    <p>Nodes replaced one after another, as in an upgrade: ${drain.because}</p>
    ${scenarios.map(
      (scenario, index) =>
        html`<details${index === 0 && html` open`}><summary>${scenario.name} ${badge(scenario.verdict)}</summary><p>${scenario.because}</p>${leftOver(scenario)}<div class="bars">${scenario.pools.map(poolBar)}</div></details>`,
    )}`;

const leftOver = ({ leftOver: pods }: ScenarioFigures): Piece =>
  pods.length > 0 &&
  html`<ul>
    ${pods.map(({ workload, count, reason }) => html`<li>${count} ${"×"} ${workload}: ${reason}</li>`)}
  </ul>`;

function poolBar({ pool, nodes, cpuMillis, memoryMiB, pods, tightest }: Pool): Markup {
  const said = `CPU ${cpuMillis.requested} of ${cpuMillis.allocatable} m, memory ${memoryMiB.requested} of ${memoryMiB.allocatable} MiB, pods ${pods.requested} of ${pods.allocatable}`;
  const resource =
    tightest.resource === "memoryMiB" ? "memory" : tightest.resource === "cpuMillis" ? "CPU" : tightest.resource;
  return html`<div class="bar-row">
    <div class="bar-name"><b>${pool}</b> ${nodes} ${nodes === 1 ? "node" : "nodes"}</div>
    ${bar({
      description: `${pool}: ${percent(tightest.share)} of ${resource}; ${said}`,
      segments: [{ label: said, value: tightest.share, colour: colourOf(tightest.share) }],
      scale: 1,
    })}
    <div class="bar-value">${percent(tightest.share)} of ${resource}</div>
  </div>`;
}

const fixList = (fixes: Region["fixes"]): Piece =>
  fixes.length > 0 &&
  html`<ul>
    ${fixes.map(({ change, extraUsdPerHour }) => html`<li>Fix: ${change}${extraUsdPerHour !== null && ` (${extraUsdPerHour.toFixed(4)} USD an hour more)`}</li>`)}
  </ul>`;
