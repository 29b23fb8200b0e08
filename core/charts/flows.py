"""What came into a stage and went out of it, month by month, and what stayed."""

import pandas as pd
import plotly.graph_objects as go

from core import words
from core.charts.look import HATCHES, Look, figure


def flows(months: pd.DataFrame, look: Look, *, height: int = 300) -> go.Figure:
    """One stage of `measures.flow.FLOW`: bars up for in, down for on and out, a line for what stayed."""
    made = figure(look, height, left=44, right=8, top=24, bottom=30)
    month = months["month"].tolist()
    came, went, left = (months[name].astype(int) for name in ("entered", "advanced", "left"))
    series = (
        ("in", came, pd.Series(0, index=came.index), look.stage, ""),
        ("on to a later stage", -went, pd.Series(0, index=came.index), look.won, ""),
        ("out of the funnel", -left, -went, look.leak, HATCHES["rejected"]),
    )
    for name, height_of, base, colour, hatch in series:
        made.add_trace(
            go.Bar(
                x=month,
                y=height_of.tolist(),
                base=base.tolist(),
                name=name,
                width=0.72,
                marker={
                    "color": colour,
                    "line": {"width": 0},
                    "pattern": {
                        "shape": hatch,
                        "fgcolor": look.ground,
                        "fgopacity": 0.8,
                        "fillmode": "overlay",
                        "size": 7,
                        "solidity": 0.22,
                    },
                },
                hovertext=[f"{at}: {words.count(abs(n))} {name}" for at, n in zip(month, height_of, strict=True)],
                hoverinfo="text",
            )
        )
    balance = months["balance"].astype(int).tolist()
    made.add_trace(
        go.Scatter(
            x=month,
            y=balance,
            mode="lines+markers",
            name="in it at the end of the month",
            line={"color": look.text, "width": 2, "shape": "hvh"},
            marker={"size": 5, "color": look.text},
            hovertext=[
                f"{at}: {words.count(n)} in it at the end of the month" for at, n in zip(month, balance, strict=True)
            ],
            hoverinfo="text",
        )
    )
    made.update_xaxes(type="category", categoryorder="array", categoryarray=month, nticks=12, tickangle=0)
    made.update_yaxes(zeroline=True, zerolinecolor=look.quiet, zerolinewidth=1, tickformat=",d", nticks=5)
    # A legend in words over the bars: four series that no single bar could be labelled with.
    made.update_layout(
        showlegend=True,
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1.0,
            "yanchor": "bottom",
            "font": {"size": look.size(12)},
            "itemclick": False,
            "itemdoubleclick": False,
        },
    )
    return made
