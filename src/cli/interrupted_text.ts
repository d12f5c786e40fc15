/**
 * What the command says when it was interrupted.
 *
 * @module
 */

import { type Headway, Interruption } from "./cli_io.ts";

/**
 * How far a command got, in one sentence.
 *
 * @param headway How far it got.
 * @param reason Why it ended.
 */
export function interruptedText(headway: Headway, reason: unknown): string {
  const by = reason instanceof Interruption ? ` ${reason.message}` : "";
  // Other commands than map run nothing.
  const [command] = headway.words, isRun = command === undefined || command === "map" || /^-/.test(command);
  return `Interrupted${by}${isRun ? ` ${placeText(headway)}` : ""}; ${filesText(headway)}`;
}

function placeText({ stage, unit, progress, runBegan, stopped }: Headway): string {
  if (stage === "planning") return "before the run began";
  if (stage !== "running") return `while ${stage}`;
  const seconds = `${(Math.max(0, stopped - runBegan) / 1000).toFixed(1)} s`;
  if (progress === undefined) return `${seconds} into the run`;
  const { done, total } = progress;
  const percent = total === 0 ? 100 : Math.floor(100 * done / total);
  return `after ${done} of ${total} ${unit} (${percent} %), ${seconds}`;
}

function filesText({ wanted, written, stage, stays }: Headway): string {
  if (stays && stage === "running") return "what is done stays, and --resume goes on with it";
  if (written.length === 0) return "nothing was written";
  const missing = wanted.filter((path) => !written.includes(path));
  if (missing.length === 0) return `all outputs were written (${written.join(", ")})`;
  return `written: ${written.join(", ")}; not written: ${missing.join(", ")}`;
}
