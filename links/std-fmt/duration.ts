/**
 * Durations in words.
 *
 * @module
 */

/** Options of {@linkcode format}. */
export interface FormatOptions {
  /** `1h 2m` (narrow, the default), `01:02` (digital) or `1 hour, 2 minutes` (full). */
  style?: "narrow" | "digital" | "full";
  /** Leaves out units that are zero; in the digital style only those at the end. */
  ignoreZero?: boolean;
}

/** The units from days to nanoseconds: full name, narrow name, digits in the digital style. */
const UNITS = [
  ["day", "d", 2],
  ["hour", "h", 2],
  ["minute", "m", 2],
  ["second", "s", 2],
  ["millisecond", "ms", 3],
  ["microsecond", "µs", 3],
  ["nanosecond", "ns", 3],
] as const;

/**
 * Formats a duration down to nanoseconds. The sign is dropped.
 *
 * @example
 * ```ts
 * import { format } from "@std/fmt/duration";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(format(61_500, { ignoreZero: true }), "1m 1s 500ms");
 * ```
 *
 * @param ms The duration in milliseconds.
 * @param options Style and treatment of zeros.
 * @returns The units, largest first.
 * @throws {TypeError} If the style is none of the three.
 */
export function format(ms: number, options: FormatOptions = {}): string {
  const { style = "narrow", ignoreZero = false } = options;
  const amounts = splitDuration(Math.abs(ms));
  const parts = UNITS.map(([full, narrow, digits], i) => ({ full, narrow, digits, amount: amounts[i] }));
  const kept = ignoreZero ? parts.filter(({ amount }) => amount) : parts;
  switch (style) {
    case "narrow":
      return kept.map(({ narrow, amount }) => `${amount}${narrow}`).join(" ");
    case "full":
      return kept.map(({ full, amount }) => `${amount} ${full}${amount === 1 ? "" : "s"}`).join(", ");
    case "digital": {
      const shown = ignoreZero ? parts.slice(0, parts.findLastIndex(({ amount }) => amount) + 1) : parts;
      return shown.map(({ digits, amount }) => String(amount).padStart(digits, "0")).join(":");
    }
    default:
      throw new TypeError('style must be "narrow", "full", or "digital"!');
  }
}

/** The amounts in the order of {@linkcode UNITS}. Six decimals are kept, cut from seven rounded ones. */
function splitDuration(ms: number): number[] {
  const decimals = ms.toFixed(7).slice(-7, -1);
  return [
    Math.trunc(ms / 86_400_000),
    Math.trunc(ms / 3_600_000) % 24,
    Math.trunc(ms / 60_000) % 60,
    Math.trunc(ms / 1000) % 60,
    Math.trunc(ms) % 1000,
    Number(decimals.slice(0, 3)),
    Number(decimals.slice(3)),
  ];
}
