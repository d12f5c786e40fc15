"""Prints the coefficients of src/simd/functions/log_parts.ts, log.ts, pow.ts, pow32.ts and cbrt.ts.

python3 bench/coefficients/log.py
"""
import mpmath as mp
import numpy as np
from minimax import parts, remez

LN2, ROOT = mp.log(2), mp.sqrt(2)
# A little more than what arguments are reduced to.
MORE = 1 + mp.mpf(2) ** -12


def atanh_tail(factor, first):
    """factor * atanh(s) / s without its terms before z**first, divided by z**first, for s = sqrt(z)."""
    return lambda z: factor * mp.fsum(z**k / (2 * (k + first) + 1) for k in range(40))


def fit(name, f, low, high, count, kind=np.float64):
    """Prints the coefficients of the polynomial with the smallest absolute error, each rounded, and that error."""
    low, high = mp.mpf(low), mp.mpf(high)
    rounded = [kind(float(c)) for c in remez(f, lambda x: mp.mpf(1), low, high, range(count))]
    exact = [mp.mpf(float(c)) for c in rounded[::-1]]
    worst = max(abs(mp.polyval(exact, x) - f(x)) for x in mp.linspace(low, high, 2001))
    # A float32 is printed with the digits that it takes to tell it from others.
    print(f"{name} (2^{mp.nstr(mp.log(worst, 2), 4)}): [{', '.join(str(c) for c in rounded)}]")


print("log_parts.ts")
END = ((ROOT - 1) / (ROOT + 1)) ** 2 * MORE
for name, count, kind in (("float64", 7, np.float64), ("float64 for float32", 4, np.float64), ("float32", 3, np.float32)):
    fit(f"SERIES {name}", atanh_tail(2, 1), 0, END, count, kind)
parts("LN2 float64", LN2, [41])
parts("LN2 float32", LN2, [15], np.float32)

print("log.ts")
for name, base in (("2", LN2), ("10", mp.log(10))):
    parts(f"BASE_{name} scale float64", 1 / base, [26])
    parts(f"BASE_{name} scale float32", 1 / base, [12], np.float32)
parts("BASE_10 two float64", LN2 / mp.log(10), [41])
parts("BASE_10 two float32", LN2 / mp.log(10), [15], np.float32)

print("pow.ts")
MIDDLE, FOURTH = mp.mpf(181) / 128, mp.sqrt(ROOT)
# The greatest quotients of two numbers, the second one of those that the logarithm is known of.
QUOTIENTS = (FOURTH, FOURTH * ROOT / MIDDLE, MIDDLE / FOURTH)
NEAR_END = max((q - 1) / (q + 1) for q in QUOTIENTS) ** 2 * MORE
parts("LOG2_MIDDLE", mp.log(MIDDLE, 2), [40])
parts("FIRST", 2 / LN2, [40])
parts("SECOND", 2 / LN2 / 3, [26])
fit("LOG2_SERIES", atanh_tail(2 / LN2, 2), 0, NEAR_END, 6)
parts("LN2", LN2, [26])
HALF = MORE / 2
fit("EXP2_SERIES", lambda r: mp.fsum(r**k * LN2 ** (k + 2) / mp.factorial(k + 2) for k in range(30)), -HALF, HALF, 10)

print("pow32.ts")
fit("LOG2_SERIES", atanh_tail(2 / LN2, 0), 0, END, 5)
fit("EXP2_SERIES", lambda r: mp.mpf(2) ** r, -HALF, HALF, 7)

print("cbrt.ts")
fit("INVERSE", lambda m: 1 / mp.cbrt(m), 1 / ROOT, ROOT, 6)
