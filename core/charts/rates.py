"""A rate per segment with its interval: a dot where it can be said, a hollow one where too few stand behind it."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from core import words
from core.charts.look import Look, figure, shown
from core.stats.intervals import Rate

MOST = 15
"""More segments than this are for the table."""


def rates(by_segment: Mapping[str, Rate], overall: Rate, look: Look, *, labels: Sequence[str] = ()) -> go.Figure:
    """Dots with Wilson 95 % intervals, first segment on top, and a line at the rate of all.

    `customdata` is the segment; `labels` are what to call them, where that is something else.
    """
    chosen = list(by_segment.items())[:MOST]
    called = list(labels)[: len(chosen)] or [name for name, _ in chosen]
    made = figure(look, 46 + 26 * max(1, len(chosen)), left=4, right=12, top=18, bottom=24)
    firm = [(place, rate) for place, (_, rate) in enumerate(chosen) if not rate.few]
    made.add_trace(_dots(chosen, firm, called, look))
    high = max([overall.value if overall.n else 0.0, *(rate.interval[1] for _, rate in firm), 0.05])
    notes = [
        {
            "x": (rate.interval[1] if not rate.few else 0),
            "y": place,
            "xanchor": "left",
            "xshift": 6,
            "yanchor": "middle",
            "showarrow": False,
            "text": words.share(rate),
            "bgcolor": look.ground,
            "borderpad": 0,
            "font": {"size": look.size(12), "color": look.quiet if rate.few else look.text},
        }
        for place, (_, rate) in enumerate(chosen)
    ]
    if overall.n:
        made.add_shape(
            type="line",
            x0=overall.value,
            x1=overall.value,
            y0=-0.6,
            y1=len(chosen) - 0.4,
            line={"color": look.quiet, "width": 1, "dash": "dot"},
            layer="below",
        )
        notes.append(
            {
                "x": overall.value,
                "y": -0.6,
                "yanchor": "bottom",
                "showarrow": False,
                "text": f"all {words.share(overall)}",
                "font": {"size": look.size(12), "color": look.quiet},
            }
        )
    made.update_layout(annotations=notes)
    made.update_xaxes(range=[-0.02 * high, high * 1.18], visible=False)
    made.update_yaxes(
        range=[len(chosen) - 0.4, -0.6],
        tickmode="array",
        tickvals=list(range(len(chosen))),
        automargin=True,
        ticktext=[shown(name if len(name) < 30 else name[:28] + "…") for name in called],
        tickfont={"size": look.size(13), "color": look.text},
        ticklabelstandoff=8,
    )
    return made


def _dots(
    chosen: Sequence[tuple[str, Rate]], firm: Sequence[tuple[int, Rate]], called: Sequence[str], look: Look
) -> go.Scatter:
    return go.Scatter(
        x=[rate.value for _, rate in firm],
        y=[place for place, _ in firm],
        mode="markers",
        cliponaxis=False,
        marker={"color": look.stage, "size": 10},
        error_x={
            "type": "data",
            "symmetric": False,
            "color": look.stage,
            "thickness": 2,
            "width": 0,
            "array": [rate.interval[1] - rate.value for _, rate in firm],
            "arrayminus": [rate.value - rate.interval[0] for _, rate in firm],
        },
        customdata=[[chosen[place][0]] for place, _ in firm],
        hovertext=[
            f"<b>{shown(called[place])}</b><br>{words.counted(rate)}<br>95 % interval {words.interval(rate)}"
            for place, rate in firm
        ],
        hoverinfo="text",
        name="rates",
    )
