"""The job in Python: named shared memory, a process pool, and one task a tile.

Each task attaches the three blocks by name, wraps them in NumPy arrays, and adds its tile. Prints one JSON object.

It traces its memory to tell the peak, as scripts of this kind do; without that it takes about a fifth less time.

usage: shared_memory_pool.py --shape 365,16,16 --tile 4,4 --workers 10 [--repeat 1]
"""

import argparse
import json
import time
import tracemalloc
from multiprocessing import Pool, shared_memory

import numpy as np


def attach(name, shape):
    block = shared_memory.SharedMemory(name=name)
    return block, np.ndarray(shape, dtype=np.float64, buffer=block.buf)


def add_tile(task):
    names, shape, tile, i, j = task
    blocks, (tmp, rad, vpd) = zip(*(attach(name, shape) for name in names))
    box = np.s_[:, i : i + tile[0], j : j + tile[1]]
    vpd[box] = tmp[box] + rad[box]
    del tmp, rad, vpd
    for block in blocks:
        block.close()


def numbers(text):
    return tuple(int(part) for part in text.split(","))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shape", type=numbers, default=(365, 16, 16))
    parser.add_argument("--tile", type=numbers, default=(4, 4))
    parser.add_argument("--workers", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=1)
    args = parser.parse_args()

    tracemalloc.start()
    size = int(np.prod(args.shape)) * 8
    blocks = [shared_memory.SharedMemory(create=True, size=size) for _ in range(3)]
    tmp, rad, vpd = (np.ndarray(args.shape, dtype=np.float64, buffer=block.buf) for block in blocks)
    generator = np.random.default_rng(1)
    generator.random(out=tmp)
    generator.random(out=rad)
    vpd[:] = 0
    names = [block.name for block in blocks]
    tasks = [
        (names, args.shape, args.tile, i, j)
        for i in range(0, args.shape[1], args.tile[0])
        for j in range(0, args.shape[2], args.tile[1])
    ]
    seconds = []
    try:
        for _ in range(args.repeat):
            began = time.perf_counter()
            with Pool(args.workers) as pool:
                pool.map(add_tile, tasks)
            seconds.append(time.perf_counter() - began)
        assert np.array_equal(vpd[:, -1, -1], tmp[:, -1, -1] + rad[:, -1, -1])
        current, peak = tracemalloc.get_traced_memory()
        print(json.dumps({"seconds": seconds, "tiles": len(tasks), "current": current, "peak": peak}))
    finally:
        del tmp, rad, vpd
        for block in blocks:
            block.close()
            block.unlink()


if __name__ == "__main__":
    main()
