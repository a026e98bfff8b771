import { html, type Markup } from "./markup";

export interface Segment {
  readonly label: string;
  readonly value: number;
  /** Class of its colour: `series-1` to `series-8`, `good`, `bad`, `caution`. */
  readonly colour: string;
}

export interface Bar {
  /** Read aloud instead of the picture. */
  readonly description: string;
  readonly segments: readonly Segment[];
  /** Limit that is drawn as a line. */
  readonly limit?: number | undefined;
  /** Value at the right edge. */
  readonly scale: number;
}

/** Share of the width in per cent with two digits: the same numbers give the same bytes. */
const share = (value: number, scale: number): string =>
  `${scale > 0 ? Math.min(100, Math.max(0, Math.round((value / scale) * 10_000) / 100)) : 0}%`;

/** A horizontal stacked bar. Widths are shares, so it fits every screen without scaling text. */
export function bar({ description, segments, limit, scale }: Bar): Markup {
  let start = 0;
  const drawn = segments.map(({ label, value, colour }) => {
    const from = start;
    start += value;
    return html`<rect class="${colour}" x="${share(from, scale)}" y="3" width="${share(value, scale)}" height="14"
      ><title>${label}</title></rect
    >`;
  });
  return html`<svg class="bar" role="img" aria-label="${description}">
    <rect class="track" x="0" y="3" width="100%" height="14"></rect>
    ${drawn}${
      limit !== undefined &&
      html`<line class="limit" x1="${share(limit, scale)}" x2="${share(limit, scale)}" y1="0" y2="20"></line>`
    }
  </svg>`;
}

export const seriesColour = (index: number): string => `series-${(index % 8) + 1}`;

export const legend = (names: readonly { readonly name: string; readonly colour: string }[]): Markup =>
  html`<ul class="legend">
    ${names.map(
      ({ name, colour }) =>
        html`<li>
          <svg class="swatch" aria-hidden="true"><rect class="${colour}" width="100%" height="100%"></rect></svg>${name}
        </li>`,
    )}
  </ul>`;
