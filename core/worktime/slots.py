"""How much working time, for pairs of instants under many calendars at once, in memory or as a join on the engine?

Time is cut into slots of equal width, so narrow that every opening and closing falls between two of them. Then the
working seconds up to an instant t are read from the row of its slot, `t // width`, without any search:

    cum + (t - slot * width if open else 0)

and the working seconds between two instants are the difference. On the engine that is one plain equi-join per instant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from core.worktime.calendars import Calendar, Shift
from core.worktime.hours import Hours
from core.worktime.walls import DAY, Ints, wall

SLOTS = {
    "calendar": "id of the calendar",
    "slot": "instant // width",
    "cum": "working seconds before the slot, from the beginning of the table",
    "open": "the slot is working time",
    "hour": "local hour of the week at its start, 0 from Monday 00:00",
}
"""Columns of `slots` and what they mean."""

QUARTERS_SINCE = 737 * DAY
"""1972-01-08: since then every zone is whole quarters of an hour ahead of UTC. There are no slots before."""

_WIDTHS = (900, 300, 60)
_CHUNK = 1 << 16
_FORESEEN = 68 * 365 * DAY


def slot_width(calendars: Sequence[Calendar]) -> int:
    """Seconds of a slot: a quarter of an hour where all hours begin and end on one, else five minutes, else one.

    >>> from core.worktime import default_calendar
    >>> slot_width([default_calendar("Asia/Kolkata")])
    900
    """
    edges = [60 * time for each in calendars for shift in each.week for time in (shift.opens_at, shift.closes_at)]
    for calendar in calendars:
        edges.extend(_odd_edges(calendar.zone, calendar.week))
    return next(width for width in _WIDTHS if all(edge % width == 0 for edge in edges))


@lru_cache(maxsize=256)
def _odd_edges(zone: str, week: tuple[Shift, ...]) -> tuple[int, ...]:
    """Openings and closings of a zone that once changed its clock at a minute past the hour, as St John's did."""
    if not (wall(zone, QUARTERS_SINCE, _FORESEEN).since[1:] % _WIDTHS[0]).any():
        return ()
    hours = Hours.of(Calendar(id="odd", name="odd", zone=zone, week=week), QUARTERS_SINCE, _FORESEEN)
    return tuple(np.unique(np.concatenate([hours.opens[1:], hours.closes[:-1]]) % 3600).tolist())


def slots(calendars: Sequence[Calendar], first: int, last: int) -> pd.DataFrame:
    """One row per calendar and slot that overlaps [`first`, `last`] (`SLOTS`), to join on calendar and slot.

    Ordered by calendar, as given, and slot. Nothing before 1972: an instant without a slot has unknown working time.
    """
    return Slots.of(calendars, first, last).frame()


def between_each(calendars: Sequence[Calendar], codes: Ints, starts: Ints, ends: Ints) -> Ints:
    """Working seconds from each start to its end in the calendar `calendars[code]`; 0 where the end comes first.

    >>> from core.worktime import default_calendar, round_the_clock
    >>> both = [default_calendar("UTC"), round_the_clock("UTC")]
    >>> saturday, monday = 1_768_046_400, 1_768_210_260
    >>> between_each(both, np.array([0, 1]), np.full(2, saturday), np.full(2, monday)).tolist()
    [1860, 163860]
    """
    if not len(starts):
        return np.zeros(0, np.int64)
    first = min(int(np.min(starts)), int(np.min(ends)))
    last = max(int(np.max(starts)), int(np.max(ends)))
    if first < QUARTERS_SINCE:
        return _each_by_search(calendars, codes, starts, ends)
    return Slots.of(calendars, first, last).between(codes, starts, ends)


@dataclass(frozen=True)
class Slots:
    """The slots of several calendars side by side: `cum[i]`, `open[i]` and `hour[i]` belong to calendar `i // size`."""

    names: tuple[str, ...]
    width: int
    first: int
    size: int
    cum: Ints
    open: Ints
    hour: Ints

    @classmethod
    def of(cls, calendars: Sequence[Calendar], first: int, last: int) -> "Slots":
        """The slots of these calendars over [`first`, `last`], seconds UTC, from 1972 on."""
        width = slot_width(calendars)
        low = max(first, QUARTERS_SINCE) // width
        edges = np.arange(low, max(last, QUARTERS_SINCE) // width + 2) * width
        made = [_one(calendar, edges, width) for calendar in calendars]
        cum, opened, hour = (np.concatenate([one[k] for one in made] or [edges[:0]]) for k in range(3))
        return cls(tuple(calendar.id for calendar in calendars), width, int(low), len(edges) - 1, cum, opened, hour)

    def frame(self) -> pd.DataFrame:
        """All of them as a table (`SLOTS`)."""
        count = len(self.names)
        return pd.DataFrame(
            {
                "calendar": np.repeat(np.array(self.names, object), self.size),
                "slot": np.tile(np.arange(self.first, self.first + self.size), count),
                "cum": self.cum,
                "open": self.open.astype(bool),
                "hour": self.hour,
            }
        ).astype({"calendar": "str"})

    def between(self, codes: Ints, starts: Ints, ends: Ints) -> Ints:
        """Working seconds from each start to its end, 0 where the end comes first; all of them inside the table.

        `codes`: place of the calendar in the order given.
        """
        codes, starts, ends = (np.asarray(each, np.int64) for each in (codes, starts, ends))
        if len(starts) and not (
            self.first * self.width <= min(starts.min(), ends.min())
            and max(starts.max(), ends.max()) < (self.first + self.size) * self.width
            and codes.min() >= 0
            and codes.max() < len(self.names)
        ):
            raise ValueError("an instant or a calendar is not in the table")
        words = self._words
        found = np.empty(len(starts), np.int64)
        zero = self.first * self.width
        for low in range(0, len(starts), _CHUNK):  # In pieces that stay in the processor's cache.
            part = slice(low, low + _CHUNK)
            row = codes[part] * self.size
            until = _until(words, row, ends[part] - zero, self.width)
            found[part] = np.maximum(until - _until(words, row, starts[part] - zero, self.width), 0)
        return found

    @cached_property
    def _words(self) -> Ints:
        """One word per slot: twice what the working time up to t is without t, and whether t itself is added."""
        begins = np.tile(np.arange(self.size) * self.width, len(self.names))
        return (self.cum - self.open * begins) * 2 + self.open


def _until(words: Ints, row: Ints, instants: Ints, width: int) -> Ints:
    # Not negative and below 2^32: division of unsigned words of that size is several times as fast.
    slot = instants.astype(np.uint32) // np.uint32(width)
    word = words[slot + row]
    return np.asarray((word >> 1) + (instants & -(word & 1)))


def _one(calendar: Calendar, edges: Ints, width: int) -> tuple[Ints, Ints, Ints]:
    """Working seconds before each slot, whether it is open, and its local hour."""
    hours = Hours.of(calendar, int(edges[0]), int(edges[-1]))
    until = hours.until(edges)
    inside = np.diff(until)
    if ((inside != 0) & (inside != width)).any():
        raise ValueError(f"the hours of {calendar.id} do not begin and end on slots of {width} seconds")
    return until[:-1], inside // width, hours.hour_of_week(edges[:-1])


def _each_by_search(calendars: Sequence[Calendar], codes: Ints, starts: Ints, ends: Ints) -> Ints:
    """The same answer without slots, for times whose zones were ahead by odd seconds."""
    found = np.zeros(len(starts), np.int64)
    for code, calendar in enumerate(calendars):
        mine = np.asarray(codes) == code
        if mine.any():
            some = np.asarray(starts)[mine], np.asarray(ends)[mine]
            hours = Hours.of(calendar, min(int(each.min()) for each in some), max(int(each.max()) for each in some))
            found[mine] = hours.between(*some)
    return found
