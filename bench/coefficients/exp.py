"""Prints the coefficients of src/simd/functions/exp.ts and hyperbolic.ts: minimax polynomials by Remez exchange.

python3 bench/coefficients/exp.py
"""
import mpmath as mp
import numpy as np

mp.mp.dps = 50


def remez(f, weight, low, high, degree, rounds=8):
    """Coefficients of the polynomial p for which the greatest |p - f| * weight is smallest, and that greatest value."""
    count = degree + 2
    xs = [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * k / (count - 1)) for k in range(count)]
    # An end at which nothing weighs says nothing.
    xs = [x if weight(x) > 1e-12 else x + (high - low) / 1000 for x in xs]
    grid = [low + (high - low) * mp.mpf(k) / 1000 for k in range(1001)]
    exact, weights = [f(x) for x in grid], [weight(x) for x in grid]
    for _ in range(rounds):
        rows = mp.matrix(count, count)
        for i, x in enumerate(xs):
            for j in range(degree + 1):
                rows[i, j] = x**j
            rows[i, degree + 1] = (-1) ** i / weight(x)
        solution = mp.lu_solve(rows, mp.matrix([f(x) for x in xs]))
        p = [solution[k] for k in range(degree + 1)]

        # Between the points the error changes its sign; between two changes its greatest value is the new point.
        values = [(mp.polyval(p[::-1], x) - y) * w for x, y, w in zip(grid, exact, weights)]
        runs = [[0]]
        for k in range(1, len(grid)):
            if values[k] * values[k - 1] < 0:
                runs.append([])
            runs[-1].append(k)
        best = [max(run, key=lambda k: abs(values[k])) for run in runs]
        if len(best) != count:
            break
        xs = [grid[k] for k in best]
    return p, max(abs(v) for v in values)


def in_float32(f, weight, low, high, degree):
    """Nearly the same with coefficients of float32: each is rounded before those behind it are fitted to the rest."""
    xs = [(low + high) / 2 + (high - low) / 2 * mp.cos(mp.pi * (k + mp.mpf(1) / 2) / 300) for k in range(300)]
    x, w = np.array(xs, dtype=float), np.array([weight(x) for x in xs], dtype=float)
    rest, p = np.array([f(x) for x in xs], dtype=float), []
    for k in range(degree + 1):
        powers = np.array([x**j for j in range(k, degree + 1)])
        fitted = np.linalg.lstsq((powers * w).T, rest * w, rcond=None)[0]
        p.append(np.float32(fitted[0]))
        rest = rest - float(p[k]) * x**k
    return p, mp.mpf(max(abs(rest * w)))


def show(name, p, worst):
    print(f"{name} (error {mp.nstr(worst, 2)}): {[float(str(c)) if isinstance(c, np.float32) else float(c) for c in p]}")


def high_low(name, value, bits, kind=np.float64):
    """A constant as a sum: the first part has few bits, so that its product with a small integer is exact."""
    exponent = mp.floor(mp.log(value, 2)) + 1
    unit = mp.mpf(2) ** (exponent - bits)
    high = mp.nint(value / unit) * unit
    print(f"{name}: {float(high)!r}, {float(str(kind(float(value - high))))!r}")


LN2 = mp.log(2)
# A bit more than what is left over, because of roundings.
MORE = 1 + mp.mpf(2) ** -12
# e**r is between 3/4 and 3/2: so chosen, because roundings weigh twice as much below 1.
LOW, HIGH = mp.log(0.75) * MORE, mp.log(1.5) * MORE
HALF = LN2 / 2 * MORE
SERIES = 30


def tail(r):
    """(e**r - 1 - r) / r**2 without cancellation."""
    return mp.fsum(r**k / mp.factorial(k + 2) for k in range(SERIES))


def tail2(r):
    """(2**r - 1 - r * ln 2) / r**2."""
    return tail(r * LN2) * LN2**2


def sinh_tail(z):
    """(sinh r - r) / r**3 for r = sqrt(z)."""
    return mp.fsum(z**k / mp.factorial(2 * k + 3) for k in range(SERIES))


def cosh_tail(z):
    """(cosh r - 1) / r**2 for r = sqrt(z)."""
    return mp.fsum(z**k / mp.factorial(2 * k + 2) for k in range(SERIES))


def tanh_tail(z):
    """(tanh r - r) / r**3 for r = sqrt(z)."""
    r = mp.sqrt(z)
    return (mp.tanh(r) - r) / r**3 if z > 1e-12 else -mp.mpf(1) / 3 + 2 * z / 15


high_low("LN2 of float64", LN2, 41)
high_low("LN2 of float32", LN2, 15, np.float32)
show("EXP", *remez(tail, abs, LOW, HIGH, 9))
show("EXP in float32", *in_float32(tail, abs, LOW, HIGH, 4))
show("EXPM1", *remez(tail, abs, -HALF, HALF, 9))
show("EXPM1 for float32", *remez(tail, abs, -HALF, HALF, 5))
show("EXP2", *remez(tail2, abs, -HALF / LN2, HALF / LN2, 9))
show("EXP2 in float32", *in_float32(tail2, abs, -HALF / LN2, HALF / LN2, 4))
show("SINH", *remez(sinh_tail, abs, mp.mpf(0), HALF**2, 4))
show("SINH for float32", *remez(sinh_tail, abs, mp.mpf(0), HALF**2, 2))
show("COSH", *remez(cosh_tail, abs, mp.mpf(0), HALF**2, 4))
show("COSH for float32", *remez(cosh_tail, abs, mp.mpf(0), HALF**2, 2))
show("TANH in float32", *in_float32(tanh_tail, abs, mp.mpf(0), mp.mpf(0.6875) ** 2, 4))
