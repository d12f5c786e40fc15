"""The vapour pressure deficit from Zarr store to Zarr store with Dask and zarr-python, on two threads."""
import json
import resource
import sys
import time

import dask
import dask.array as da
import numcodecs
import numpy as np
import zarr

store, out, level = sys.argv[1], sys.argv[2], int(sys.argv[3])
began = time.perf_counter()
tmp, rh = da.from_zarr(store, component="tmp"), da.from_zarr(store, component="rh")
f = np.float32
vpd = f(0.6108) * da.exp(f(17.27) * tmp / (tmp + f(237.3))) * (f(1) - rh / f(100))
to = zarr.open(
    out, mode="w", shape=vpd.shape, chunks=vpd.chunksize, dtype="f4", compressor=numcodecs.Zstd(level=level)
)
with dask.config.set(scheduler="threads", num_workers=2):
    da.store(vpd, to, lock=False)
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": seconds, "peak": peak, "version": f"Dask {dask.__version__}, zarr {zarr.__version__}"}))
