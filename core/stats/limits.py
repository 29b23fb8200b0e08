"""Between which bounds does a rate lie by chance alone, for each number of cases?"""

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

Floats = npt.NDArray[np.float64]


def funnel_limit(n: npt.NDArray[np.int64], target: float, share: float) -> Floats:
    """The rate below which a share `share` of groups of `n` cases lies by chance, where all have the rate `target`.

    Exact binomial, interpolated between whole numbers of hits (Spiegelhalter 2005, appendix A.1.1), so that limits run
    smoothly; held inside 0 and 1. 95 % limits are those of .025 and .975, 99.8 % limits those of .001 and .999.

    >>> funnel_limit(np.array([50, 200]), 0.2, 0.975).round(3).tolist()
    [0.307, 0.254]
    """
    if target in (0.0, 1.0):
        # Nothing is left to chance.
        return np.full(len(n), target)
    hits = binom.ppf(share, n, target)
    at, below = binom.cdf(hits, n, target), binom.cdf(hits - 1, n, target)
    part = np.divide(at - share, at - below, out=np.zeros(len(n)), where=at > below)
    limits: Floats = np.clip((hits - part) / n, 0.0, 1.0)
    return limits
