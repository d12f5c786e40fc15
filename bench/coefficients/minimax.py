"""Minimax polynomials whose coefficients are floats, by Remez exchange."""
import mpmath as mp
import numpy as np

mp.mp.dps = 40


def remez(f, weight, low, high, powers, rounds=8):
    """The polynomial of some powers of x for which the greatest |p - f| * weight is smallest, as its coefficients."""
    count = len(powers)
    points = count + 1
    xs = [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * (k + mp.mpf("0.5")) / points) for k in range(points)]
    grid = [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * k / 600) for k in range(601)]
    exact, weights = [f(x) for x in grid], [weight(x) for x in grid]
    for _ in range(rounds):
        matrix, right = mp.matrix(points, points), mp.matrix(points, 1)
        for i, x in enumerate(xs):
            # Rows are scaled so that the error is the same unknown in all.
            for j, power in enumerate(powers):
                matrix[i, j] = x**power * weight(x)
            matrix[i, count] = (-1) ** i
            right[i] = f(x) * weight(x)
        solution = mp.lu_solve(matrix, right)
        p = [solution[k] for k in range(count)]
        values = [mp.fsum(c * x**power for c, power in zip(p, powers)) for x in grid]
        errors = [(value - y) * w for value, y, w in zip(values, exact, weights)]
        # Between two changes of its sign the error's greatest value is the new point.
        runs = [[0]]
        for k in range(1, len(grid)):
            if errors[k] * errors[k - 1] < 0:
                runs.append([])
            runs[-1].append(k)
        best = [max(run, key=lambda k: abs(errors[k])) for run in runs]
        if len(best) != points:
            break
        xs = [grid[k] for k in best]
    return p


def fit(name, f, weight, low, high, count, kind=np.float64):
    """Prints coefficients that are floats: the first are rounded one after the other, and the others make up for it."""
    low, high = mp.mpf(low), mp.mpf(high)
    fixed = []
    for k in range(min(count, 3)):
        rest = lambda x: f(x) - mp.polyval(fixed[::-1], x) if fixed else f(x)
        p = remez(rest, weight, low, high, range(k, count))
        fixed.append(mp.mpf(float(kind(float(p[0])))))
    fixed += [mp.mpf(float(kind(float(c)))) for c in p[1:]]
    worst = max(
        abs(mp.polyval(fixed[::-1], x) - f(x)) * weight(x)
        for x in (low + (high - low) * mp.mpf(k) / 2000 for k in range(2001))
    )
    # A float32 is printed with the digits that it takes to tell it from others.
    print(f"{name} (2^{mp.nstr(mp.log(worst, 2), 4)}): [{', '.join(str(kind(float(c))) for c in fixed)}]")


def parts(name, value, bits, kind=np.float64):
    """Prints a constant as a sum; the first parts have so many bits each, and the last has all that a float has."""
    found = []
    for count in bits:
        unit = mp.mpf(2) ** (mp.floor(mp.log(abs(value), 2)) + 1 - count)
        found.append(float(mp.nint(value / unit) * unit))
        value -= found[-1]
    found.append(float(kind(float(value))))
    print(f"{name}: {found}")
