"""The largest relative difference between two arrays of Zarr stores, over every tenth of their first axis."""
import sys

import numpy as np
import zarr

a, b = zarr.open(sys.argv[1], mode="r"), zarr.open(sys.argv[2], mode="r")
worst = 0.0
for k in range(0, a.shape[0], 10):
    x, y = a[k].astype("f8"), b[k].astype("f8")
    worst = max(worst, float(np.max(np.abs(x - y) / np.maximum(np.abs(x), 1e-30))))
print(worst)
