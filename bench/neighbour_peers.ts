/**
 * Reductions and stencils in C, numba, SciPy, NumPy and here, in turn in one run, as tables.
 *
 * usage: deno task bench:neighbours [--runs 7] [--rounds 3]
 *
 * Each program measures within itself, after a warm-up, on two threads (NumPy and SciPy have one); a round runs each
 * program once, and figures are medians over rounds. What is not installed is left out with a remark.
 *
 * A stencil of numba leaves the cells at the edges 0, which all others compute; where it writes into an array that is
 * there, a loop for them is part of the work. Written as in numba's documentation, `4 * z[0, 0]` makes the result
 * float64; with a float32 constant it is float32. New arrays are new memory in all programs. Here the memory of an
 * array that was disposed is used again, which is a row of its own.
 */

import { fileURLToPath } from "node:url";
import { Peers, printTargets, withTemporaryFolder } from "./peer_table.ts";

const peers = new Peers({
  folder: fileURLToPath(new URL("./neighbours_peers/", import.meta.url)),
  columns: { ours: "here", c: "C `-ffast-math`", numba: "numba", scipy: "SciPy", numpy: "NumPy" },
  work: {
    sum: "sum of 48M float64",
    mean: "mean over axis 0 of 365x256x512 float64",
    squares: "`sum((a - b) ** 2)`, 48M float64",
    laplacian: "5-point Laplacian, 4320x4320 float32, into an array that is there",
    fresh: "the same into a new array; numba's is float64",
    fresh32: "the same into a new array; numba's is float32",
    disposed: "the same into a new array, the one before being disposed",
    module: "the same as a module kernel in TypeScript, into an array that is there",
  },
  // Sums of other orders differ in their last digits; Laplacians of these heights are exact.
  tolerance: (sample) => /^(laplacian|fresh)/.test(sample) ? 1e-15 : 1e-12,
});

await withTemporaryFolder(async (temporary) => {
  await peers.addOurs("ours", "ours.ts");
  await peers.addC("c", "kernels.c", temporary, ["-ffast-math"]);
  for (const name of ["numba", "scipy", "numpy"]) await peers.addPython(name, `${name}_peer.py`, name);
  await peers.run();
});
peers.printTimes();

/** How many times as long some work takes in one program as in another. */
function ratio(
  [slow, slowWork]: readonly [name: string, work: string],
  [fast, fastWork]: readonly [name: string, work: string],
): number {
  return peers.seconds(slow, slowWork) / peers.seconds(fast, fastWork);
}

printTargets([
  ["sum to C", ratio(["ours", "sum"], ["c", "sum"]), "at most", 1.2],
  ["sum: NumPy to here", ratio(["numpy", "sum"], ["ours", "sum"]), "at least", 2],
  ["mean over axis 0: NumPy to here", ratio(["numpy", "mean"], ["ours", "mean"]), "at least", 1],
  [
    "Laplacian: numba into its own array to here",
    ratio(["numba", "laplacian"], ["ours", "laplacian"]),
    "at least",
    4,
  ],
  [
    "Laplacian: numba into a new array, float64, to here",
    ratio(["numba", "fresh"], ["ours", "fresh"]),
    "at least",
    4,
  ],
  [
    "Laplacian: numba into a new array, float32, to here",
    ratio(["numba", "fresh32"], ["ours", "fresh"]),
    "at least",
    4,
  ],
  [
    "Laplacian: numba into a new array, float64, to here, where the one before was disposed",
    ratio(["numba", "fresh"], ["ours", "disposed"]),
    "at least",
    4,
  ],
  ["Laplacian: SciPy to here", ratio(["scipy", "laplacian"], ["ours", "laplacian"]), "at least", 15],
  ["Laplacian to C", ratio(["ours", "laplacian"], ["c", "laplacian"]), "at most", 2],
  [
    "Laplacian as a module: numba into its own array to here",
    ratio(["numba", "laplacian"], ["ours", "module"]),
    "at least",
    1,
  ],
  [
    "Laplacian as a module: numba into a new array, float64, to here",
    ratio(["numba", "fresh"], ["ours", "module"]),
    "at least",
    1,
  ],
  ["`sum((a - b) ** 2)`: NumPy to here", ratio(["numpy", "squares"], ["ours", "squares"]), "at least", 3],
]);
const remark = peers.remark("ours");
if (remark !== undefined) console.log(`\nHere, ${remark}.`);
