"""The Laplacian in scipy.ndimage; usage: scipy_peer.py RUNS"""

import scipy
from common import heights, laplacian_samples, report
from scipy import ndimage

z, out = heights()

report(
    {"laplacian": (lambda: ndimage.laplace(z, output=out, mode="nearest"), lambda _: laplacian_samples(out))},
    f"SciPy {scipy.__version__}",
)
