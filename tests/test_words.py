"""What the product says, and what it must not say with few leads."""

from typing import Any

import pandas as pd
import pytest

from core import words
from core.definition.templates import CLASSIC
from core.measures.cohort import Query
from core.measures.funnel import Funnel, from_signatures
from core.stats.intervals import Rate

STAGES = CLASSIC.stage_ids


def made(*rows: tuple[int, str, int], reason: str | None = None, **asked: Any) -> Funnel:
    """A funnel by hand: so many leads (third) came to the stage at this place (first) and ended there so (second)."""
    ends = ("waiting", "rejected", "recycled", "disqualified", "lost", "stalled")
    counted = pd.DataFrame(
        [
            {
                "segment": "",
                "stands": (1 << (place + 1)) - 1,
                "seen": (1 << (place + 1)) - 1,
                "top": place,
                "end": ends.index(end),
                "reason": reason,
                "matured": (1 << (place + 1)) - 1,
                "again": False,
                "n": n,
            }
            for place, end, n in rows
        ]
    )
    return from_signatures(counted, CLASSIC, Query(**asked), as_of=1_780_000_000, base=0)


def test_the_headline_names_stage_number_and_what_it_is_a_share_of() -> None:
    found = made((0, "stalled", 30), (CLASSIC.hand_off, "rejected", 60), (CLASSIC.won, "waiting", 10))
    name = CLASSIC.stages[CLASSIC.hand_off].name
    assert words.headline(found) == f"Sales loses most leads at {name}: 60 rejected, 86 % of the 70 that entered"


def test_before_the_hand_off_it_is_marketing_that_loses() -> None:
    assert words.headline(made((0, "stalled", 30), (CLASSIC.won, "waiting", 10))).startswith("Marketing loses most")


def test_under_twenty_there_is_no_percentage_anywhere() -> None:
    found = made((0, "stalled", 9), (CLASSIC.won, "waiting", 10))
    assert words.headline(found).endswith("9 stalled of the 19 that entered")
    for say in (words.share, words.counted, words.interval):
        assert "%" not in say(Rate(9, 19))
    assert words.points(Rate(9, 19), Rate(50, 100)) == ""


def test_where_nothing_leaks_the_headline_says_so() -> None:
    found = made((0, "waiting", 12), (CLASSIC.won, "waiting", 3))
    assert words.headline(found) == "No lead is lost so far: 12 of 15 leads are still on their way"


def test_nobody_is_no_data_and_never_zero_percent() -> None:
    assert words.share(Rate(0, 0)) == words.counted(Rate(0, 0)) == "no data"
    empty = Funnel(Query(), CLASSIC, 0, made((0, "waiting", 1)).stages.head(0), made((0, "waiting", 1)).reasons)
    assert words.headline(empty) == "No lead fits this question"
    assert words.identity(empty) == ""


def test_the_identity_is_said_and_a_broken_one_too() -> None:
    found = made((0, "stalled", 30), (CLASSIC.won, "waiting", 10))
    assert words.identity(found) == "every lead accounted for: 40 = 40"
    wrong = found.stages.assign(stalled=found.stages["stalled"] + 1)
    broken = Funnel(found.query, found.definition, found.as_of, wrong, found.reasons)
    assert words.identity(broken).startswith("not every lead is accounted for")


def test_passes_are_called_passes() -> None:
    found = made((0, "stalled", 30), (CLASSIC.won, "waiting", 10), counting="passes")
    assert "passes" in words.headline(found)
    assert words.identity(found).startswith("every pass")


def test_a_stock_is_not_a_conversion() -> None:
    said = words.headline(made((0, "stalled", 30), (CLASSIC.won, "waiting", 10), policy="current"))
    assert "%" not in said
    assert "now" in said


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (834_580_000, "EUR", "EUR 8.35 M"),
        (99_900, "EUR", "EUR 999.00"),
        (5_000_000, "JPY", "JPY 5 M"),
        (12_345, "KWD", "KWD 12.345"),
        (-1_234_567, "USD", "USD −12.35 k"),
        (1_000_000, None, "10 k, currency not stated"),
    ],
)
def test_money_keeps_its_currency_and_its_own_decimals(minor: int, currency: str | None, said: str) -> None:
    assert words.money(minor, currency, short=True) == said


def test_the_stage_at_which_most_are_lost_is_named_however_they_are_lost() -> None:
    # 55 are lost at the first stage in two ways, 40 at the second in one.
    found = made((0, "rejected", 30), (0, "stalled", 25), (1, "stalled", 40), (2, "waiting", 105))
    assert words.headline(found) == "Marketing loses most leads at Raw: 55 of 200, 28 %; 30 rejected"
