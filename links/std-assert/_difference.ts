/**
 * Two texts line by line, what they share written once.
 *
 * @module
 */
import { describe } from "./_text.ts";

/** Beyond so many pairs of lines, the middle parts are shown one after the other. */
const MAX_PAIRS = 4_000_000;

/**
 * Shows two values: lines of the actual one alone start with `-`, lines of the expected one alone with `+`.
 * Strings are shown as they are.
 */
export function describeDifference(actual: unknown, expected: unknown): string {
  const write = typeof actual === "string" && typeof expected === "string" ? writeString : describe;
  const lines = mergeLines(write(actual).split("\n"), write(expected).split("\n"));
  return ["", "", "    [Diff] Actual / Expected", "", "", ...lines, ""].join("\n");
}

/** Makes those characters visible that would disturb the lines. */
function writeString(value: unknown): string {
  return String(value).replaceAll("\r", "\\r").replaceAll("\t", "\\t");
}

function mergeLines(actual: readonly string[], expected: readonly string[]): string[] {
  const shorter = Math.min(actual.length, expected.length);
  let head = 0;
  while (head < shorter && actual[head] === expected[head]) head++;
  let tail = 0;
  while (tail < shorter - head && actual.at(-1 - tail) === expected.at(-1 - tail)) tail++;

  const a = actual.slice(head, actual.length - tail);
  const b = expected.slice(head, expected.length - tail);
  return [
    ...actual.slice(0, head).map(shared),
    ...mergeMiddle(a, b),
    ...actual.slice(actual.length - tail).map(shared),
  ];
}

/** Keeps a longest common subsequence of lines. */
function mergeMiddle(a: readonly string[], b: readonly string[]): string[] {
  if (a.length * b.length > MAX_PAIRS) return [...a.map(onlyActual), ...b.map(onlyExpected)];

  // lengths[i * width + j] is the length of that subsequence for a from i on and b from j on.
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const here = i * width + j;
      lengths[here] = a[i] === b[j]
        ? lengths[here + width + 1] + 1
        : Math.max(lengths[here + width], lengths[here + 1]);
    }
  }
  const merged: string[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const here = i * width + j;
    if (a[i] === b[j]) {
      merged.push(shared(a[i++]));
      j++;
    } else if (lengths[here + width] >= lengths[here + 1]) {
      merged.push(onlyActual(a[i++]));
    } else {
      merged.push(onlyExpected(b[j++]));
    }
  }
  return [...merged, ...a.slice(i).map(onlyActual), ...b.slice(j).map(onlyExpected)];
}

const shared = (line: string) => `    ${line}`;
const onlyActual = (line: string) => `-   ${line}`;
const onlyExpected = (line: string) => `+   ${line}`;
