"""Reductions and a Laplacian in NumPy, as people write them; usage: numpy_peer.py RUNS"""

import numpy as np
from common import grid, heights, laplacian_samples, mean_samples, one_dimension, report

a, b = one_dimension()
cube = grid()
z, _ = heights()


def laplacian():
    padded = np.pad(z, 1, "edge")
    return padded[1:-1, 2:] + padded[1:-1, :-2] + padded[2:, 1:-1] + padded[:-2, 1:-1] - 4 * z


report(
    {
        "sum": (lambda: a.sum(), lambda value: {"sum": float(value)}),
        "mean": (lambda: cube.mean(axis=0), mean_samples),
        "squares": (lambda: ((a - b) ** 2).sum(), lambda value: {"squares": float(value)}),
        "fresh": (laplacian, lambda result: {**laplacian_samples(result), "fresh": float(result[1234, 567])}),
    },
    f"NumPy {np.__version__}",
)
