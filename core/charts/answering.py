"""When are hand-offs answered, and whose clocks are missed? Hours of the week, and rep by rep."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from core import words
from core.charts.look import Look, figure, shown
from core.measures.sla import Sla
from core.stats.intervals import Rate
from core.worktime import DAYS


def week(found: pd.DataFrame, what: str, look: Look, *, height: int = 260) -> go.Figure:
    """How many in each hour of the week: `what` is `arrived` or `answered`."""
    grid = found.sort_values("hour")[what].astype(int).to_numpy().reshape(7, 24)
    made = figure(look, height, left=4, right=4, top=4, bottom=26)
    made.add_trace(
        go.Heatmap(
            z=grid.tolist(), x=[f"{hour:02}" for hour in range(24)], y=list(DAYS), xgap=1, ygap=1, showscale=False,
            colorscale=[[0, look.ground], [1, look.stage]],
            zmin=0, zmax=max(1, int(grid.max())),
            hovertext=[
                [f"{day} from {hour:02}:00: {words.count(int(n))} {what}" for hour, n in enumerate(row)]
                for day, row in zip(DAYS, grid, strict=True)
            ],
            hoverinfo="text",
        )
    )  # fmt: skip
    made.update_xaxes(type="category", nticks=12, tickfont={"size": look.size(12)}, showgrid=False)
    made.update_yaxes(autorange="reversed", automargin=True, tickfont={"size": look.size(12)}, ticklabelstandoff=6)
    return made


def week_table(found: pd.DataFrame) -> pd.DataFrame:
    """The same two pictures as a table: one row per hour of the week in which anything happened."""
    rows = found[(found["arrived"] > 0) | (found["answered"] > 0)].sort_values("hour")
    return pd.DataFrame(
        {
            "Day": [DAYS[hour // 24] for hour in rows["hour"]],
            "Hour": [f"{hour % 24:02}:00" for hour in rows["hour"]],
            "Handed over": rows["arrived"].to_numpy(),
            "First attempts": rows["answered"].to_numpy(),
        }
    )


def spread(
    found: Sla, bounds: pd.DataFrame, out: tuple[str, ...], called: Mapping[str, str], look: Look, *, height: int = 320
) -> go.Figure:
    """Every rep by clocks due and share missed, between the bounds of chance; only who stands out is named."""
    made = figure(look, height, left=look.size(58), right=16, top=10, bottom=40)
    for low, high, dash, name in (("low95", "high95", "dot", "95 %"), ("low998", "high998", "dash", "99.8 %")):
        for bound in (low, high):
            made.add_trace(
                go.Scatter(
                    x=bounds["n"].tolist(), y=bounds[bound].tolist(), mode="lines", hoverinfo="skip", name=name,
                    line={"color": look.quiet, "width": 1, "dash": dash},
                )
            )  # fmt: skip
    names = [name for name in found.names if found.rate(name).n]
    rates = [found.rate(name) for name in names]
    made.add_trace(
        go.Scatter(
            x=[rate.n for rate in rates],
            y=[rate.value for rate in rates],
            mode="markers",
            marker={
                "color": [look.leak if name in out else look.stage for name in names],
                "symbol": ["diamond" if name in out else "circle" for name in names],
                "size": 11,
            },
            customdata=[[name] for name in names],
            hovertext=[
                f"<b>{shown(called[name])}</b><br>{words.counted(rate)} missed"
                for name, rate in zip(names, rates, strict=True)
            ],
            hoverinfo="text",
            name="reps",
        )
    )
    whole, most = found.rate(), max([1, *(rate.n for rate in rates)])
    made.add_shape(
        type="line", x0=0, x1=most * 1.05, y0=whole.value, y1=whole.value, line={"color": look.quiet, "width": 1}
    )
    made.update_layout(annotations=_apart([(name, found.rate(name)) for name in out], called, most, look))
    made.update_xaxes(range=[0, most * 1.05], title={"text": "clocks due", "font": {"size": look.size(12)}}, nticks=6)
    made.update_yaxes(
        range=[-0.02, 1.04], tickmode="array", tickvals=[0, 0.5, 1], ticktext=["0 %", "50 %", "100 %"],
        tickfont={"size": look.size(13)}, ticklabelstandoff=10,
    )  # fmt: skip
    return made


def _apart(
    named: Sequence[tuple[str, Rate]], called: Mapping[str, str], most: int, look: Look
) -> list[dict[str, object]]:
    """Labels left of their dots; where two would lie on each other, the first alone: the table has them all."""
    notes: list[dict[str, object]] = []
    placed: list[Rate] = []
    for name, rate in named:
        if rate.n and all(abs(rate.n - o.n) > 0.25 * most or abs(rate.value - o.value) > 0.06 for o in placed):
            placed.append(rate)
            notes.append(
                {"x": rate.n, "y": rate.value, "xanchor": "right", "xshift": -9, "showarrow": False,
                 "text": shown(called[name]), "font": {"size": look.size(12), "color": look.text}}
            )  # fmt: skip
    return notes
