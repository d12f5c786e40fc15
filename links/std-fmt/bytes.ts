/**
 * Byte counts in words.
 *
 * @module
 */

/** Options of {@linkcode format}. */
export interface FormatOptions {
  /** Counts in powers of 1024 (kiB, MiB) instead of 1000 (kB, MB). */
  binary?: boolean;
  /** Writes a plus sign before positive numbers, a space before zero. */
  signed?: boolean;
  /** The least number of fraction digits. Without this and the next option: three significant digits. */
  minimumFractionDigits?: number;
  /** The largest number of fraction digits. */
  maximumFractionDigits?: number;
}

const PREFIXES = ["", "k", "M", "G", "T", "P", "E", "Z", "Y"];

/**
 * Formats a number of bytes with the largest unit that leaves a number of at least one.
 *
 * @example
 * ```ts
 * import { format } from "@std/fmt/bytes";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(format(48_000_000), "48 MB");
 * assertEquals(format(3 * 1024 ** 2, { binary: true }), "3 MiB");
 * ```
 *
 * @param num The number of bytes, fractional and negative ones included.
 * @param options Units, sign and digits.
 * @returns The number and its unit, with a space between.
 * @throws {TypeError} If the number is not finite.
 */
export function format(num: number, options: FormatOptions = {}): string {
  if (!Number.isFinite(num)) throw new TypeError(`Expected a finite number, got ${typeof num}: ${num}`);
  if (num === 0 && options.signed) return " 0 B";

  const sign = num < 0 ? "-" : options.signed ? "+" : "";
  const size = Math.abs(num);
  const power = size < 1 ? 0 : Math.min(wholePower(size, options.binary), PREFIXES.length - 1);
  const scaled = size / (options.binary ? 1024 : 1000) ** power;
  const infix = options.binary && power > 0 ? "i" : "";
  return `${sign}${formatNumber(scaled, options)} ${PREFIXES[power]}${infix}B`;
}

/** How often 1000 or 1024 goes into the number. Rounding in the logarithm is part of the published results. */
function wholePower(size: number, binary: boolean | undefined): number {
  return Math.floor(binary ? Math.log(size) / Math.log(1024) : Math.log10(size) / 3);
}

function formatNumber(value: number, options: FormatOptions): string {
  const { minimumFractionDigits, maximumFractionDigits } = options;
  if (minimumFractionDigits === undefined && maximumFractionDigits === undefined) {
    return String(value < 1 ? value : Number(value.toPrecision(3)));
  }
  return value.toLocaleString(undefined, { minimumFractionDigits, maximumFractionDigits });
}
