"""Local times and UTC: seconds since 1970 in a named zone, for whole columns at once.

The offset of a zone changes only at whole quarters of an hour, so it is looked up once per quarter that occurs. An hour
that a clock change repeats is read as its first pass; one that it skips is moved forward, as the clock did.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Offset = Callable[[datetime], timedelta | None]
_QUARTER = 900
_DAY = 86_400
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - counts local time


def utc_of(local: Ints, zone: ZoneInfo) -> Ints:
    """Seconds UTC of seconds counted on the zone's own clock.

    >>> utc_of(np.array([1_767_225_600]), ZoneInfo("Europe/Berlin")).tolist()
    [1767222000]
    """
    return local - _offsets(local, lambda moment: moment.replace(tzinfo=zone).utcoffset())


def local_of(utc: Ints, zone: ZoneInfo) -> Ints:
    """Seconds on the zone's own clock of seconds UTC.

    >>> local_of(np.array([1_767_222_000]), ZoneInfo("Europe/Berlin")).tolist()
    [1767225600]
    """
    return utc + _offsets(utc, lambda moment: moment.replace(tzinfo=UTC).astimezone(zone).utcoffset())


def day_of(utc: Ints, zone: ZoneInfo) -> npt.NDArray[np.int32]:
    """Days since 1970 in the zone of seconds UTC."""
    return (local_of(utc, zone) // _DAY).astype(np.int32)


def _offsets(seconds: Ints, offset: Offset) -> Ints:
    quarters, where = np.unique(seconds // _QUARTER, return_inverse=True)
    found = [
        int((offset(_EPOCH + timedelta(seconds=int(each) * _QUARTER)) or timedelta()).total_seconds())
        for each in quarters
    ]
    return np.array(found, np.int64)[where] if len(quarters) else np.zeros(0, np.int64)
