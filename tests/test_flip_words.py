"""Whose answers change, in words: every lead is counted on one side, and nothing is said of what did not move."""

from __future__ import annotations

import pandas as pd

from core.flip_words import criteria_that_turn, flips_headline, turned, whole
from core.measures.flips import FLIPS


def cells(*rows: tuple[str, str, str, str, int]) -> pd.DataFrame:
    """`about`, id, before, after, leads."""
    made = [(about, one, one or about, "", was, now, n) for about, one, was, now, n in rows]
    return FLIPS.conform(pd.DataFrame(made, columns=list(FLIPS.names)))


def test_every_lead_is_counted_on_one_side() -> None:
    found = turned(
        cells(
            ("uld", "", "met", "met", 5),
            ("uld", "", "met", "not met", 3),
            ("uld", "", "met", "cannot tell", 2),
            ("uld", "", "not met", "met", 7),
            ("uld", "", "cannot tell", "met", 1),
            ("uld", "", "cannot tell", "not met", 4),
            ("uld", "", "not met", "not met", 8),
        ),
        "uld",
    )
    assert found is not None
    assert (found.n, found.met_before, found.met_after) == (30, 10, 13)
    assert (found.gained, found.lost, found.otherwise, found.flipped) == (8, 5, 4, 17)
    assert found.untold_after == 2
    assert found.met_after == found.met_before + found.gained - found.lost


def test_the_finding_says_only_what_moved() -> None:
    same = ("uld", "", "met", "met", 20)
    assert flips_headline(cells(same)) == "No lead's answer changes"
    gained = cells(same, ("uld", "", "not met", "met", 1), ("uld", "", "met", "not met", 4))
    assert flips_headline(gained) == "5 of 25 leads flip: 1 come to meet what is agreed, 4 no longer do"
    lost = cells(same, ("uld", "", "met", "not met", 4))
    assert flips_headline(lost) == "4 of 24 leads flip: 4 no longer meet what is agreed"
    criterion = cells(same, ("criterion", "big", "met", "not met", 4), ("criterion", "big", "not met", "met", 4))
    assert criteria_that_turn(criterion) == 1
    assert flips_headline(criterion) == "1 criterion is answered otherwise"
    assert flips_headline(cells()) == "No lead has been judged"


def test_points_sum_up_a_version_that_has_nothing_to_validate() -> None:
    rows = [("uld", "", "not asked", "not asked", 10), ("qualification", "", "met", "not met", 10)]
    found = whole(cells(*rows))
    assert found is not None
    assert (found.name, found.lost) == ("qualification", 10)
    assert whole(cells(rows[0])) is None
    new = turned(cells(("uld", "", "not asked", "met", 6)), "uld")
    assert new is not None
    assert (new.gained, new.untold_after) == (6, 0)
