/**
 * What each worker is at, in a line each.
 *
 * @module
 */

import type { LiveWorker } from "../run/live_run.ts";
import { rate } from "./quantities.ts";
import { cut, type Look, type Piece } from "./styled_text.ts";

const LOOKS: Readonly<Record<LiveWorker["state"], Look>> = {
  starting: "dim",
  loading: "warning",
  working: "good",
  waiting: "dim",
  ended: "dim",
};

/** Columns of a worker's name, of what it does, and of how fast. */
const NAME = 12, STATE = 9, SPEED = 7;

/**
 * The lines.
 *
 * @param workers What each worker is at.
 * @param elapsedMs Milliseconds since the run began.
 * @param columns The width of the terminal, of which one column stays empty.
 * @param most How many lines there may be.
 */
export function workerLines(
  workers: readonly LiveWorker[],
  elapsedMs: number,
  columns: number,
  most: number,
): Piece[][] {
  const sorted = workers.toSorted((a, b) => a.worker - b.worker), room = columns - 1;
  const shown = sorted.length <= most ? sorted : sorted.slice(0, Math.max(0, most - 1));
  const digits = String(Math.max(0, ...shown.map(({ done }) => done))).length;
  const lines = shown.map((worker) => lineOf(worker, elapsedMs, room, digits));
  const rest = sorted.length - shown.length;
  if (rest > 0 && most > 0) lines.push([{ text: cut(`  and ${rest} more workers`, room), look: "dim" }]);
  return lines;
}

function lineOf(
  { worker, state, done, claim }: LiveWorker,
  elapsedMs: number,
  room: number,
  digits: number,
): Piece[] {
  const isNarrow = room < 48, left = claim.end - claim.begin;
  const name = worker < 0 ? "caller" : isNarrow ? `${worker}` : `worker ${worker}`;
  const count = String(done).padStart(digits) + (room < 30 ? "" : " done");
  const speed = elapsedMs > 0 ? rate(done * 1000 / elapsedMs) : "";
  const more = left > 1 ? ` and ${left - 1} more` : "";
  const tile = state === "working" && left > 0 ? `at ${claim.begin}${more}` : "";
  const pieces: Piece[] = [
    { text: `  ${name} `.padEnd(isNarrow ? 5 : NAME), look: "dim" },
    { text: state.padEnd(STATE), look: LOOKS[state] },
    { text: ` ${count}` },
    { text: `  ${speed.padEnd(tile === "" ? 0 : SPEED)}` },
    { text: `  ${tile}` },
  ];
  return fitted(pieces, room);
}

/** As many pieces as fit, of the first one perhaps a part. */
function fitted(pieces: readonly Piece[], room: number): Piece[] {
  const [{ text, look }] = pieces, kept: Piece[] = [{ text: cut(text, room), look }];
  let left = room - text.length;
  for (const piece of pieces.slice(1)) {
    if (piece.text.trimEnd().length > left) break;
    kept.push(left < piece.text.length ? { ...piece, text: piece.text.trimEnd() } : piece);
    left -= piece.text.length;
  }
  return kept;
}
