"""Pictures: every bar says what it counts, every number is text, and text from the data stays text."""

import json
from typing import Any

import pandas as pd
import pytest

from core.charts import DARK, LIGHT, Look, flows, rates, waterfall
from core.charts.look import shown, wrapped
from core.definition import Stage
from core.definition.templates import CLASSIC
from core.measures.flow import FLOW
from core.measures.funnel import LEAKS, Funnel
from core.stats.intervals import Rate
from tests.test_words import made

HAND_OFF, WON = CLASSIC.hand_off, CLASSIC.won
BUSY = made(
    (0, "disqualified", 903), (0, "stalled", 804), (0, "waiting", 128), (HAND_OFF, "rejected", 462),
    (HAND_OFF, "recycled", 40), (HAND_OFF, "disqualified", 89), (HAND_OFF, "stalled", 386), (HAND_OFF, "waiting", 41),
    (WON - 1, "lost", 437), (WON, "waiting", 254),
)  # fmt: skip


def bars(figure: Any, name: str) -> Any:
    return next(trace for trace in figure.data if trace.name == name)


def texts(figure: Any) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def test_each_bar_carries_its_stage_and_outcome() -> None:
    figure = waterfall(BUSY, LIGHT)
    stages, leaks = bars(figure, "stages"), bars(figure, "leaks")
    assert [tuple(point) for point in stages.customdata] == [(stage, "entered") for stage in CLASSIC.stage_ids]
    drawn = {tuple(point): n for point, n in zip(leaks.customdata, leaks.y, strict=True)}
    for _, row in BUSY.total().iterrows():
        for outcome in (*LEAKS, "waiting"):
            expected = int(row[outcome]) if row["stage"] != CLASSIC.stage_ids[-1] else 0
            assert drawn.get((row["stage"], outcome), 0) == expected


def test_leaks_hang_from_their_stage_down_to_those_who_went_on() -> None:
    leaks = bars(waterfall(BUSY, LIGHT), "leaks")
    rows = BUSY.total().set_index("stage")
    for stage in rows.index[:-1]:
        spans = [
            (base, base + n)
            for (at, _), base, n in zip(map(tuple, leaks.customdata), leaks.base, leaks.y, strict=True)
            if at == stage
        ]
        if spans:
            assert max(top for _, top in spans) == rows.loc[stage, "entered"]
            assert min(low for low, _ in spans) == rows.loc[stage, "advanced"]


def test_leaks_are_hatched_and_waiting_is_a_plain_ghost() -> None:
    for look in (LIGHT, DARK):
        leaks = bars(waterfall(BUSY, look), "leaks")
        for (_, outcome), colour, hatch in zip(
            map(tuple, leaks.customdata), leaks.marker.color, leaks.marker.pattern.shape, strict=True
        ):
            assert (colour == look.ghost) == (outcome == "waiting")
            assert bool(hatch) == (outcome != "waiting")
    assert bars(waterfall(BUSY, LIGHT), "stages").marker.color[WON] == LIGHT.won


@pytest.mark.parametrize("look", [LIGHT, LIGHT.larger()])
@pytest.mark.parametrize("before", [None, BUSY])
def test_no_two_numbers_touch(look: Look, before: Funnel | None) -> None:
    height = 330
    figure = waterfall(BUSY, look, height=height, before=before)
    plot = height - figure.layout.margin.t - figure.layout.margin.b
    per_unit = plot / figure.layout.yaxis.range[1]
    column = 980 / (figure.layout.xaxis.range[1] - figure.layout.xaxis.range[0])
    boxes = []
    for note in figure.layout.annotations:
        size = note.font.size
        wide = len(note.text.replace("<b>", "").replace("</b>", "")) * size * 0.5
        low = note.y * per_unit + (note.yshift or 0) - (size / 2 if note.yanchor == "middle" else 0)
        left = note.x * column - (wide / 2 if note.xanchor != "left" else 0)
        boxes.append((left, left + wide, low, low + size, note.text))
        assert low + size <= plot + 4, f"{note.text} leaves the picture"
    for place, (left, right, low, high, said) in enumerate(boxes):
        for other in boxes[place + 1 :]:
            apart = right <= other[0] + 2 or other[1] <= left + 2 or high <= other[2] + 2 or other[3] <= low + 2
            assert apart, f"{said} lies over {other[4]}"


def test_labels_say_number_outcome_and_share_but_no_share_of_few() -> None:
    assert any(
        text == "462 rejected · 45 %" or text.startswith("462 rejected · ") for text in texts(waterfall(BUSY, LIGHT))
    )
    few = made((0, "stalled", 7), (WON, "waiting", 4))
    assert "7 stalled" in texts(waterfall(few, LIGHT))
    assert not any("%" in text for text in texts(waterfall(few, LIGHT)))


def test_a_stock_leaks_nowhere() -> None:
    figure = waterfall(made((0, "stalled", 30), (0, "waiting", 5), (WON, "waiting", 4), policy="current"), LIGHT)
    assert set(bars(figure, "leaks").x) <= set(CLASSIC.stage_ids)
    assert set(bars(figure, "leaks").base) == {0}


def test_one_lead_alone_can_be_drawn() -> None:
    assert texts(waterfall(made((0, "waiting", 1)), LIGHT))


def test_the_order_is_that_of_the_definition() -> None:
    axis = waterfall(BUSY, LIGHT).layout.xaxis
    assert axis.categoryorder == "array"
    assert [slot for slot in axis.categoryarray if slot in CLASSIC.stage_ids] == list(CLASSIC.stage_ids)


def test_names_from_the_data_are_never_markup() -> None:
    evil = "<b>R&D</b> %{x} $a$"
    stages = tuple(
        Stage(**{**stage.model_dump(), "name": evil}) if not place else stage
        for place, stage in enumerate(CLASSIC.stages)
    )
    found = Funnel(
        BUSY.query, CLASSIC.model_copy(update={"stages": stages}), BUSY.as_of,
        BUSY.stages.assign(name=BUSY.stages["name"].mask(BUSY.stages["stage"] == CLASSIC.stage_ids[0], evil)),
        BUSY.reasons,
    )  # fmt: skip
    drawn = json.dumps(waterfall(found, LIGHT, before=found).to_plotly_json(), default=list)
    assert "<b>R&D" not in drawn
    assert "%{" not in drawn
    assert "$a$" not in drawn
    assert shown(evil) in drawn
    dots = rates({evil: Rate(30, 60)}, Rate(30, 60), LIGHT)
    assert dots.layout.yaxis.ticktext == (shown(evil),)
    assert shown(evil) in dots.data[0].hovertext[0]


def test_a_picture_is_small_enough_to_send_at_every_click() -> None:
    assert len(waterfall(BUSY, LIGHT, before=BUSY).to_json()) < 20_000


def test_rates_of_few_are_counts_without_a_dot() -> None:
    figure = rates({"big": Rate(30, 60), "small": Rate(3, 7), "none": Rate(0, 0)}, Rate(33, 67), LIGHT)
    assert [point[0] for point in figure.data[0].customdata] == ["big"]
    assert {"50 %", "3 of 7", "no data", "all 49 %"} <= set(texts(figure))


def test_rates_can_be_drawn_of_nobody() -> None:
    assert rates({}, Rate(0, 0), LIGHT).data


def test_a_flow_has_in_above_and_out_below() -> None:
    rows = FLOW.conform(
        pd.DataFrame(
            {"month": ["2026-01"], "stage": ["mql"], "entered": [5], "advanced": [7], "left": [1], "balance": [9]}
        )
    )
    figure = flows(rows, LIGHT)
    assert [tuple(trace.y) for trace in figure.data] == [(5,), (-7,), (-1,), (9,)]
    assert bars(figure, "out of the funnel").base == (-7,)


def test_long_names_are_shortened_with_an_ellipsis() -> None:
    assert wrapped("Sales accepted and very happy lead", 10).count("<br>") == 1
    assert wrapped("A&B", 10) == "A&amp;B"
