"""vpd = tmp + rad over 4x4 tiles, the usual way in Python: named shared memory, a pool, and a task for each tile.

usage: vpd_pool.py [vpd.npy]

vpd.ts beside it does the same. docs/from_numpy.md goes through both, line by line.
"""

import sys
import time
import tracemalloc
from multiprocessing import Pool
from multiprocessing.shared_memory import SharedMemory

import numpy as np

SHAPE, TILE, WORKERS = (365, 16, 16), 4, 10


def attach(name):
    block = SharedMemory(name=name)
    return block, np.ndarray(SHAPE, dtype=np.float64, buffer=block.buf)


def add_tile(task):
    names, i, j = task
    blocks, (tmp, rad, vpd) = zip(*(attach(name) for name in names))
    tile = np.s_[:, i : i + TILE, j : j + TILE]
    vpd[tile] = tmp[tile] + rad[tile]
    del tmp, rad, vpd
    for block in blocks:
        block.close()


def main():
    tracemalloc.start()
    began = time.perf_counter()
    size = np.dtype(np.float64).itemsize * np.prod(SHAPE)
    blocks = [SharedMemory(create=True, size=int(size)) for _ in range(3)]
    try:
        tmp, rad, vpd = (np.ndarray(SHAPE, dtype=np.float64, buffer=block.buf) for block in blocks)
        n = np.arange(tmp.size, dtype=np.float64).reshape(SHAPE)
        tmp[:] = np.sqrt(n)
        rad[:] = n % 7 / 3
        names = [block.name for block in blocks]
        tasks = [(names, i, j) for i in range(0, SHAPE[1], TILE) for j in range(0, SHAPE[2], TILE)]
        with Pool(WORKERS) as pool:
            pool.map(add_tile, tasks)
        current, peak = tracemalloc.get_traced_memory()
        print(f"Current memory usage: {current / 1e6:.1f} MB; Peak: {peak / 1e6:.1f} MB")
        print(f"Time elapsed: {time.perf_counter() - began:.3f} s")
        if len(sys.argv) > 1:
            np.save(sys.argv[1], vpd)
        del tmp, rad, vpd
    finally:
        for block in blocks:
            block.close()
            block.unlink()


if __name__ == "__main__":
    main()
