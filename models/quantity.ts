/**
 * Kubernetes resource quantities as exact fractions.
 *
 * Suffixes: n u m k M G T P E, Ki Mi Gi Ti Pi Ei, and decimal exponents
 * (Kubernetes reference, Quantity of apimachinery, read 2026-11-21).
 */
interface Quantity {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const binary: Readonly<Record<string, bigint>> = { Ki: 1n, Mi: 2n, Gi: 3n, Ti: 4n, Pi: 5n, Ei: 6n };
const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
/** An exponent of more digits is of nothing that exists, and would fill the memory. */
const form = /^([+-]?)(\d+)?(?:\.(\d*))?(Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d{1,3}|[numkMGTPE])?$/;

/** @returns undefined if the text is not a quantity */
function parseQuantity(value: string | number): Quantity | undefined {
  const [matched, sign, whole = "", fraction = "", suffix = ""] = form.exec(String(value)) ?? [];
  if (matched === undefined || whole + fraction === "") return undefined;
  const digits = BigInt(whole + fraction) * (sign === "-" ? -1n : 1n);
  const power = binary[suffix];
  if (power !== undefined) return { numerator: digits * 1024n ** power, denominator: 10n ** BigInt(fraction.length) };
  const exponent = (decimal[suffix] ?? Number(suffix.slice(1))) - fraction.length;
  return exponent >= 0
    ? { numerator: digits * 10n ** BigInt(exponent), denominator: 1n }
    : { numerator: digits, denominator: 10n ** BigInt(-exponent) };
}

/** The amount in base units. @returns undefined if it is no quantity */
export function quantity(value: string | number): number | undefined {
  const parsed = parseQuantity(value);
  return parsed && Number(parsed.numerator) / Number(parsed.denominator);
}

/** CPU in thousandths of a core; finer than that rounds up, as the API server does. @returns undefined if it is no quantity */
export function cpuMillis(value: string | number | undefined): number | undefined {
  const parsed = value === undefined ? undefined : parseQuantity(value);
  if (!parsed) return undefined;
  const scaled = parsed.numerator * 1000n;
  const floor = scaled / parsed.denominator;
  return Number(scaled > floor * parsed.denominator ? floor + 1n : floor);
}

/** Memory or storage in MiB (2^20 bytes), not rounded. @returns undefined if it is no quantity */
export function memoryMiB(value: string | number | undefined): number | undefined {
  const parsed = value === undefined ? undefined : parseQuantity(value);
  if (!parsed) return undefined;
  const divisor = parsed.denominator * 1024n ** 2n;
  const whole = parsed.numerator / divisor;
  return Number(whole) + Number(parsed.numerator - whole * divisor) / Number(divisor);
}

/** A plain count such as `count/pods`. @returns undefined if it is no quantity or no whole number */
export function count(value: string | number | undefined): number | undefined {
  const parsed = value === undefined ? undefined : parseQuantity(value);
  return parsed && parsed.numerator % parsed.denominator === 0n
    ? Number(parsed.numerator / parsed.denominator)
    : undefined;
}
