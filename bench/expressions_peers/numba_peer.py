"""The expressions in numba with parallel and fastmath; usage: numba_peer.py RUNS"""

import numba
import numpy as np
from common import SMALL, THREADS, a, a32, b, b32, out, out32, report

numba.set_num_threads(THREADS)
few = [array[:SMALL] for array in (a, b, out)]


@numba.njit(parallel=True, fastmath=True)
def add(a, b, out):
    for k in numba.prange(a.size):
        out[k] = a[k] + b[k]
    return out


def make_vpd(dtype):
    # Constants of another dtype would make all of it float64.
    c0, c1, c2, one, hundred = (dtype(value) for value in (0.6108, 17.27, 237.3, 1, 100))

    @numba.njit(parallel=True, fastmath=True)
    def vpd(a, b, out):
        for k in numba.prange(a.size):
            out[k] = c0 * np.exp(c1 * a[k] / (a[k] + c2)) * (one - b[k] / hundred)
        return out

    return vpd


@numba.njit(parallel=True, fastmath=True)
def polynomial(a, out):
    for k in numba.prange(a.size):
        x = a[k]
        out[k] = (((((0.001 * x + 0.02) * x - 0.3) * x + 0.4) * x - 0.5) * x + 0.6) * x - 0.7
    return out


vpd64, vpd32 = make_vpd(np.float64), make_vpd(np.float32)

report(
    {
        "add": lambda: add(a, b, out),
        "vpd64": lambda: vpd64(a, b, out),
        "vpd32": lambda: vpd32(a32, b32, out32),
        "polynomial": lambda: polynomial(a, out),
    },
    lambda: add(*few),
    f"numba {numba.__version__}",
)
