/** What a terminal shows of half blocks: the colours of its cells, two in each character. */

/**
 * @param text Lines of half blocks with codes of truecolour.
 * @returns Rows of colours such as `68,1,84`; empty where the terminal's own background is seen.
 */
export function shownCells(text: string): string[][] {
  return text.trimEnd().split("\n").flatMap((line) => {
    const above: string[] = [], below: string[] = [];
    let ink = "", paper = "";
    // deno-lint-ignore no-control-regex
    for (const [, codes, character] of line.matchAll(/(?:\x1b\[([0-9;]*)m)?([^\x1b])?/gu)) {
      if (codes !== undefined) [ink, paper] = after(codes.split(";").map(Number), ink, paper);
      if (character === undefined) continue;
      const upper = character === "▀" || character === "█", lower = character === "▄" || character === "█";
      above.push(upper ? ink : paper);
      below.push(lower ? ink : paper);
    }
    return [above, below];
  });
}

function after(codes: readonly number[], ink: string, paper: string): [ink: string, paper: string] {
  let at = 0;
  while (at < codes.length) {
    const code = codes[at++];
    if (code === 0) ink = paper = "";
    else if (code === 39) ink = "";
    else if (code === 49) paper = "";
    else if ((code === 38 || code === 48) && codes[at] === 2) {
      const colour = codes.slice(at + 1, at + 4).join();
      at += 4;
      if (code === 38) ink = colour;
      else paper = colour;
    } else throw new Error(`Code ${code}`);
  }
  return [ink, paper];
}
