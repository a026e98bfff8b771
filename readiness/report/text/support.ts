import { table } from "./markdown-table";
import type { SupportSection } from "../../figures/support/support";

const fitWord = (fits: boolean | null): string => (fits === null ? "unknown" : fits ? "fits" : "does not fit");

export function supportMarkdown({ asOf, retrieved, products, addOns, charts }: SupportSection): string[] {
  const fits = [
    ["EKS add-on", addOns],
    ["chart", charts],
  ] as const;
  return [
    "## Support",
    `Days left on ${asOf}; dates as of ${retrieved}.`,
    table(
      ["product", "version", "days left", "standard support ends", "extended support ends", "used by", "sources"],
      products.map(
        ({ product, version, daysLeft, phase, endOfStandardSupport, endOfExtendedSupport, where, sources, note }) => [
          product,
          version,
          daysLeft ?? phase,
          endOfStandardSupport ?? "not announced",
          endOfExtendedSupport ?? "not announced",
          where.length,
          [...sources, ...(note === null ? [] : [note])].join("; "),
        ],
      ),
    ),
    ...fits.map(([name, lines]) =>
      table(
        [name, "version", "Kubernetes", "verdict", "because", "source"],
        lines.map((line) => [line.name, line.version, line.kubernetes, fitWord(line.fits), line.reason, line.source]),
      ),
    ),
  ];
}

export function supportConsole({ products, addOns, charts }: SupportSection): string {
  const parts = products.map(
    ({ product, version, daysLeft, phase }) =>
      `${product} ${version} ${daysLeft === null ? phase : `${daysLeft} days left`}`,
  );
  const fits = [...addOns, ...charts];
  return [
    ...parts,
    `${fits.filter((line) => line.fits === true).length} of ${fits.length} add-ons and charts fit`,
  ].join("; ");
}
