export const usd = (value: number): string => value.toFixed(2);
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
/** For shares such as 0.999, of which a whole number of percent would say something else. */
export const exactPercent = (share: number): string => `${Number((share * 100).toPrecision(6))} %`;
/** With at most that many digits after the point. */
export const rounded = (value: number, digits = 1): string => String(Number(value.toFixed(digits)));

/** A verdict of the capacity model for a reader. */
export const verdictWord = (verdict: string): string => (verdict === "doesNotFit" ? "does not fit" : verdict);

/** What is said of several regions alike is said once: "fits in a and b, 9 nodes". */
export function alike(
  lines: readonly { readonly region: string; readonly verdict: string; readonly more: string }[],
): string {
  const groups = new Map<string, string[]>();
  for (const { region, verdict, more } of lines)
    groups.set(`${verdict} ${more}`, [...(groups.get(`${verdict} ${more}`) ?? []), region]);
  return lines
    .flatMap(({ region, verdict, more }) => {
      const regions = groups.get(`${verdict} ${more}`) ?? [];
      return regions[0] === region ? [`${verdictWord(verdict)} in ${regions.join(" and ")}, ${more}`] : [];
    })
    .join("; ");
}
