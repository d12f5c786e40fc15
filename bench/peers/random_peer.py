"""What random numbers cost in NumPy. Prints one JSON object: for each sort, the median of the seconds of several runs.

Each run makes a fresh array, as NumPy does where nothing is said; `uniform64_reused` writes to the same one each time.

usage: random_peer.py [--count 48000000] [--runs 7]
"""

import argparse
import json
import statistics
import time

import numpy as np


def median_seconds(make, runs):
    seconds = []
    # The first one warms up.
    for run in range(runs + 1):
        began = time.perf_counter()
        made = make()
        seconds.append(time.perf_counter() - began)
        del made
    return statistics.median(seconds[1:])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=48_000_000)
    parser.add_argument("--runs", type=int, default=7)
    args = parser.parse_args()

    generator = np.random.default_rng(1)
    reused = np.empty(args.count)
    sorts = {
        "uniform64": lambda: generator.random(args.count),
        "uniform64_reused": lambda: generator.random(out=reused),
        "uniform32": lambda: generator.random(args.count, dtype=np.float32),
        "normal64": lambda: generator.standard_normal(args.count),
        "integers32": lambda: generator.integers(0, 1000, args.count, dtype=np.int32),
        "integers64": lambda: generator.integers(0, 1000, args.count),
        "permutation_of_a_million": lambda: generator.permutation(1_000_000),
    }
    print(json.dumps({name: median_seconds(make, args.runs) for name, make in sorts.items()}))


if __name__ == "__main__":
    main()
