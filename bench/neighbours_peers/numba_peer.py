"""Reductions and a Laplacian in numba with parallel and fastmath; usage: numba_peer.py RUNS"""

import numba
import numpy as np
from common import SIDE, THREADS, grid, heights, laplacian_samples, mean_samples, one_dimension, report

numba.set_num_threads(THREADS)
a, b = one_dimension()
cube = grid()
z, out = heights()
# A literal 4 makes all of it float64.
FOUR = np.float32(4)
LAST = SIDE - 1


@numba.stencil
def five_points(z):
    return z[0, 1] + z[0, -1] + z[1, 0] + z[-1, 0] - FOUR * z[0, 0]


@numba.stencil
def as_documented(z):
    return z[0, 1] + z[0, -1] + z[1, 0] + z[-1, 0] - 4 * z[0, 0]


@numba.njit(parallel=True, fastmath=True)
def fresh(z):
    return as_documented(z)


@numba.njit(parallel=True, fastmath=True)
def fresh32(z):
    return five_points(z)


@numba.njit(inline="always")
def at_edge(z, i, j):
    left, right = z[i, max(j - 1, 0)], z[i, min(j + 1, LAST)]
    above, below = z[max(i - 1, 0), j], z[min(i + 1, LAST), j]
    return right + left + below + above - FOUR * z[i, j]


@numba.njit(parallel=True, fastmath=True)
def laplacian(z, out):
    five_points(z, out=out)
    # A stencil of numba does not compute what would reach beyond the array.
    for k in range(SIDE):
        out[0, k], out[LAST, k] = at_edge(z, 0, k), at_edge(z, LAST, k)
        out[k, 0], out[k, LAST] = at_edge(z, k, 0), at_edge(z, k, LAST)
    return out


@numba.njit(parallel=True, fastmath=True)
def total(a):
    result = 0.0
    for k in numba.prange(a.size):
        result += a[k]
    return result


@numba.njit(parallel=True, fastmath=True)
def squares(a, b):
    result = 0.0
    for k in numba.prange(a.size):
        result += (a[k] - b[k]) ** 2
    return result


@numba.njit(parallel=True, fastmath=True)
def mean(cube):
    days, rows, columns = cube.shape
    result = np.zeros((rows, columns))
    for i in numba.prange(rows):
        for day in range(days):
            for j in range(columns):
                result[i, j] += cube[day, i, j]
        for j in range(columns):
            result[i, j] /= days
    return result


report(
    {
        "sum": (lambda: total(a), lambda value: {"sum": float(value)}),
        "mean": (lambda: mean(cube), mean_samples),
        "squares": (lambda: squares(a, b), lambda value: {"squares": float(value)}),
        "laplacian": (lambda: laplacian(z, out), laplacian_samples),
        "fresh": (lambda: fresh(z), lambda result: {"fresh": float(result[1234, 567])}),
        "fresh32": (lambda: fresh32(z), lambda result: {"fresh32": float(result[1234, 567])}),
    },
    f"numba {numba.__version__}",
)
