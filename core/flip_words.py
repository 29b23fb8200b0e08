"""Whose answers change from one version to another, in words."""

from typing import NamedTuple

import pandas as pd

from core.words import count, things

NO_ANSWER = ("cannot tell", "not asked")


class Turned(NamedTuple):
    """How many leads answer one question so: before, after, and from one to the other."""

    name: str
    n: int
    met_before: int
    met_after: int
    gained: int
    """Meet it after, and did not before."""
    lost: int
    """Met it before, and no longer do."""
    otherwise: int
    """Answer otherwise without coming to meet it or ceasing to."""
    untold_after: int

    @property
    def flipped(self) -> int:
        """All whose answer changes."""
        return self.gained + self.lost + self.otherwise


def turned(cells: pd.DataFrame, about: str, criterion: str = "") -> Turned | None:
    """One question of `measures.flips.FLIPS` without its groups; None where neither version asks it."""
    rows = cells[(cells["about"] == about) & (cells["id"] == criterion)]
    if rows.empty or (rows[["was", "now"]] == "not asked").all(axis=None):
        return None

    def number(which: "pd.Series[bool]") -> int:
        return int(rows.loc[which, "n"].sum())

    before, after, moved = rows["was"] == "met", rows["now"] == "met", rows["was"] != rows["now"]
    return Turned(
        str(rows["name"].iloc[0]),
        int(rows["n"].sum()),
        number(before),
        number(after),
        number(after & ~before),
        number(before & ~after),
        number(moved & ~before & ~after),
        number(rows["now"].isin(NO_ANSWER)),
    )


def whole(cells: pd.DataFrame) -> Turned | None:
    """The question that sums up a version: all that sales validates, else the points."""
    return turned(cells, "uld") or turned(cells, "qualification")


def criteria_that_turn(cells: pd.DataFrame) -> int:
    """How many criteria are answered otherwise for at least one lead."""
    own = cells[(cells["about"] == "criterion") & (cells["was"] != cells["now"])]
    return int(own["id"].nunique())


def flips_headline(cells: pd.DataFrame) -> str:
    """The finding: how many leads meet what is agreed after and not before, and the other way round."""
    sums, criteria = whole(cells), criteria_that_turn(cells)
    if cells.empty:
        return "No lead has been judged"
    more = f"{things(criteria, 'criterion is', 'criteria are')} answered otherwise"
    if sums is None or not sums.flipped:
        return more if criteria else "No lead's answer changes"
    of = f"{count(sums.flipped)} of {things(sums.n, 'lead')} flip"
    said = [
        f"{count(number)} {words}"
        for number, words in (
            (sums.gained, "come to meet what is agreed"),
            (sums.lost, "no longer do" if sums.gained else "no longer meet what is agreed"),
            (sums.otherwise, "answer otherwise without meeting it"),
        )
        if number
    ]
    return f"{of}: {', '.join(said)}"
