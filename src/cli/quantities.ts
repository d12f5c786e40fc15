/**
 * Times and rates in few characters.
 *
 * @module
 */

/**
 * A time in one or two units.
 *
 * @param ms Milliseconds.
 */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (ms < 0.9995) return `${ms < 0.00995 ? (ms * 1000).toFixed(1) : Math.round(ms * 1000)} µs`;
  if (ms < 999.5) return `${ms.toFixed(1)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  return longDuration(Math.round(seconds));
}

/**
 * The time that is left, about.
 *
 * @param ms Milliseconds.
 */
export function timeLeft(ms: number): string {
  const seconds = ms / 1000;
  if (!Number.isFinite(seconds)) return "?";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  return seconds < 59.5 ? `${Math.round(seconds)} s` : longDuration(Math.round(seconds));
}

function longDuration(seconds: number): string {
  const two = (count: number) => String(count).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60), hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${two(minutes % 60)} min`;
  return hours < 1e6 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : "?";
}

/**
 * How many there are in a second, or in a minute or an hour where these are few.
 *
 * @param perSecond How many in a second.
 */
export function rate(perSecond: number): string {
  if (!(perSecond > 0)) return "0/s";
  if (perSecond >= 0.095) return `${short(perSecond)}/s`;
  return perSecond * 60 >= 0.095 ? `${short(perSecond * 60)}/min` : `${short(perSecond * 3600)}/h`;
}

function short(value: number): string {
  if (value < 9.95) return value.toFixed(1);
  if (value < 9999.5) return String(Math.round(value));
  const units = ["k", "M", "G", "T"];
  let scaled = value / 1000, unit = 0;
  for (; scaled >= 999.5 && unit < units.length - 1; unit++) scaled /= 1000;
  return `${scaled < 9.95 ? scaled.toFixed(1) : Math.round(scaled)}${units[unit]}`;
}

/**
 * A share in percent. What is there and not all of it is never 0 % or 100 %.
 *
 * @param share From 0 to 1.
 */
export function percent(share: number): string {
  if (share > 0 && share < 0.005) return "< 1 %";
  if (share < 1 && share >= 0.995) return "> 99 %";
  return `${Math.round(share * 100)} %`;
}
