"""The expressions in numexpr; usage: numexpr_peer.py RUNS"""

import numexpr as ne
import numpy as np
from common import SMALL, THREADS, a, a32, b, b32, out, out32, report

ne.set_num_threads(THREADS)
few = {"a": a[:SMALL], "b": b[:SMALL]}

POLYNOMIAL = "(((((0.001 * x + 0.02) * x - 0.3) * x + 0.4) * x - 0.5) * x + 0.6) * x - 0.7"
VPD = "0.6108 * exp(17.27 * a / (a + 237.3)) * (1 - b / 100)"
# Its constants are float64 and would make all of it so: here they come as float32 variables.
VPD32 = "c0 * exp(c1 * a / (a + c2)) * (1 - b / c3)"
CONSTANTS32 = {f"c{k}": np.float32(value) for k, value in enumerate((0.6108, 17.27, 237.3, 100))}

report(
    {
        "add": lambda: ne.evaluate("a + b", {"a": a, "b": b}, out=out),
        "vpd64": lambda: ne.evaluate(VPD, {"a": a, "b": b}, out=out),
        "vpd32": lambda: ne.evaluate(VPD32, {"a": a32, "b": b32, **CONSTANTS32}, out=out32),
        "polynomial": lambda: ne.evaluate(POLYNOMIAL, {"x": a}, out=out),
    },
    lambda: ne.evaluate("a + b", few, out=out[:SMALL]),
    f"numexpr {ne.__version__}",
)
