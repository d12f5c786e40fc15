/**
 * Expressions in C, numba, numexpr, NumPy and here, in turn in one run, as tables.
 *
 * usage: deno task bench:expressions [--runs 7] [--rounds 3]
 *
 * Each program measures within itself, after a warm-up, on two threads (NumPy has one); a round runs each program once,
 * and figures are medians over rounds. What is not installed is left out with a remark.
 */

import { fileURLToPath } from "node:url";
import { Peers, printTargets, withTemporaryFolder } from "./peer_table.ts";

const peers = new Peers({
  folder: fileURLToPath(new URL("./expressions_peers/", import.meta.url)),
  columns: {
    ours: "here",
    c: "C",
    fast: "C `-ffast-math`",
    numba: "numba",
    numexpr: "numexpr",
    numpy: "NumPy",
  },
  work: {
    add: "`a + b`, 48M float64",
    vpd64: "vapour pressure formula, 48M float64",
    vpd32: "vapour pressure formula, 48M float32",
    polynomial: "polynomial of 12 operations, 48M float64",
    grid: "`tmp + rad`, 365x512x512 (here in tiles of 365x4x4)",
    small: "`a + b`, 32k float64, 10,000 calls",
  },
  // float32 has few digits.
  tolerance: (sample) => sample === "vpd32" ? 1e-6 : 1e-14,
});

await withTemporaryFolder(async (temporary) => {
  await peers.addOurs("ours", "ours.ts");
  await peers.addC("c", "kernels.c", temporary);
  await peers.addC("fast", "kernels.c", temporary, ["-ffast-math", "-mprefer-vector-width=512"]);
  for (const name of ["numba", "numexpr", "numpy"]) await peers.addPython(name, `${name}_peer.py`, name);
  await peers.run();
});
peers.printTimes();

/** How many times as long one program takes for some work as another. */
function ratio(work: string, slow: string, fast: string): number {
  return peers.seconds(slow, work) / peers.seconds(fast, work);
}

printTargets([
  ["`a + b` to C", ratio("add", "ours", "c"), "at most", 1.05],
  ["vapour pressure: numba to here", ratio("vpd64", "numba", "ours"), "at least", 2],
  ["vapour pressure: numexpr to here", ratio("vpd64", "numexpr", "ours"), "at least", 5],
  ["vapour pressure: NumPy to here", ratio("vpd64", "numpy", "ours"), "at least", 3.5],
  ["vapour pressure to C `-ffast-math`", ratio("vpd64", "ours", "fast"), "at most", 2.5],
  [
    "vapour pressure: float64 to float32",
    peers.seconds("ours", "vpd64") / peers.seconds("ours", "vpd32"),
    "at least",
    1.8,
  ],
  ["polynomial: numexpr to here", ratio("polynomial", "numexpr", "ours"), "at least", 2],
  ["polynomial to C", ratio("polynomial", "ours", "c"), "at most", 1.3],
  ["grid in tiles to NumPy's one call", ratio("grid", "ours", "numpy"), "at most", 1.3],
]);
const remark = peers.remark("ours");
if (remark !== undefined) console.log(`\nHere, ${remark}.`);
