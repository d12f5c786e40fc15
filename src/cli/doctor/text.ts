/**
 * What the doctor says, as text.
 *
 * @module
 */

import { manualColumns, type ManualScreen } from "../help/manual.ts";
import { type Look as Style, styled, wrapped } from "../styled_text.ts";
import type { Check } from "./check.ts";

const STYLES: Readonly<Record<Check["state"], Style>> = { ok: "good", note: "warning", missing: "bad" };

/** Columns of states and of names, and the width from which on they stand beside what was found. */
const STATE = 9, NAME = 13, WIDE = 50;

/**
 * The text.
 *
 * @param version The version of the command.
 * @param checks What was found.
 * @param screen The terminal.
 */
export function doctorText(
  version: string,
  checks: readonly Check[],
  { columns, colours }: ManualScreen,
): string {
  const width = manualColumns(columns), isWide = width >= WIDE, start = isWide ? STATE + NAME : 2;
  const lines = checks.flatMap(({ name, state, text, advice }, k) => {
    const isSame = isWide && checks[k - 1]?.name === name;
    const head = styled(state.padEnd(STATE), STYLES[state], colours) + (isSame ? "" : name).padEnd(NAME);
    const body = [
      ...wrapped(text, width - start),
      ...(advice === null ? [] : wrapped(`${ADVICE}${advice}`, width - start)),
    ];
    const beneath = (line: string) => " ".repeat(start) + line;
    return isWide ? [head + body[0], ...body.slice(1).map(beneath)] : [head.trimEnd(), ...body.map(beneath)];
  });
  const missing = checks.filter(({ state }) => state === "missing").length;
  const end = missing === 0
    ? "Nothing that runs need is missing."
    : `${missing} thing${missing === 1 ? " is" : "s are"} missing that runs need: see above.`;
  return [
    styled(`tilewise ${version} on this machine`, "bold", colours),
    "",
    ...lines.map((line) => line.trimEnd()),
    "",
    ...wrapped(end, width).map((line) => styled(line, missing === 0 ? "good" : "bad", colours)),
  ].join("\n") + "\n";
}

/** What stands before what to do. */
const ADVICE = "→ ";
