"""The `ordered` reading policy: strict sequence of steps inside a conversion window.

Answers "how far did this lead come, if the steps count only in the agreed order and only within so much time of the
first one?". Every event of step 1 starts an attempt; an attempt takes, step by step, the earliest event that is not
before the step before it. The deepest attempt of each lead is kept, the earliest one where several are as deep.

Units: `happened_at` and `window` are whole numbers in the same unit. Seconds since 1970 UTC is the unit of the rest of
the core; microseconds work as well, where the order within a second matters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Predicate = Callable[[pd.DataFrame], npt.NDArray[np.bool_]]
"""Which rows of the events match: one True or False per row, in the order of the rows."""

_Bools = npt.NDArray[np.bool_]
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Step:
    """One step of the sequence: its name and the events that fulfil it."""

    name: str
    matches: Predicate


@dataclass(frozen=True)
class Exclusion:
    """Events that break an attempt when they happen after step `from_step` and before step `to_step` (counted from 0).

    At the very instant of either step they do no harm. Where `to_step` was not reached inside the window, the
    exclusion holds to the end of the window (and that instant is part of it), or for good without a window. A broken
    attempt counts for nothing, not even for its first step: a lead whose every attempt is broken has no row.
    """

    matches: Predicate
    from_step: int
    to_step: int


def equals(column: str, *values: object) -> Predicate:
    """Predicate for the rows whose `column` is one of `values`; a missing value never matches.

    >>> equals("stage", "MQL", "SAL")(pd.DataFrame({"stage": ["MQL", None, "SQL"]})).tolist()
    [True, False, False]
    """

    def matches(events: pd.DataFrame) -> _Bools:
        return events[column].isin(list(values)).to_numpy(dtype=np.bool_)

    return matches


def ordered(
    events: pd.DataFrame, steps: Sequence[Step], *, window: int | None, exclusions: Sequence[Exclusion] = ()
) -> pd.DataFrame:
    """How deep each lead came through `steps`, taken in strict order within `window` of the first one.

    `events` has the columns `lead` (whole number or text), `happened_at` (whole number, unit of `window`), `seq` (which
    of two events at the same instant is taken first) and whatever the predicates read. Row order never matters.
    Rows without a lead or an instant cannot stand in a sequence and are left out.

    - Other events in between do no harm, an event of a later step before its turn earns nothing.
    - The window is measured from the attempt's first step and closed: exactly `window` later still counts.
      `window=None` is no limit.
    - Steps at the same instant count in the order of the steps, whatever their `seq`: clocks that tick in seconds or
      days do not know better.
    - One event fulfils at most one step of an attempt: a step named twice needs two events.
    - Exclusions break single attempts: see `Exclusion`.

    Returns one row per lead with an unbroken attempt, sorted by lead: `lead`, `depth` (1 to n, steps reached) and
    `at_1` to `at_n` (Int64, unit of `happened_at`): the instants of the attempt kept, missing beyond `depth`.

    >>> day = 86_400
    >>> events = pd.DataFrame({
    ...     "lead": [1, 1, 1, 2, 2, 2],
    ...     "happened_at": [0, day, 9 * day, 0, day, 2 * day],
    ...     "seq": range(6),
    ...     "stage": ["MQL", "SAL", "SQL", "MQL", "SQL", "Won"],
    ... })
    >>> steps = [Step(name, equals("stage", name)) for name in ("MQL", "SAL", "SQL")]
    >>> ordered(events, steps, window=9 * day)
       lead  depth  at_1   at_2    at_3
    0     1      3     0  86400  777600
    1     2      1     0   <NA>    <NA>
    """
    _check(events, steps, window, exclusions)
    masks = [_mask(step.matches, events) for step in steps]
    breaks = [_mask(exclusion.matches, events) for exclusion in exclusions]
    line = _Line.of(events, [*masks, *breaks])
    marks = [mask[line.rows] for mask in masks]

    starts = np.flatnonzero(marks[0])
    picks = np.full((len(steps), len(starts)), -1, dtype=np.int64)
    picks[0] = starts
    alive = np.arange(len(starts))
    for k in range(1, len(steps)):
        found = line.following(marks[k], picks[:k, alive])
        first = picks[0, alive]
        reached = (found < line.size) & (line.lead[np.minimum(found, line.size - 1)] == line.lead[first])
        if window is not None:
            reached[reached] = line.at[found[reached]] - line.at[first[reached]] <= window
        alive = alive[reached]
        picks[k, alive] = found[reached]

    broken = np.zeros(len(starts), dtype=np.bool_)
    for exclusion, mask in zip(exclusions, breaks, strict=True):
        broken |= line.broken(mask[line.rows], picks, exclusion, window)
    return _result(events, line, picks[:, ~broken])


@dataclass(frozen=True)
class _Line:
    """The rows that matter, in order of lead, instant and seq, so that "what comes next" is a look-up."""

    rows: _Ints  # position in the events
    lead: _Ints
    at: _Ints
    opens: _Ints  # first row of the same lead and instant
    closes: _Ints  # first row after that instant

    @property
    def size(self) -> int:
        return len(self.rows)

    @classmethod
    def of(cls, events: pd.DataFrame, masks: Sequence[_Bools]) -> _Line:
        usable = (events["lead"].notna() & events["happened_at"].notna()).to_numpy(dtype=np.bool_)
        rows = np.flatnonzero(np.logical_or.reduce(masks) & usable)
        lead = pd.factorize(events["lead"].take(rows), sort=True)[0].astype(np.int64)
        at = events["happened_at"].take(rows).to_numpy(dtype=np.int64)
        seq = events["seq"].take(rows).to_numpy()
        same, together = lead[1:] == lead[:-1], at[1:] == at[:-1]
        # Sorting costs more than everything else here, and events mostly come in order already.
        late = (lead[1:] < lead[:-1]) | (same & (at[1:] < at[:-1])) | (same & together & (seq[1:] < seq[:-1]))
        if late.any():
            order = np.lexsort((seq, at, lead))
            rows, lead, at = rows[order], lead[order], at[order]
            same, together = lead[1:] == lead[:-1], at[1:] == at[:-1]
        fresh = np.ones(len(rows), dtype=np.bool_)
        fresh[1:] = ~(same & together)
        edges = np.append(np.flatnonzero(fresh), len(rows))
        instant = np.cumsum(fresh) - 1
        return cls(rows, lead, at, edges[instant], edges[instant + 1])

    def following(self, marks: _Bools, picks: _Ints) -> _Ints:
        """First marked row at or after the instant of the last picks, none of the picks themselves; `size` if none."""
        ahead = _next(marks)
        found: _Ints = ahead[self.opens[picks[-1]]]
        # Only rows of that one instant can be both picked and found, so each pass skips one of them.
        for _ in range(len(picks)):
            taken = (picks == found).any(axis=0)
            if not taken.any():
                break
            found[taken] = ahead[found[taken] + 1]
        return found

    def broken(self, marks: _Bools, picks: _Ints, exclusion: Exclusion, window: int | None) -> _Bools:
        """Which attempts have a marked row between the two steps of the exclusion, both instants left out."""
        result = np.zeros(picks.shape[1], dtype=np.bool_)
        begun = np.flatnonzero(picks[exclusion.from_step] >= 0)
        first, source, target = picks[0, begun], picks[exclusion.from_step, begun], picks[exclusion.to_step, begun]
        found = _next(marks)[self.closes[source]]
        inside = found < self.size
        begun, found, first, target = begun[inside], found[inside], first[inside], target[inside]
        same_lead = self.lead[found] == self.lead[first]
        in_time = True if window is None else self.at[found] - self.at[first] <= window
        result[begun] = same_lead & np.where(target >= 0, self.at[found] < self.at[target], in_time)
        return result


def _next(marks: _Bools) -> _Ints:
    """For each row the first marked row at or after it; the number of rows stands for none (also one past the end)."""
    size = len(marks)
    places = np.append(np.where(marks, np.arange(size), size), size)
    return np.minimum.accumulate(places[::-1])[::-1]


def _result(events: pd.DataFrame, line: _Line, picks: _Ints) -> pd.DataFrame:
    depth = (picks >= 0).sum(axis=0)
    lead = line.lead[picks[0]]
    # Attempts stand in order of lead and start, so the first of the deepest is the earliest.
    order = np.lexsort((-depth, lead))
    kept = order[np.diff(lead[order], prepend=-1) != 0]
    picks, depth = picks[:, kept], depth[kept]
    result = pd.DataFrame({"lead": events["lead"].take(line.rows[picks[0]]).reset_index(drop=True), "depth": depth})
    for k, row in enumerate(picks, start=1):
        instants = np.zeros(len(row), dtype=np.int64)
        instants[row >= 0] = line.at[row[row >= 0]]
        result[f"at_{k}"] = pd.arrays.IntegerArray(instants, row < 0)
    return result


def _mask(matches: Predicate, events: pd.DataFrame) -> _Bools:
    mask = np.asarray(matches(events), dtype=np.bool_)
    if mask.shape != (len(events),):
        raise ValueError(f"a predicate gave shape {mask.shape} for {len(events)} events")
    return mask


def _check(events: pd.DataFrame, steps: Sequence[Step], window: int | None, exclusions: Sequence[Exclusion]) -> None:
    if not steps:
        raise ValueError("no steps given")
    if window is not None and window < 0:
        raise ValueError(f"the window is negative: {window}")
    for exclusion in exclusions:
        if not 0 <= exclusion.from_step < exclusion.to_step < len(steps):
            raise ValueError(
                f"an exclusion runs from a step to a later one of 0 to {len(steps) - 1}, "
                f"not from {exclusion.from_step} to {exclusion.to_step}"
            )
    missing = {"lead", "happened_at", "seq"} - set(events.columns)
    if missing:
        raise ValueError(f"events lack the columns {sorted(missing)}")
    if len(events) and not pd.api.types.is_integer_dtype(events["happened_at"]):
        raise TypeError(f"happened_at must be whole numbers, not {events['happened_at'].dtype}")
