"""What the Python programs of neighbour_peers.ts share: the arrays, the clock and the line that is printed.

Each program prints one JSON object: "seconds" has the median seconds of each kind of work, "samples" numbers taken from
the results, by which the driver sees that all have computed the same, "version" names the library.

All arrays have been written before the clock starts. Ten runs of each kind of work come before those that count.
"""

import json
import sys

import numpy as np

# The programs run in their own folder.
sys.path.insert(0, "..")
from peer_clock import median_after  # noqa: E402

COUNT = 48_000_000
GRID = (365, 256, 512)
SIDE = 4320
THREADS = 2
RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 7


def one_dimension():
    """Two arrays of COUNT float64."""
    k = np.arange(COUNT)
    return (k % 7001) / 7001 * 75 - 30, (k % 9973) / 9973 * 100


def grid():
    """GRID float64, 48M elements."""
    k = np.arange(np.prod(GRID))
    return ((k % 7001) / 7001 * 75 - 30).reshape(GRID)


def heights():
    """SIDE x SIDE float32, and an array for the result. Multiples of 1/64: a Laplacian of them is exact in any order."""
    k = np.arange(SIDE * SIDE)
    return (k * 7919 % 7001 / 64).astype("f4").reshape(SIDE, SIDE), np.ones((SIDE, SIDE), "f4")


def laplacian_samples(out):
    """A cell in a corner, one at an edge, one inside, and a number that depends on all."""
    return {
        "laplacian corner": float(out[0, 0]),
        "laplacian edge": float(out[1234, -1]),
        "laplacian inside": float(out[1234, 567]),
        "laplacian squares": float(np.square(out, dtype="f8").sum()),
    }


def mean_samples(mean):
    """Two cells."""
    return {"mean first": float(mean[0, 0]), "mean last": float(mean[-1, -1])}


def median_seconds(work):
    """The median of RUNS runs, and what the last returned."""
    return median_after(10, work, RUNS)


def report(kinds, version):
    """Measures and prints.

    :param kinds: by name, what to measure and a function that takes samples of its result.
    :param version: what is measured.
    """
    seconds, samples = {}, {}
    for name, (work, sample) in kinds.items():
        seconds[name], result = median_seconds(work)
        samples.update(sample(result))
        del result
    print(json.dumps({"seconds": seconds, "samples": samples, "version": version}))
