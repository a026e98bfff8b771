import type { SupportSection } from "../../figures/support/support";
import { bar, legend } from "./bars";
import { html, type Markup } from "./markup";
import { badge, section, table } from "./tables";

const dayMs = 86_400_000;
/** Days from one ISO date to another. */
const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / dayMs);

export function supportSection({ asOf, retrieved, products, addOns, charts }: SupportSection): Markup {
  const ends = products.flatMap(({ endOfStandardSupport, endOfExtendedSupport }) =>
    [endOfStandardSupport, endOfExtendedSupport].filter((date) => date !== null),
  );
  const scale = Math.max(1, ...ends.map((date) => daysBetween(asOf, date)));
  return section(
    "support",
    "Support calendar",
    html`<p>Days from ${asOf}; dates retrieved on ${retrieved}.</p>`,
    legend([
      { name: "standard support", colour: "good" },
      { name: "extended support", colour: "caution" },
    ]),
    html`<div class="bars">${products.map((product) => productBar(product, asOf, scale))}</div>`,
    table(
      "Versions of add-ons and charts against the version of Kubernetes",
      ["Name", "Kind", "Version", "Kubernetes", "Fits", "Reason", "Source"].map((title) => ({
        title,
        wide: title === "Reason",
      })),
      [...addOns.map((line) => ["add-on", line] as const), ...charts.map((line) => ["chart", line] as const)].map(
        ([kind, { name, version, kubernetes, fits, reason, source }]) => ({
          cells: [
            name,
            kind,
            version,
            kubernetes,
            badge(fits === null ? "unknown" : fits ? "pass" : "fail"),
            reason,
            source,
          ],
        }),
      ),
    ),
  );
}

function productBar(product: SupportSection["products"][number], asOf: string, scale: number): Markup {
  const { product: name, version, phase, endOfStandardSupport, endOfExtendedSupport, daysLeft, note } = product;
  const standard = endOfStandardSupport === null ? 0 : Math.max(0, daysBetween(asOf, endOfStandardSupport));
  const extended = endOfExtendedSupport === null ? 0 : Math.max(0, daysBetween(asOf, endOfExtendedSupport) - standard);
  const said = `${phase}${endOfStandardSupport === null ? "" : `, until ${endOfStandardSupport}`}${daysLeft === null ? "" : ` (${daysLeft} days)`}`;
  return html`<div class="bar-row">
    <div class="bar-name"><b>${name}</b> ${version}</div>
    ${bar({
      description: `${name} ${version}: ${said}`,
      segments: [
        {
          label: `standard support until ${endOfStandardSupport ?? "an unknown date"}`,
          value: standard,
          colour: "good",
        },
        {
          label: `extended support until ${endOfExtendedSupport ?? "an unknown date"}`,
          value: extended,
          colour: "caution",
        },
      ],
      scale,
    })}
    <div class="bar-value">${said}</div>
    ${note !== null && html`<p>${note}</p>`}
  </div>`;
}
