"""Prints the coefficients of src/simd/functions/log_parts.ts, pow.ts, pow32.ts and cbrt.ts: minimax polynomials by Remez
exchange.

python3 bench/coefficients/log.py
"""
import mpmath as mp
import numpy as np

mp.mp.dps = 50


def remez(f, low, high, degree):
    """Coefficients of the polynomial p for which the greatest |p - f| is smallest, and that greatest value."""
    count = degree + 2
    xs = [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * k / (count - 1)) for k in range(count)]
    grid = [low + (high - low) * mp.mpf(k) / 1000 for k in range(1001)]
    due = [f(x) for x in grid]
    for _ in range(6):
        rows = mp.matrix(count, count)
        for i, x in enumerate(xs):
            for j in range(degree + 1):
                rows[i, j] = x**j
            rows[i, degree + 1] = (-1) ** i
        p = list(mp.lu_solve(rows, mp.matrix([f(x) for x in xs])))[: degree + 1]
        errors = [mp.polyval(p[::-1], x) - y for x, y in zip(grid, due)]
        # The new points: where the error is greatest between two changes of its sign.
        runs = [[0]]
        for k in range(1, len(grid)):
            if errors[k] * errors[k - 1] < 0:
                runs.append([])
            runs[-1].append(k)
        if len(runs) != count:
            break
        xs = [grid[max(run, key=lambda k: abs(errors[k]))] for run in runs]
    return p, max(abs(error) for error in errors)


def show(name, found, kind=np.float64):
    p, worst = found
    print(f"{name} (error 2**{mp.nstr(mp.log(worst, 2), 4)}): {[float(str(kind(float(c)))) for c in p]}")


def high_low(name, value, bits, kind=np.float64):
    """A constant as a sum, whose first part has few bits."""
    unit = mp.mpf(2) ** (mp.floor(mp.log(value, 2)) + 1 - bits)
    high = mp.nint(value / unit) * unit
    print(f"{name}: {float(high)!r}, {float(str(kind(float(value - high))))!r}")


def atanh_tail(z, first):
    """atanh(s) / s without its terms before z**first, divided by z**first, for s = sqrt(z)."""
    return mp.nsum(lambda k: z**k / (2 * (k + first) + 1), [0, 60])


LN2 = mp.log(2)
# (m - 1) / (m + 1) for m = sqrt(2), squared, and a little more.
END = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * (1 + mp.mpf(2) ** -12)
HALF = mp.mpf(1) / 2 + mp.mpf(2) ** -12

print("log_parts.ts")
for name, degree, kind in (("float64", 6, np.float64), ("float32 in float64", 3, np.float64), ("float32", 2, np.float32)):
    show(f"SERIES {name}", remez(lambda z: 2 * atanh_tail(z, 1), mp.mpf(0), END, degree), kind)
high_low("LN2 of float64", LN2, 41)
high_low("LN2 of float32", LN2, 15, np.float32)
for name, base in (("LOG2", LN2), ("LOG10", mp.log(10))):
    high_low(f"{name}: 1 / ln of float64", 1 / base, 26)
    high_low(f"{name}: 1 / ln of float32", 1 / base, 12, np.float32)
high_low("LOG10: log10(2) of float64", LN2 / mp.log(10), 41)
high_low("LOG10: log10(2) of float32", LN2 / mp.log(10), 15, np.float32)

# As END, for m = 2**(1/4) and one middle at 1 and another near sqrt(2).
MIDDLE = mp.mpf(181) / 128
NEAR_END = max((x - c) / (x + c) for x, c in ((mp.mpf(2) ** 0.25, 1), (mp.mpf(2) ** 0.75, MIDDLE), (MIDDLE, mp.mpf(2) ** 0.25)))

print("pow.ts")
high_low("log2(MIDDLE)", mp.log(MIDDLE, 2), 40)
high_low("2 / ln 2", 2 / LN2, 40)
high_low("2 / 3 / ln 2", 2 / LN2 / 3, 26)
show(
    "LOG2_SERIES",
    remez(lambda z: 2 / LN2 * atanh_tail(z, 2), mp.mpf(0), NEAR_END**2 * (1 + mp.mpf(2) ** -12), 5),
)
high_low("LN2", LN2, 26)
show(
    "EXP2_SERIES",
    remez(lambda r: mp.nsum(lambda k: r**k * LN2 ** (k + 2) / mp.factorial(k + 2), [0, 40]), -HALF, HALF, 9),
)

print("pow32.ts")
show("LOG2_SERIES", remez(lambda z: 2 / LN2 * atanh_tail(z, 0), mp.mpf(0), END, 4))
show("EXP2_SERIES", remez(lambda r: mp.mpf(2) ** r, -HALF, HALF, 6))

print("cbrt.ts")
show("INVERSE", remez(lambda m: 1 / mp.cbrt(m), 1 / mp.sqrt(2), mp.sqrt(2), 5))
