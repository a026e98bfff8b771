import type { CostLine } from "../../../models/cost";

/** A line of the bill as the report has it. */
export type CostLineFigures = Omit<CostLine, "listUsdPerUnit" | "discount" | "reason"> & {
  /** The multiplication at steady state, or why the line is unknown, free or reserved. */
  readonly arithmetic: string;
};

const figure = (value: number): string => String(Number(value.toPrecision(10)));

export function lineFigures({ listUsdPerUnit, discount, reason, assumption, ...line }: CostLine): CostLineFigures {
  return {
    ...line,
    arithmetic: reason ?? multiplication(line, listUsdPerUnit, discount),
    ...(assumption === undefined ? {} : { assumption }),
  };
}

function multiplication(
  line: Pick<CostLine, "component" | "priceId" | "quantity" | "unit" | "usdPerUnit" | "region">,
  listUsdPerUnit: number | null,
  discount: number,
): string {
  const { component, priceId, quantity, unit, usdPerUnit, region } = line;
  // What cannot be counted is named instead of a price.
  if (listUsdPerUnit === null || usdPerUnit === null)
    return priceId === component
      ? `unknown: ${component}`
      : `${figure(quantity.steady)} × unknown: the price book has no ${priceId} in ${region}`;
  const factors = `${figure(quantity.steady)} ${unit} × ${figure(listUsdPerUnit)} USD${discount > 0 ? ` × ${figure(1 - discount)}` : ""}`;
  return `${factors} = ${(quantity.steady * usdPerUnit).toFixed(2)} USD`;
}
