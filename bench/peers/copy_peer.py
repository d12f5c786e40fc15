"""The copies of copy_bench.ts, in NumPy. Prints one JSON object: the median milliseconds of each.

Arrays have been written before, so that no page is touched for the first time; `--fresh` lets NumPy allocate the
target each time instead.

usage: copy_peer.py [--repeat 9] [--fresh] [--only TEXT]
"""

import argparse
import json
import statistics
import time

import numpy as np

SIDE = 4096
CONVERSIONS = [
    ("float64", "float32"),
    ("float64", "float16"),
    ("float64", "int32"),
    ("float64", "int64"),
    ("float32", "float64"),
    ("float32", "bool"),
    ("int32", "int64"),
    ("int64", "int32"),
    ("int64", "float64"),
    ("int64", "float32"),
    ("uint8", "float32"),
]


def cases():
    """Names with functions that make a source and the dtype it is copied to."""
    for dtype in ("float64", "float32", "int16", "uint8"):
        yield f"transposed {SIDE}x{SIDE} {dtype}", lambda: np.ones((SIDE, SIDE), dtype).T, dtype
    for dtype in ("float64", "float32", "int16", "uint8"):
        for axes in ((2, 0, 1), (2, 1, 0), (1, 0, 2), (0, 2, 1), (1, 2, 0)):
            name = f"200x300x400 {dtype} by axes {','.join(map(str, axes))}"
            yield name, lambda: np.ones((200, 300, 400), dtype).transpose(axes), dtype
    for dtype in ("float32", "uint8"):
        name = f"{SIDE}x{SIDE} {dtype}"
        whole = lambda: np.ones((SIDE, SIDE), dtype)
        yield name, whole, dtype
        yield f"{name}, rows backwards", lambda: whole()[:, ::-1], dtype
        yield f"{name}, every other column", lambda: whole()[:, ::2], dtype
        yield f"{name}, one row", lambda: np.broadcast_to(whole()[0], (SIDE, SIDE)), dtype
        yield f"{name}, one column", lambda: np.broadcast_to(whole()[:, :1], (SIDE, SIDE)), dtype
    for source, target in CONVERSIONS:
        yield f"2048x2048 {source} to {target}", lambda: np.ones((2048, 2048), source), target
    yield "2048x2048 float64 to float32, transposed", lambda: np.ones((2048, 2048)).T, "float32"
    whole = lambda: np.ones((365, 64, 64), "float32")
    yield "a 4x4 tile of 365x64x64 float32", lambda: whole()[:1, 8:12, 8:12], "float32"
    yield "a 365x4x4 tile of 365x64x64 float32", lambda: whole()[:, 8:12, 8:12], "float32"


def measure(source, dtype, repeat, fresh):
    """The median of so many times, in milliseconds; what takes microseconds is done a thousand times at once."""
    times = 1000 if source.size < 10_000 else 1
    if fresh:
        copy = lambda: source.astype(dtype, order="C")
    else:
        target = np.ones(source.shape, dtype)
        copy = lambda: np.copyto(target, source, casting="unsafe")
    copy()
    seconds = []
    for _ in range(repeat):
        began = time.perf_counter()
        for _ in range(times):
            copy()
        seconds.append((time.perf_counter() - began) / times)
    return statistics.median(seconds) * 1000


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    print(
        json.dumps(
            {
                name: round(measure(make(), dtype, args.repeat, args.fresh), 6)
                for name, make, dtype in cases()
                if args.only in name
            },
            indent=1,
        )
    )


main()
