"""Between which of the values in order does the median of all lie, for all that is known from some?"""

from scipy.stats import binom


def median_ranks(n: int) -> tuple[int, int] | None:
    """Ranks, from 1, of the values that enclose the median with at least 95 %; None under 6, where none do.

    Exact, whatever the distribution: how many of n lie below the median is binomial with one half (Conover 1999, 3.2).

    >>> median_ranks(5), median_ranks(6), median_ranks(100)
    (None, (1, 6), (40, 61))
    """
    low = int(binom.ppf(0.025, n, 0.5))
    return (low, n + 1 - low) if low and n else None
