"""The clock of the Python programs that are measured."""

import statistics
import time


def median_after(warmups, work, runs):
    """The median seconds of so many runs, after some that do not count, and what the last returned."""
    seconds = []
    for run in range(-warmups, runs):
        began = time.perf_counter()
        result = work()
        taken = time.perf_counter() - began
        if run >= 0:
            seconds.append(taken)
    return statistics.median(seconds), result
