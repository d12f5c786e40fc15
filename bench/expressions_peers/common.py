"""What the Python programs of expression_peers.ts share: the arrays, the clock and the line that is printed.

Each program prints one JSON object: "seconds" has the median seconds of each kernel, "samples" the element SAMPLE of
each result, by which the driver sees that all have computed the same, "version" names the library.

All arrays have been written before the clock starts. Two runs of each kernel come before those that count.
"""

import json
import sys

import numpy as np

# The programs run in their own folder.
sys.path.insert(0, "..")
from peer_clock import median_after  # noqa: E402

COUNT = 48_000_000
SMALL = 32_768
CALLS = 10_000
SAMPLE = 123_456
THREADS = 2
RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 7

_k = np.arange(COUNT)
a = (_k % 7001) / 7001 * 75 - 30
b = (_k % 9973) / 9973 * 100
del _k
a32, b32 = a.astype("f4"), b.astype("f4")
out, out32 = np.ones(COUNT), np.ones(COUNT, "f4")


def median_seconds(work, runs=RUNS):
    """The median of so many runs, and what the last returned."""
    return median_after(2, work, runs)


def report(kernels, small, version, others={}):
    """Measures and prints.

    :param kernels: functions by name that return their results.
    :param small: adds the first SMALL elements once.
    :param version: what is measured.
    :param others: functions whose results are not compared.
    """

    def calls():
        for _ in range(CALLS):
            small()

    seconds, samples = {"small": median_seconds(calls, 3)[0]}, {}
    for name, work in kernels.items():
        seconds[name], result = median_seconds(work)
        samples[name] = float(result[SAMPLE])
        del result
    for name, work in others.items():
        seconds[name] = median_seconds(work)[0]
    print(json.dumps({"seconds": seconds, "samples": samples, "version": version}))
