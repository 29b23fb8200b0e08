"""Pictures and words of time in stage: every bar says whose leads it is, and text from the data stays text."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from core.charts import DARK, LIGHT, slow_stays
from core.charts import velocity as charts
from core.measures.cohort import Query
from core.measures.slow_stays import SLOW
from core.measures.velocity import Velocity
from core.report import Report
from core.velocity_words import bend_told, doubts, headline, slow_told, stay
from core.workspace import Workspace

EVIL = "<b>R&D</b> %{x} $a$"
MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04")


@pytest.fixture(scope="module")
def found(sample: Path) -> Iterator[Velocity]:
    with Workspace(sample) as here:
        yield Report(here, here.facts()).velocity(Query())


def slow(**columns: list[Any]) -> pd.DataFrame:
    """Four months of MQL, as far as they are told otherwise."""
    usual = {
        "stage": 4 * ["mql"], "group": list(MONTHS), "n": 4 * [40], "ended": 4 * [30], "median": 4 * [3.0],
        "ripe": 4 * [True], "low": 4 * [2.0], "high": 4 * [4.0], "others": 4 * [3.0], "slow": 4 * [False],
    }  # fmt: skip
    return SLOW.conform(pd.DataFrame({**usual, **columns}))


def texts(figure: Any) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def bars(figure: Any, name: str) -> Any:
    return next(trace for trace in figure.data if trace.name == name)


def test_each_bar_carries_its_stage_and_which_leads_it_is_about(found: Velocity) -> None:
    figure = charts.stages(found, LIGHT)
    stages = list(found.definition.stage_ids[:-1])
    for name, which in (("median", "ended"), ("p90", "ended"), ("open", "open"), ("outstayed", "outstayed")):
        bar = bars(figure, name)
        assert [tuple(point) for point in bar.customdata] == [(stage, which) for stage in stages]
        assert list(bar.x) == [float(found.stage(stage)[name]) for stage in stages]
    assert bars(figure, "outstayed").marker.pattern.shape
    assert "<b>2.8</b> · 4.9 · 6.1 days" in texts(figure)
    assert "<b>24 h</b> · 2.7 · 4.2 days" in texts(figure)
    assert "<b>426</b> · half over 163 days" in texts(figure)


@pytest.mark.parametrize("look", [LIGHT, DARK, LIGHT.larger()])
def test_every_picture_is_small_enough_to_send_at_every_click(found: Velocity, look: Any) -> None:
    mql = found.profile[found.profile["stage"] == "mql"]
    months = found.months[found.months["stage"] == "mql"]
    for figure in (
        charts.stages(found, look), slow_stays.months(months, look), slow_stays.profile(mql, look),
        slow_stays.groups(months, look),
    ):  # fmt: skip
        assert len(figure.to_json()) < 20_000


def test_slow_months_are_hatched_and_unripe_ones_are_a_word() -> None:
    nan = math.nan
    rows = slow(
        median=[3.0, 9.0, nan, nan], ripe=[True, True, False, False], low=[2.0, 7.0, 2.0, 30.0],
        slow=[False, True, False, True], ended=[30, 30, 4, 4], n=[40, 40, 40, 40],
    )  # fmt: skip
    figure = slow_stays.months(rows, LIGHT)
    bar = bars(figure, "months")
    assert list(bar.y) == [3, 9, 0, 30]
    assert [bool(each) for each in bar.marker.pattern.shape] == [False, True, False, True]
    assert texts(figure) == ["3 d", "9 d", "4 of<br>40 over", "over 30 d"]


def test_a_handful_is_drawn_grey_and_says_how_many() -> None:
    figure = slow_stays.months(slow(n=[40, 40, 40, 7], ended=[30, 30, 30, 6]), LIGHT)
    assert list(bars(figure, "months").marker.color) == [*3 * [LIGHT.stage], LIGHT.ghost]
    assert texts(figure)[-1] == "3 d<br>of 7"


def test_the_bend_is_marked_and_what_follows_is_hatched(found: Velocity) -> None:
    rows = found.profile[found.profile["stage"] == "mql"]
    figure = slow_stays.profile(rows, LIGHT)
    assert [bool(each) for each in bars(figure, "profile").marker.pattern.shape] == 8 * [False] + 4 * [True]
    assert "<b>the bend: day 8</b>" in texts(figure)
    assert len(figure.layout.shapes) == 1
    straight = found.profile[found.profile["stage"] == "opportunity"]
    assert not slow_stays.profile(straight, LIGHT).layout.shapes


def test_a_group_of_which_half_have_not_left_has_no_dot_but_a_word() -> None:
    rows = slow(group=["a", "b", "c", "d"], median=[3.0, 9.0, math.nan, 4.0], ended=[30, 30, 4, 30],
                slow=[False, True, False, False])  # fmt: skip
    figure = slow_stays.groups(rows, LIGHT)
    assert [point[0] for point in bars(figure, "groups").customdata] == ["a", "b", "d"]
    assert list(bars(figure, "groups").marker.symbol) == ["circle", "diamond", "circle"]
    assert "4 of 40 over" in texts(figure)


def test_names_from_the_data_are_never_markup(found: Velocity) -> None:
    named = found.stages.assign(name=EVIL)
    drawn = [
        charts.stages(Velocity(found.query, found.definition, 0, named, found.months, found.profile), LIGHT),
        slow_stays.groups(slow(group=[EVIL, "b", "c", "d"]), LIGHT),
    ]
    for figure in drawn:
        # What says which leads are meant is no text: nobody sees it.
        seen = [{**trace.to_plotly_json(), "customdata": None} for trace in figure.data]
        text = json.dumps([seen, figure.layout.to_plotly_json()], default=list)
        assert "<b>R&D" not in text
        assert "&lt;b&gt;" in text


# In words


def one(**numbers: float) -> pd.Series:
    usual = {"name": "MQL", "n": 100, "open": 10, "by_day": 0, "misdated": 0, "negative": 0, "unknown": 0}
    return pd.Series({**usual, **numbers})


def test_nothing_is_said_against_numbers_of_which_nothing_is_known_against() -> None:
    assert doubts(one()) == []
    assert doubts(one(by_day=110)) == ["Measured in whole days: no time of day is known."]
    assert doubts(one(by_day=7))[0].startswith("7 of 110 are measured in whole days")
    assert doubts(one(open=101))[0].startswith("More are still there than have left")
    assert doubts(one(unknown=3)) == ["3 left at a time that nobody recorded."]
    assert doubts(one(misdated=1))[0].startswith("1 trip is dated against the order of the stages: in no duration")
    assert "2 of them negative" in doubts(one(misdated=5, negative=2))[0]


def test_months_in_a_row_are_a_span_and_others_a_list() -> None:
    names = {"mql": "MQL"}
    assert slow_told(slow(), names) == "No month was slower at MQL than chance explains"
    rows = slow(slow=[False, True, True, True], median=[3.0, 5.0, 5.2, 6.0])
    assert slow_told(rows, names) == (
        "MQL was slow in 2026-02 to 2026-04: half stayed over 5 to 6 days, in other months over 3 days"
    )
    rows = slow(slow=[True, False, False, True], median=[5.0, 3.0, 3.0, 5.0])
    assert slow_told(rows, names).startswith("MQL was slow in 2026-01 and 2026-04: half stayed over 5 days,")
    assert slow_told(slow(ripe=4 * [False]), names).startswith("Which months were slow at MQL cannot be told")


def test_of_a_few_no_ninetieth_is_told(found: Velocity) -> None:
    few = found.stages.assign(n=7, open=3)
    said = headline(Velocity(found.query, found.definition, 0, few, found.months, found.profile))
    assert said == "Leads wait longest in Opportunity: half of the 7 who left stayed over 41 days; 3 are still there"


def test_of_too_few_nothing_is_said_of_a_bend(found: Velocity) -> None:
    assert bend_told(found.profile.iloc[:0], "MQL") == "Too few have been in MQL to say when leads stop moving on"


def test_a_length_that_nobody_knows_is_not_known() -> None:
    assert stay(math.nan) == "not known"
