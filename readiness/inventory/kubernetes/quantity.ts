/**
 * Kubernetes resource quantities as exact fractions.
 *
 * Suffixes: n u m k M G T P E, Ki Mi Gi Ti Pi Ei, and decimal exponents
 * (Kubernetes reference, Quantity of apimachinery, read 2026-11-21).
 */
export interface Quantity {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const binary: Readonly<Record<string, bigint>> = { Ki: 1n, Mi: 2n, Gi: 3n, Ti: 4n, Pi: 5n, Ei: 6n };
const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const form = /^([+-]?)(\d+)?(?:\.(\d*))?(Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+|[numkMGTPE])?$/;

/** @returns undefined if the text is not a quantity */
export function parseQuantity(value: string | number): Quantity | undefined {
  const [matched, sign, whole = "", fraction = "", suffix = ""] = form.exec(String(value).trim()) ?? [];
  if (matched === undefined || whole + fraction === "") return undefined;
  const digits = BigInt(whole + fraction) * (sign === "-" ? -1n : 1n);
  const power = binary[suffix];
  if (power !== undefined) return { numerator: digits * 1024n ** power, denominator: 10n ** BigInt(fraction.length) };
  const exponent = (decimal[suffix] ?? Number(suffix.slice(1))) - fraction.length;
  return exponent >= 0
    ? { numerator: digits * 10n ** BigInt(exponent), denominator: 1n }
    : { numerator: digits, denominator: 10n ** BigInt(-exponent) };
}

/** CPU in thousandths of a core; finer than that rounds up, as the API server does. @returns undefined if it is no quantity */
export function cpuMillis(value: string | number | undefined): number | undefined {
  const quantity = value === undefined ? undefined : parseQuantity(value);
  if (!quantity) return undefined;
  const scaled = quantity.numerator * 1000n;
  const floor = scaled / quantity.denominator;
  return Number(scaled > floor * quantity.denominator ? floor + 1n : floor);
}

/** Memory or storage in MiB (2^20 bytes), not rounded. @returns undefined if it is no quantity */
export function memoryMiB(value: string | number | undefined): number | undefined {
  const quantity = value === undefined ? undefined : parseQuantity(value);
  if (!quantity) return undefined;
  const divisor = quantity.denominator * 1024n ** 2n;
  const whole = quantity.numerator / divisor;
  return Number(whole) + Number(quantity.numerator - whole * divisor) / Number(divisor);
}

/** A plain count such as `count/pods`. @returns undefined if it is no quantity or no whole number */
export function count(value: string | number | undefined): number | undefined {
  const quantity = value === undefined ? undefined : parseQuantity(value);
  return quantity && quantity.numerator % quantity.denominator === 0n
    ? Number(quantity.numerator / quantity.denominator)
    : undefined;
}
