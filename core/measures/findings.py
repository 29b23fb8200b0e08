"""What should a leader look at first? The largest leaks, and the groups in which a leak is larger than chance."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.measures.cohort import UNKNOWN
from core.measures.funnel import LEAKS, Funnel
from core.stats.intervals import FEW, Rate
from core.stats.outliers import beyond_chance, chances, excess

SAID = {
    "rejected": "sales said no",
    "recycled": "they went back to marketing",
    "disqualified": "they were disqualified",
    "lost": "the deal was lost",
    "stalled": "nothing happened past the clock",
}
"""What an outcome means, after "because"."""


@dataclass(frozen=True)
class Finding:
    """One thing to look at.

    `leads` of `of` entered `stage` and ended there by `outcome`, or by one of `ways`; `column` and `segment` say in
    which group, empty for all. `weight` is the number of leads concerned: all of them for a whole stage, those beyond
    the others' rate for a group.
    """

    stage: str
    name: str
    outcome: str
    leads: int
    of: int
    weight: float
    column: str = ""
    segment: str = ""
    others: Rate | None = None
    reason: str | None = None
    with_reason: int = 0
    ways: tuple[tuple[str, int], ...] = ()
    """Of a whole stage that loses in several ways: each with its number, the largest first; `outcome` is the first."""

    @property
    def rate(self) -> Rate:
        """Share of those who entered the stage in this group."""
        return Rate(self.leads, self.of)


OWNED = ("owner", "owner_name", "owner_team", "owner_manager")
"""Columns that say who owns a lead now."""


def findings(
    whole: Funnel, broken_down: Callable[[str], Funnel], columns: Sequence[str], *, most: int = 3
) -> tuple[Finding, ...]:
    """At most `most` findings: the largest leak of the whole funnel, then the groups that stand out, then more leaks.

    Each kind largest first. No column and no leak is named twice among the groups: two views of one leak are one story.

    `broken_down` gives the funnel by a column. A group is named only where its leak is larger than chance, over all
    columns, stages and ways out together (`stats.outliers.beyond_chance`); a group of unknown value is never named.
    """
    general = _general(whole)
    special = _special({column: broken_down(column) for column in columns})
    chosen: list[Finding] = general[:1]
    # A group that stands out says more than the next leak of the whole: it says where to begin.
    for finding in [*sorted(special, key=lambda finding: -finding.weight), *general[1:]]:
        if len(chosen) < most and not any(_same(finding, other) for other in chosen):
            chosen.append(finding)
    return tuple(chosen)


def _same(one: Finding, other: Finding) -> bool:
    """Do both tell the same story: one leak seen through two columns, or two groups of one column?"""
    if not (one.column and other.column):
        return False
    return (one.stage, one.outcome) == (other.stage, other.outcome) or one.column == other.column


def _general(whole: Funnel) -> list[Finding]:
    """One finding per stage that loses anybody, in whatever way; the one that loses most first."""
    found = []
    for row in whole.total().to_dict("records"):
        ways = sorted(((int(row[way]), way) for way in LEAKS if int(row[way])), key=lambda each: -each[0])
        if ways:
            lost, way = sum(number for number, _ in ways), ways[0][1]
            reason, said = _reason(whole.reasons, str(row["stage"]), way) if len(ways) == 1 else (None, 0)
            found.append(
                Finding(
                    str(row["stage"]),
                    str(row["name"]),
                    way,
                    lost,
                    int(row["entered"]),
                    float(lost),
                    reason=reason,
                    with_reason=said,
                    ways=tuple((way, number) for number, way in ways) if len(ways) > 1 else (),
                )
            )
    return sorted(found, key=lambda finding: -finding.weight)


def _special(split: Mapping[str, Funnel]) -> list[Finding]:
    """The groups of any column whose leak is larger than chance explains, all that was looked at held together."""
    looked = [
        (column, found, rows, outcome)
        for column, found in split.items()
        for stage, rows in found.stages.groupby("stage", sort=False)
        for outcome in LEAKS
        if rows[outcome].sum() and len(rows) > 1 and _telling(column, str(stage), found)
    ]
    if not looked:
        return []
    numbers = [_numbers(rows, outcome) for _, _, rows, outcome in looked]
    chance = [chances(hits, n, few=FEW) for hits, n in numbers]
    named = beyond_chance(np.concatenate(chance))
    ends = np.cumsum([len(part) for part in chance])[:-1]
    return [
        finding
        for (column, found, rows, outcome), here in zip(looked, np.split(named, ends), strict=True)
        for finding in _standing_out(found, rows, outcome, column, here)
    ]


def _telling(column: str, stage: str, split: Funnel) -> bool:
    # Who owns a lead is decided at the hand-off; before it the owner only says how far the lead has come.
    return column not in OWNED or split.definition.place(stage) >= split.definition.hand_off


def _numbers(rows: pd.DataFrame, outcome: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    return rows[outcome].to_numpy(dtype=np.int64), rows["entered"].to_numpy(dtype=np.int64)


def _standing_out(
    split: Funnel, rows: pd.DataFrame, outcome: str, column: str, named: npt.NDArray[np.bool_]
) -> Iterator[Finding]:
    hits, n = _numbers(rows, outcome)
    beyond, segments = excess(hits, n), rows["segment"].to_numpy()
    stage, name = str(rows["stage"].iloc[0]), str(rows["name"].iloc[0])
    for place in np.flatnonzero(named & (segments != UNKNOWN)):
        of_segment = split.reasons[split.reasons["segment"] == segments[place]]
        reason, said = _reason(of_segment, stage, outcome)
        yield Finding(
            stage,
            name,
            outcome,
            leads=int(hits[place]),
            of=int(n[place]),
            weight=float(beyond[place]),
            column=column,
            segment=str(segments[place]),
            others=Rate(int(hits.sum() - hits[place]), int(n.sum() - n[place])),
            reason=reason,
            with_reason=said,
        )


def _reason(reasons: pd.DataFrame, stage: str, outcome: str) -> tuple[str | None, int]:
    """The reason named most often, where it stands for at least half of the leak."""
    rows = reasons[(reasons["stage"] == stage) & (reasons["outcome"] == outcome)]
    said = rows.dropna(subset="reason").groupby("reason")["n"].sum()
    if said.empty or said.max() * 2 < rows["n"].sum():
        return None, 0
    return str(said.idxmax()), int(said.max())


def summary(whole: Funnel) -> str:
    """The whole funnel in one sentence: how many were won, and where most are lost."""
    rows = whole.total().set_index("name")["entered"]
    won = int(rows.get(whole.definition.stages[whole.definition.won].name, 0))
    first = int(rows.iloc[0]) if len(rows) else 0
    if not first:
        return "No lead has a known stage yet"
    leak = whole.leak()
    words = f"{won:,} of {first:,} leads were won"
    if leak is None:
        return f"{words}; nothing leaks, as far as the data tell"
    if leak.most == leak.lost.hits:
        verb = "have" if leak.outcome == "stalled" else "were"
        return f"{words}; most are lost at {leak.name}, where {leak.most:,} {verb} {leak.outcome}"
    return f"{words}; most are lost at {leak.name}: {leak.lost.hits:,} of {leak.lost.n:,}"


def sentence(finding: Finding, column_title: str = "") -> str:
    """The finding in one sentence, with its number and what it is a share of.

    >>> sentence(Finding("mql", "MQL", "stalled", 7009, 8000, 7009.0))
    'At MQL, 7,009 of 8,000 leads (88 %) went no further: nothing happened past the clock.'
    """
    where = f"At {finding.name}"
    if finding.column:
        where += f', with {column_title or finding.column} "{finding.segment}"'
    share = "" if finding.rate.few else f" ({finding.rate.value:.0%})".replace("%", " %")
    how = SAID[finding.outcome]
    if finding.ways:
        how = ", ".join(f"{number:,} {way}" for way, number in finding.ways)
    words = f"{where}, {finding.leads:,} of {finding.of:,} leads{share} went no further: {how}"
    if finding.reason:
        words += f', {finding.with_reason:,} times for "{finding.reason}"'
    if finding.others is not None and not finding.others.few:
        words += f"; of all others {finding.others.value:.0%}".replace("%", " %")
    return words + "."
