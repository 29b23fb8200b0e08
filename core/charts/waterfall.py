"""The cohort as a waterfall: a bar per stage, between two stages what leaked, each with its number beside it."""

import pandas as pd
import plotly.graph_objects as go

from core import words
from core.charts.labels import HEAD, heads, labels
from core.charts.look import HATCHES, Look, figure, shown, wrapped
from core.charts.parts import Part, gap, parts_of, slots_of
from core.measures.funnel import Funnel

_FOOT = 40
"""Pixels under the bars that the names of the stages need."""


def waterfall(found: Funnel, look: Look, *, height: int = 330, before: Funnel | None = None) -> go.Figure:
    """The picture of a funnel; `before` draws another period's stages as grey bars behind.

    Each bar's `customdata` is stage id and outcome (`entered` for a stage bar), so that a click can say what it is.
    """
    rows, stock = found.total(), found.query.policy == "current"
    parts = parts_of(rows, stock=stock)
    slots = slots_of(rows, parts, stock=stock)
    made = figure(look, height, bottom=round(_FOOT * look.scale))
    room = height - 4 - round(_FOOT * look.scale)
    top = max([1, *rows["entered"].astype(int), *([] if before is None else before.total()["entered"].astype(int))])
    head = round(HEAD * look.scale)
    for _ in range(3):  # Labels are placed in pixels, and how many pixels a lead has depends on the room they need.
        per_lead = (room - head) / top
        beside, reach = labels(rows, before, parts, slots, look, per_lead)
        if reach <= room:
            break
        head = min(head + reach - room, room // 2)
    if before is not None:
        made.add_trace(_ghosts(before, rows, slots, look))
    made.add_trace(_stages(rows, found, slots, look, stock=stock))
    if parts:
        made.add_trace(_leaks(parts, rows, slots, look, stock=stock))
    made.update_layout(annotations=[*heads(rows, found, before, slots, look), *beside])
    # Ids are the categories, since two names may look alike; the order is that of the definition.
    names = {
        slot: wrapped(name, 13 if len(slots) > 9 else 20)
        for name, slot in zip(rows["name"], _of(rows, slots), strict=True)
    }
    made.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=list(slots),
        range=[-0.5, len(slots) - 0.1],
        tickmode="array",
        tickvals=list(names),
        ticktext=list(names.values()),
        tickangle=0,
        tickfont={"size": look.size(13), "color": look.text},
    )
    made.update_yaxes(range=[0, room / per_lead], visible=False)
    return made


def _of(rows: pd.DataFrame, slots: list[str]) -> list[str]:
    return [stage for stage in rows["stage"] if stage in slots]


def _stages(rows: pd.DataFrame, found: Funnel, slots: list[str], look: Look, *, stock: bool) -> go.Bar:
    won = found.definition.stages[found.definition.won].id
    hover = [
        f"<b>{shown(row['name'])}</b><br>{words.count(row['entered'])} {'are here' if stock else 'entered'}"
        + (f"<br>{words.count(row['inferred'])} of them known only from a later stage" if int(row["inferred"]) else "")
        for _, row in rows.iterrows()
    ]
    return go.Bar(
        x=_of(rows, slots),
        y=rows["entered"].astype(int).tolist(),
        width=0.74,
        marker={"color": [look.won if stage == won else look.stage for stage in rows["stage"]], "line": {"width": 0}},
        customdata=[[stage, "entered"] for stage in rows["stage"]],
        hovertext=hover,
        hoverinfo="text",
        name="stages",
        unselected={"marker": {"opacity": 0.55}},
    )


def _leaks(parts: list[Part], rows: pd.DataFrame, slots: list[str], look: Look, *, stock: bool) -> go.Bar:
    names = dict(zip(rows["stage"], rows["name"], strict=True))
    colours = [look.ghost if part.outcome == "waiting" else look.leak for part in parts]
    return go.Bar(
        x=[part.stage if stock else gap(part.stage) for part in parts],
        y=[part.n for part in parts],
        base=[part.base for part in parts],
        width=0.74 if stock else 0.56,
        marker={
            "color": colours,
            "line": {"width": 1, "color": look.ground},
            "pattern": {
                "shape": [HATCHES.get(part.outcome, "") for part in parts],
                "fgcolor": look.ground,
                "fgopacity": 0.8,
                "fillmode": "overlay",
                "size": 7,
                "solidity": 0.2,
            },
        },
        customdata=[[part.stage, part.outcome] for part in parts],
        hovertext=[
            f"<b>{shown(names[part.stage])}</b><br>{part.said} of {words.count(part.of)}"
            f"<br>{words.OUTCOME_MEANINGS[part.outcome]}"
            for part in parts
        ],
        hoverinfo="text",
        name="leaks",
        unselected={"marker": {"opacity": 0.55}},
    )


def _ghosts(before: Funnel, rows: pd.DataFrame, slots: list[str], look: Look) -> go.Bar:
    known = before.total()
    known = known[known["stage"].isin(rows["stage"])]
    return go.Bar(
        x=_of(known, slots),
        y=known["entered"].astype(int).tolist(),
        width=0.94,
        opacity=0.6,
        marker={"color": look.ghost, "line": {"width": 0}},
        hoverinfo="text",
        name="compared with",
        hovertext=[
            f"Compared with: {words.count(n)} {shown(name)}"
            for n, name in zip(known["entered"], known["name"], strict=True)
        ],
    )
