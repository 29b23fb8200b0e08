"""Into which groups do the values of a column fall, before points are given to them?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from core.definition import All, Compare, Condition, OneOf
from core.definition.conditions import LONGEST, UNKNOWN_WORDS
from core.engine import Engine, Lazy
from core.journeys.fields import plain
from core.stats.intervals import FEW
from core.tables import LEADS

MOST_GROUPS = 12
"""Of a column the most frequent values; all others, and what is not stated, are one group without points."""
MOST_VALUES = 500
SIZES = (1, 10, 50, 250, 1000)
"""Lower bounds of the usual size classes of companies, by employees."""
_SILENT = {plain(word) for word in UNKNOWN_WORDS} | {""}


@dataclass(frozen=True)
class Group:
    """One group of a column: words that its values say, or a number from `low` to before `high`."""

    words: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    @property
    def said(self) -> str:
        """The group for people.

        >>> Group(low=50, high=250).said, Group(words=("Web", "Fair")).said
        ('50 to 249', 'Web, Fair')
        """
        if self.low is None:
            return ", ".join(self.words)
        return f"{self.low:,.0f} and more" if self.high is None else f"{self.low:,.0f} to {self.high - 1:,.0f}"

    def condition(self, column: str) -> Condition:
        """Is a lead in the group?"""
        if self.low is None:
            return OneOf(field=column, values=self.words)
        floor = Compare(field=column, op=">=", value=self.low)
        return floor if self.high is None else All(of=(floor, Compare(field=column, op="<", value=self.high)))


@dataclass(frozen=True)
class Column:
    """A column with its groups; code 0 is everything else, code k its group k - 1."""

    name: str
    groups: tuple[Group, ...]
    spelled: Mapping[str, int]
    """Value as it stands in the data → code; empty where the values are numbers."""

    def coded(self, engine: Engine, rows: Lazy, called: str) -> Lazy:
        """The rows with the code of their value under this name."""
        none = nw.lit(0).cast(nw.Int64)
        if not self.spelled:
            code = none
            for place, group in enumerate(self.groups, start=1):
                inside = nw.col(self.name) >= group.low
                inside = inside if group.high is None else inside & (nw.col(self.name) < group.high)
                code = nw.when(inside).then(nw.lit(place).cast(nw.Int64)).otherwise(code)
            return rows.with_columns(**{called: code})
        known = pd.DataFrame({"_value": list(self.spelled), called: list(self.spelled.values())})
        frame = engine.frame(known.astype({"_value": "str", called: "int64"}))
        joined = rows.join(frame, left_on=self.name, right_on="_value", how="left")
        return joined.with_columns(**{called: nw.coalesce(nw.col(called), none)})


def grouped(engine: Engine, rows: Lazy, name: str) -> Column:
    """The groups of a column, of rows that are the past to learn from: spellings of one word are one value."""
    if _kind(name) == "number":
        return _by_size(engine, rows, name)
    counted = rows.group_by(name).agg(n=nw.len()).sort("n", descending=True).head(MOST_VALUES)
    found = engine.collect(counted.filter(~nw.col(name).is_null())).sort_values(["n", name], ascending=[False, True])
    together: dict[str, list[tuple[str, int]]] = {}
    for value, n in zip(found[name].astype(str), found["n"].astype(int), strict=True):
        if plain(value) not in _SILENT and len(value) <= LONGEST and value.isprintable():
            together.setdefault(plain(value), []).append((value, n))
    large = sorted(together.values(), key=lambda values: -sum(n for _, n in values))[:MOST_GROUPS]
    large = [values for values in large if sum(n for _, n in values) >= FEW]
    spelled = {value: code for code, values in enumerate(large, start=1) for value, _ in values}
    return Column(name, tuple(Group(words=(values[0][0],)) for values in large), spelled)


def _by_size(engine: Engine, rows: Lazy, name: str) -> Column:
    ends: Sequence[float | None] = (*SIZES[1:], None)
    groups = [Group(low=float(low), high=high) for low, high in zip(SIZES, ends, strict=True)]
    column = Column(name, tuple(groups), {})
    n = engine.collect(column.coded(engine, rows, "_code").group_by("_code").agg(n=nw.len())).set_index("_code")["n"]
    kept = [group for place, group in enumerate(groups, start=1) if int(n.get(place, 0)) >= FEW]
    return Column(name, tuple(kept), {})


def _kind(name: str) -> str:
    kinds = {column.name: column.kind for column in LEADS.columns}
    return kinds.get(name, "text")
