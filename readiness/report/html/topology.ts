import { html, type Markup, type Piece } from "./markup";
import { nameList, section, table } from "./tables";
import type { Flow, RegionTopology, ReportView, Topology } from "./view";

/** Edge, global stacks and both regions, side by side where there is room. */
export const topologySection = ({ topology }: ReportView): Markup =>
  section(
    "topology",
    "Topology",
    html`<div class="topology">
      ${edgeBox(topology)}
      <div class="regions">${topology.regions.map(regionBox)}</div>
      ${globalBox(topology)}
    </div>`,
  );

const edgeBox = ({ edge, regions }: Topology): Piece =>
  edge.length > 0 && [
    html`<div class="box edge">
      <h3>Edge: Route 53</h3>
      <p>${edge.length} alias and failover names</p>
      ${nameList(edge)}
    </div>`,
    connectors(regions.length),
  ];

/** Lines from the edge to each region. */
const connectors = (count: number): Markup =>
  html`<svg class="connectors" aria-hidden="true" viewBox="0 0 100 20" preserveAspectRatio="none">
    ${Array.from(
      { length: count },
      (_, index) => html`<path d="M50 0 V8 H${((index + 0.5) / count) * 100} V20"></path>`,
    )}
  </svg>`;

const regionBox = ({
  region,
  role,
  network,
  zones,
  cluster,
  pools,
  applications,
  databases,
  stores,
}: RegionTopology): Markup =>
  html`<div class="box region">
    <h3>${region} <span class="role">${role}</span></h3>
    <dl>
      ${
        network !== null &&
        html`<dt>Network</dt>
          <dd>${network}${zones.length > 0 && html`; zones ${zones.join(", ")}`}</dd>`
      }
      ${
        cluster !== null &&
        html`<dt>Cluster</dt>
          <dd>${cluster}</dd>`
      }
      ${
        applications.length > 0 &&
        html`<dt>Applications</dt>
          <dd>${nameList(applications)}</dd>`
      }
      ${
        databases.length > 0 &&
        html`<dt>Data stores</dt>
          <dd>${nameList(databases)}</dd>`
      }
      ${
        stores.length > 0 &&
        html`<dt>Also</dt>
          <dd>${stores.join(", ")}</dd>`
      }
    </dl>
    ${
      pools.length > 0 &&
      html`<details>
        <summary>${pools.length} node groups</summary>
        <ul>
          ${pools.map(({ name, detail }) => html`<li><b>${name}</b>: ${detail}</li>`)}
        </ul>
      </details>`
    }
  </div>`;

const globalBox = ({ global }: Topology): Piece =>
  global.length > 0 &&
  html`<div class="box">
    <h3>Global</h3>
    ${nameList(global)}
  </div>`;

/** Only what a NetworkPolicy allows is listed: everything else is denied where a default-deny policy selects the pods. */
export const flowsSection = ({ flows }: ReportView): Markup =>
  section(
    "flows",
    "Allowed flows",
    flows.length === 0
      ? html`<p>No NetworkPolicy was found: nothing is known of allowed flows.</p>`
      : html`<details open>
          <summary>${flows.length} allowed flows</summary>
          ${table(
            "Flows that NetworkPolicies allow, by namespace",
            ["Namespace", "Pods", "Direction", "Peer", "Ports", "Regions", "NetworkPolicies"].map((title) => ({
              title,
            })),
            flows.map(flowRow),
            true,
          )}
        </details>`,
  );

const flowRow = ({ namespace, pods, direction, peer, ports, regions, policies }: Flow): { cells: Piece[] } => ({
  cells: [namespace, pods, direction, peer, ports, regions.join(", "), policies.join(", ")],
});
