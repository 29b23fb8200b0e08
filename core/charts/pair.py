"""One share beside what it is held against: two bars, hatched where it is a leak."""

from collections.abc import Mapping

import plotly.graph_objects as go

from core import words
from core.charts.look import HATCHES, Look, figure, shown, wrapped
from core.stats.intervals import Rate

_HATCHES: Mapping[str, str] = {**HATCHES, "silent": HATCHES["rejected"], "late": HATCHES["rejected"]}
"""Beside the leaks of the funnel: what is silent, and what is late."""


def pair(one: Rate, other: Rate | None, names: tuple[str, str], outcome: str, look: Look) -> go.Figure:
    """A hatched bar for `one`, a grey one for `other` below it (left out where there is none), labelled directly.

    Without another the grey bar is everybody who entered: the share is then seen as a part of the whole.
    """
    low = Rate(one.n, one.n) if other is None else other
    values = [one.value, low.value]
    said = [words.share(one), words.share(low) if other is not None else words.count(one.n)]
    made = figure(look, 92, left=4, right=4, top=2, bottom=2)
    made.add_trace(
        go.Bar(
            x=values,
            y=[0, 1],
            orientation="h",
            width=0.72,
            marker={
                "color": [look.leak, look.ghost],
                "pattern": {
                    "shape": [_HATCHES[outcome], ""],
                    "fgcolor": look.ground,
                    "fgopacity": 0.8,
                    "fillmode": "overlay",
                    "size": 7,
                    "solidity": 0.2,
                },
            },
            hovertext=[f"{shown(name)}: {words.counted(rate)}" for name, rate in zip(names, (one, low), strict=True)],
            hoverinfo="text",
        )
    )
    top = max(values)
    notes = [
        {
            "x": value,
            "y": place,
            "text": said[place],
            "xanchor": "left",
            "xshift": 6,
            "showarrow": False,
            "font": {"size": look.size(14), "color": look.text},
        }
        for place, value in enumerate(values)
    ]
    made.update_layout(annotations=notes, bargap=0.2)
    made.update_xaxes(range=[0, top * 1.28], visible=False)
    made.update_yaxes(
        range=[1.5, -0.5],
        tickmode="array",
        tickvals=[0, 1],
        ticktext=[wrapped(name, 18) for name in names],
        automargin=True,
        ticklabelstandoff=8,
        tickfont={"size": look.size(13), "color": look.text},
    )
    return made
