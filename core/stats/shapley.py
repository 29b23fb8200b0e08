"""How much of a joint effect is due to each of its parts?"""

from collections.abc import Callable
from math import factorial

import numpy as np
import numpy.typing as npt

MOST = 16
"""Parts beyond this are refused: the split is exact, over every subset."""


def shapley(value: Callable[[tuple[bool, ...]], float], parts: int) -> npt.NDArray[np.float64]:
    """The Shapley split of value(all) - value(none): one number per part, adding up to it exactly.

    `value` is asked once for every subset, given as one flag per part (Shapley 1953).

    >>> shapley(lambda on: (2.0 if on[0] else 1.0) * (3.0 if on[1] else 1.0), 2).tolist()
    [2.0, 3.0]
    """
    if not 0 < parts <= MOST:
        raise ValueError(f"between 1 and {MOST} parts can be split, not {parts}")
    worth = np.array([value(tuple(bool(subset >> part & 1) for part in range(parts))) for subset in range(1 << parts)])
    size = np.array([subset.bit_count() for subset in range(1 << parts)])
    weight = np.array([factorial(s) * factorial(parts - s - 1) / factorial(parts) if s < parts else 0.0 for s in size])
    every = np.arange(1 << parts)
    split = np.empty(parts)
    for part in range(parts):
        without = every[(every >> part & 1) == 0]
        split[part] = float((weight[without] * (worth[without | 1 << part] - worth[without])).sum())
    return split
