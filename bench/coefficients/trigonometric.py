"""Prints the coefficients of circle.ts, inverse_trigonometric.ts, arctangent.ts and payne_hanek.ts in src/simd/functions.

python3 bench/coefficients/trigonometric.py
"""
import mpmath as mp
import numpy as np
from minimax import fit, parts


def series(terms):
    """A power series of z, as a function."""
    return lambda z: mp.fsum(term * z**k for k, term in enumerate(terms))


# What follows the first terms of sin, cos, asin and atan, in powers of the square of the argument.
SIN_TAIL = series([mp.mpf((-1) ** (k + 1)) / mp.factorial(2 * k + 3) for k in range(24)])
COS_TAIL = series([mp.mpf((-1) ** k) / mp.factorial(2 * k + 4) for k in range(24)])


def asin_tail(z):
    if z < 0.001:
        return mp.fsum(mp.binomial(2 * k, k) / mp.mpf(4) ** k / (2 * k + 1) * z ** (k - 1) for k in range(1, 16))
    return (mp.asin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z


def atan_tail(z):
    if z < 0.001:
        return mp.fsum(mp.mpf(-1) ** k / (2 * k + 1) * z ** (k - 1) for k in range(1, 16))
    return (mp.atan(mp.sqrt(z)) / mp.sqrt(z) - 1) / z


EIGHTH = (mp.pi / 4 * (1 + mp.mpf(2) ** -12)) ** 2
LOW = mp.mpf(2) ** -40

for name, counts, kind in (("float64", (6, 6), np.float64), ("float64 for float32", (4, 4), np.float64), ("float32", (3, 3), np.float32)):
    fit(f"SIN {name}", SIN_TAIL, lambda z: z * mp.sqrt(z) / mp.sin(mp.sqrt(z)), LOW, EIGHTH, counts[0], kind)
    fit(f"COS {name}", COS_TAIL, lambda z: z * z / mp.cos(mp.sqrt(z)), LOW, EIGHTH, counts[1], kind)
for name, count in (("float64", 14), ("float64 for float32", 6)):
    fit(f"ASIN {name}", asin_tail, lambda z: z * mp.sqrt(z) / mp.asin(mp.sqrt(z)), LOW, 0.25, count)
for name, count in (("float64", 20), ("float64 for float32", 10)):
    fit(f"ATAN {name}", atan_tail, lambda z: z * mp.sqrt(z) / mp.atan(mp.sqrt(z)), LOW, 1, count)
parts("HALF_PI near", mp.pi / 2, (38, 37))
parts("HALF_PI further", mp.pi / 2, (28, 28, 28))
parts("HALF_PI for float32", mp.pi / 2, (26,))
parts("HALF_PI float32", mp.pi / 2, (14, 13, 13), np.float32)
parts("HALF_PI twice", mp.pi / 2, (53,))
parts("PI twice", mp.pi, (53,))
mp.mp.prec = 1400
text = int(mp.floor(2 / mp.pi * mp.mpf(2) ** 1216)).to_bytes(152, "big")
print("TWO_OVER_PI:", text.hex())
