"""The expressions in NumPy, as people write them; usage: numpy_peer.py RUNS"""

import numpy as np
from common import SMALL, a, a32, b, b32, out, report

few = [array[:SMALL] for array in (a, b, out)]
SHAPE = (365, 512, 512)


def vpd(a, b):
    return 0.6108 * np.exp(17.27 * a / (a + 237.3)) * (1 - b / 100)


def polynomial(x):
    return (((((0.001 * x + 0.02) * x - 0.3) * x + 0.4) * x - 0.5) * x + 0.6) * x - 0.7


def grid():
    """One call for a whole grid; the arrays are made with the first run, which does not count."""
    if not grid.arrays:
        grid.arrays = [np.ones(SHAPE) for _ in range(3)]
    tmp, rad, total = grid.arrays
    return np.add(tmp, rad, out=total)


grid.arrays = []

report(
    {
        "add": lambda: np.add(a, b, out=out),
        "vpd64": lambda: vpd(a, b),
        "vpd32": lambda: vpd(a32, b32),
        "polynomial": lambda: polynomial(a),
    },
    lambda: np.add(few[0], few[1], out=few[2]),
    f"NumPy {np.__version__}",
    {"grid": grid},
)
