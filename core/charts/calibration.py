"""Did as many come as the points lead to expect? One pair of bars per band of points."""

import pandas as pd
import plotly.graph_objects as go

from core import words
from core.charts.look import Look, figure
from core.stats.intervals import Rate


def calibration(rows: pd.DataFrame, look: Look, *, height: int = 220) -> go.Figure:
    """The share that came in each band (`suggested_points.CALIBRATION`) before the share expected, in grey.

    Labels: what came, and below what was expected.
    """
    records = [row for row in rows.to_dict("records") if row["n"]]
    names = [band(int(row["low"]), int(row["high"])) for row in records]
    came = [Rate(int(row["hits"]), int(row["n"])) for row in records]
    expected = [float(row["expected"]) / int(row["n"]) for row in records]
    places = list(range(len(names)))
    made = figure(look, height, left=4, right=4, top=40, bottom=30)
    hover = [
        f"<b>{name} points</b><br>came: {words.counted(rate)}<br>expected: {words.percent(share)}"
        for name, rate, share in zip(names, came, expected, strict=True)
    ]
    for label, shares, colour, width in (
        ("expected", expected, look.ghost, 0.8),
        ("came", [rate.value for rate in came], look.stage, 0.46),
    ):
        made.add_trace(
            go.Bar(
                x=places, y=shares, width=width, name=label, hovertext=hover, hoverinfo="text",
                marker={"color": colour, "line": {"width": 0}}, customdata=[[name] for name in names],
            )
        )  # fmt: skip
    tops = [max(rate.value, share) for rate, share in zip(came, expected, strict=True)]
    made.update_layout(
        annotations=[
            {
                "x": place, "y": top, "yanchor": "bottom", "showarrow": False,
                "text": f"<b>{words.share(rate)}</b><br>expected {words.percent(share)}",
                "font": {"size": look.size(12), "color": look.text},
            }
            for place, rate, share, top in zip(places, came, expected, tops, strict=True)
        ]
    )  # fmt: skip
    made.update_xaxes(tickmode="array", tickvals=places, ticktext=names, tickfont={"size": look.size(13)})
    made.update_yaxes(range=[0, max([*tops, 1e-9]) * 1.2], visible=False)
    return made


def band(low: int, high: int) -> str:
    """A band of points.

    >>> band(3, 7), band(-2, -2)
    ('3 to 7', '−2')
    """
    return words.count(low) if low == high else f"{words.count(low)} to {words.count(high)}"
