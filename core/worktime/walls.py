"""What does the clock on the wall show at an instant, for whole columns at once?"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
DAY = 86_400
MONDAY = 4 * DAY
"""1970-01-05, the first Monday after second 0."""


@dataclass(frozen=True)
class Wall:
    """The clock of a zone over a time: from `since[i]` on, it shows seconds UTC plus `ahead[i]`.

    `since[0]` is as early as there is any time, so that an instant before the first known change is answered too.
    """

    since: Ints
    ahead: Ints

    def local(self, instants: Ints) -> Ints:
        """Seconds on the clock on the wall."""
        if len(self.since) == 1:
            return np.asarray(instants + self.ahead[0])
        return np.asarray(instants + self.ahead[np.searchsorted(self.since, instants, side="right") - 1])


_ALWAYS = -(1 << 62)


@lru_cache(maxsize=256)
def wall(zone: str, first: int, last: int) -> Wall:
    """The clock of the zone from `first` to `last`, seconds UTC.

    >>> wall("Europe/Berlin", 1_767_225_600, 1_798_761_600).ahead.tolist()
    [3600, 7200, 3600]
    """
    clock = ZoneInfo(zone)
    days = np.arange(first // DAY, last // DAY + 2) * DAY
    ahead = [_ahead(clock, int(day)) for day in days]
    since, offsets = [_ALWAYS], [ahead[0]]
    for day, before, after in zip(days[:-1].tolist(), ahead, ahead[1:], strict=False):
        if before != after:  # No zone changes its clock twice in a day.
            since.append(_change(clock, day, day + DAY, before))
            offsets.append(after)
    return Wall(np.array(since, np.int64), np.array(offsets, np.int64))


def _change(clock: ZoneInfo, low: int, high: int, before: int) -> int:
    """The first second after `low` at which the clock no longer is `before` ahead."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _ahead(clock, middle) == before else (low, middle)
    return high


def _ahead(clock: ZoneInfo, instant: int) -> int:
    offset = datetime.fromtimestamp(instant, UTC).astimezone(clock).utcoffset()
    return int(offset.total_seconds()) if offset else 0
