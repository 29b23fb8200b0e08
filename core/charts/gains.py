"""What each stage would add: bars, largest on top, labelled directly."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.look import Look, figure, shown


def gains(names: Sequence[str], values: Sequence[float], labels: Sequence[str], look: Look) -> go.Figure:
    """One horizontal bar per stage in the order given; the first in full colour, for it is the finding."""
    made = figure(look, 30 + 34 * len(names), left=4, right=4, top=4, bottom=4)
    made.add_trace(
        go.Bar(
            x=list(values),
            y=list(range(len(names))),
            orientation="h",
            width=0.7,
            marker={"color": [look.stage, *([look.ghost] * (len(names) - 1))]},
            hovertext=[f"{shown(name)}: {shown(label)}" for name, label in zip(names, labels, strict=True)],
            hoverinfo="text",
        )
    )
    made.update_layout(
        annotations=[
            {
                "x": value,
                "y": place,
                "text": shown(labels[place]),
                "xanchor": "left",
                "xshift": 6,
                "showarrow": False,
                "font": {"size": look.size(13), "color": look.text},
            }
            for place, value in enumerate(values)
        ]
    )
    made.update_xaxes(range=[0, max([*values, 1e-9]) * 1.25], visible=False)
    made.update_yaxes(
        range=[len(names) - 0.5, -0.5],
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=[shown(name) for name in names],
        automargin=True,
        ticklabelstandoff=8,
        tickfont={"size": look.size(13), "color": look.text},
    )
    return made
