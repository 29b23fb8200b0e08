"""How long does half of them take, when some are still on their way?"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Z95, Z998 = 1.959964, 3.090232
"""Of a normal distribution: 95 % and 99.8 % lie within so many standard errors."""


@dataclass(frozen=True)
class Staying:
    """The share still there after each of `times`, with its standard error on the log(-log) scale.

    `until` is the longest time seen, of anybody.

    Kaplan and Meier (1958): those still on their way count as there up to their age, and no longer. Only where there
    is one way to end: with several, each apart, it overstates them (then: Aalen-Johansen).
    """

    times: Floats
    share: Floats
    error: Floats
    until: float

    @property
    def median(self) -> float:
        """The time after which half of them have gone, NaN while more than half are still there."""
        return self._first(self.share <= 0.5)

    def median_interval(self, z: float = Z95) -> tuple[float, float]:
        """The times at which the interval of the share crosses a half (Brookmeyer and Crowley 1982).

        Where even the lower end lies beyond all that was seen, it is the longest time seen (`until`). The upper end is
        infinite while the data cannot bound it. Both are NaN over nobody.
        """
        if math.isnan(self.until):
            return math.nan, math.nan
        gone = self.share <= 0  # Nobody is left, and nothing can be said of an error.
        middle = np.log(-np.log(np.where(gone, 0.5, self.share)))
        low, high = (np.where(gone, 0, np.exp(-np.exp(middle + sign * z * self.error))) for sign in (1, -1))
        begin, end = self._first(low <= 0.5), self._first(high <= 0.5)
        return (self.until if math.isnan(begin) else begin), (math.inf if math.isnan(end) else end)

    def _first(self, reached: npt.NDArray[np.bool_]) -> float:
        return float(self.times[int(reached.argmax())]) if reached.any() else math.nan


def staying(times: Floats, ended: Floats, still: Floats) -> Staying:
    """At each of `times`, in any order: how many `ended` then, and how many are `still` on their way at that age.

    >>> staying(np.array([1.0, 2, 3, 4]), np.array([1.0, 1, 0, 1]), np.array([0.0, 0, 1, 0])).median
    2.0
    >>> staying(np.array([1.0, 5]), np.array([1.0, 0]), np.array([0.0, 9])).median
    nan
    """
    times, where = np.unique(np.asarray(times, float), return_inverse=True)
    until = float(times[-1]) if len(times) else math.nan
    gone = np.bincount(where, np.asarray(ended, float), len(times))
    censored = np.bincount(where, np.asarray(still, float), len(times))
    there = np.cumsum((gone + censored)[::-1])[::-1]
    some = gone > 0
    times, gone, there = times[some], gone[some], there[some]
    share = np.cumprod(1 - gone / there)
    left = there - gone
    variance = np.cumsum(np.divide(gone, there * left, out=np.zeros(len(gone)), where=left > 0))
    # Without a logarithm of 0: where nobody is left there is no error.
    size = np.abs(np.log(np.where(share > 0, share, 0.5)))
    error = np.where(share > 0, np.sqrt(variance) / size, 0.0)
    return Staying(times.astype(np.float64), share.astype(np.float64), error.astype(np.float64), until)
