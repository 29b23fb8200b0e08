"""One clock in pictures: who was reached by when, month by month, by bands of time, by hour, and rep by rep."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from core import words
from core.charts.look import HATCHES, Look, figure, shown
from core.clock_words import lasting
from core.definition import Clock
from core.measures.answer_times import LEFT, TOUCHED
from core.measures.sla import Sla
from core.stats.competing import Incidence
from core.stats.intervals import Rate

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HATCH = HATCHES["rejected"]


def _ticks(horizon: int) -> list[int]:
    """Four or five whole times from 0 to the horizon."""
    steps = (900, 1800, 3600, 7200, 10_800, 14_400, 21_600, 28_800, 43_200, 86_400, 144_000, 288_000, 604_800)
    step = next((step for step in steps if horizon / step <= 6), -(-horizon // 5))
    return list(range(0, horizon + 1, step))


def curve(found: Incidence, clock: Clock, look: Look, *, height: int = 300) -> go.Figure:
    """The share reached by each time since the hand-off, the limit as a line, and below it how many were still open."""
    horizon = int(found.times[-2]) if len(found.times) > 1 else clock.limit_seconds
    made = figure(look, height, left=52, right=16, top=26, bottom=52)
    inside = found.times <= horizon
    x = (found.times[inside]).tolist()
    for end, name, colour, dash in (
        (LEFT, "left without it", look.quiet, "dot"),
        (TOUCHED, "reached", look.stage, "solid"),
    ):
        y = found.reached[inside, end]
        if end == LEFT and not float(y.max(initial=0.0)) > 0:
            continue
        made.add_trace(
            go.Scatter(
                x=x,
                y=y.tolist(),
                mode="lines",
                name=name,
                line={"color": colour, "width": 3 if end == TOUCHED else 2, "shape": "hv", "dash": dash},
                hovertext=[
                    f"{words.percent(float(share))} {name} within {lasting(time)}"
                    f"<br>{words.count(int(risk))} open before"
                    for time, share, risk in zip(x, y, found.at_risk[inside], strict=True)
                ],
                hoverinfo="text",
            )
        )
    limit, kept = clock.limit_seconds, found.by(clock.limit_seconds, TOUCHED)
    made.add_shape(
        type="line",
        x0=limit,
        x1=limit,
        y0=0,
        y1=1,
        line={"color": look.leak, "width": 2, "dash": "dash"},
        layer="below",
    )
    notes = [
        {
            "x": limit, "y": 1, "xanchor": "left", "xshift": 6, "yanchor": "top", "showarrow": False, "align": "left",
            "text": f"<b>limit {lasting(limit)}</b><br>{words.percent(kept)} reached by then",
            "font": {"size": look.size(14), "color": look.text},
        }
    ]  # fmt: skip
    ticks = _ticks(horizon)
    for time in ticks:
        place = min(int(time // max(1, int(found.times[1]))), len(found.at_risk) - 1)
        notes.append(
            {
                "x": time, "y": 0, "yshift": -34, "yanchor": "middle", "showarrow": False,
                "text": ("still open " if not time else "") + words.count(int(found.at_risk[place])),
                "xanchor": "left" if not time else "center", "xshift": -46 if not time else 0,
                "font": {"size": look.size(12), "color": look.quiet},
            }
        )  # fmt: skip
    made.update_layout(annotations=notes)
    made.update_xaxes(
        range=[0, horizon * 1.02], tickmode="array", tickvals=ticks, ticktext=[lasting(t) if t else "0" for t in ticks],
        tickfont={"size": look.size(13)},
    )  # fmt: skip
    made.update_yaxes(range=[0, 1.04], tickformat=".0%", nticks=5, tickfont={"size": look.size(13)})
    return made


def months(found: Sla, out: tuple[str, ...], look: Look, *, height: int = 300) -> go.Figure:
    """The share missed of the clocks due, month by month; who stands out is hatched. `customdata`: the month."""
    names = list(found.names)
    rates = [found.rate(name) for name in names]
    made = figure(look, height, left=4, right=4, top=22, bottom=30)
    made.add_trace(
        go.Bar(
            x=names,
            y=[0 if rate.few else rate.value for rate in rates],
            width=0.72,
            marker=_marks([name in out for name in names], look),
            customdata=[[name] for name in names],
            hovertext=[
                f"<b>{name}</b><br>{words.counted(rate)} missed" for rate, name in zip(rates, names, strict=True)
            ],
            hoverinfo="text",
            name="months",
            unselected={"marker": {"opacity": 0.55}},
        )
    )
    made.update_layout(annotations=[_over(name, rate, look) for name, rate in zip(names, rates, strict=True)])
    made.update_xaxes(
        type="category", categoryorder="array", categoryarray=names, nticks=12, tickangle=0,
        tickfont={"size": look.size(13)},
    )  # fmt: skip
    made.update_yaxes(range=[0, 1.12], visible=False)
    return made


def _over(name: str, rate: Rate, look: Look) -> dict[str, object]:
    text = f"{words.percent(rate.value)}" if not rate.few else f"{rate.hits} of {rate.n}"
    return {
        "x": name, "y": 0 if rate.few else rate.value, "yanchor": "bottom", "showarrow": False, "text": text,
        "font": {"size": look.size(13), "color": look.text},
    }  # fmt: skip


def _marks(missed: list[bool], look: Look) -> dict[str, object]:
    return {
        "color": [look.leak if flag else look.stage for flag in missed],
        "line": {"width": 0},
        "pattern": {
            "shape": [_HATCH if flag else "" for flag in missed],
            "fgcolor": look.ground, "fgopacity": 0.8, "fillmode": "overlay", "size": 7, "solidity": 0.2,
        },
    }  # fmt: skip


def bands(found: pd.DataFrame, look: Look, *, height: int = 300) -> go.Figure:
    """Hand-offs by time to the milestone, with the share of yes and of won in each band."""
    rows = found[(found["hand_offs"] > 0) | ~found["band"].isin(["known by day"])]
    made = figure(look, height, left=4, right=4, top=24, bottom=4)
    numbers = [int(n) for n in rows["hand_offs"]]
    most, names = max([1, *numbers]), list(rows["band"])
    made.add_trace(
        go.Bar(
            x=numbers, y=names, orientation="h", width=0.72, marker=_marks([name == "never" for name in names], look),
            hovertext=[f"<b>{name}</b><br>{words.count(n)} hand-offs" for name, n in zip(names, numbers, strict=True)],
            hoverinfo="text", name="bands",
        )
    )  # fmt: skip
    yes = [Rate(int(row["yes"]), int(row["judged"])) for row in rows.to_dict("records")]
    won = [Rate(int(row["won"]), int(row["hand_offs"])) for row in rows.to_dict("records")]
    font = {"size": look.size(13), "color": look.text}
    notes: list[dict[str, object]] = [
        {"x": at, "y": 1, "yref": "paper", "yanchor": "bottom", "xanchor": "right", "showarrow": False, "text": text,
         "font": {"size": look.size(12), "color": look.quiet}}
        for at, text in ((1.42 * most, "yes of those judged"), (1.7 * most, "won of all"))
    ]  # fmt: skip
    for name, number, agreed, sold in zip(names, numbers, yes, won, strict=True):
        for at, anchor, text in (
            (number, "left", words.count(number)),
            (1.42 * most, "right", words.share(agreed) if agreed.n else "–"),
            (1.7 * most, "right", words.share(sold) if sold.n else "–"),
        ):
            notes.append(
                {"x": at, "y": name, "xanchor": anchor, "xshift": 6 if anchor == "left" else 0, "yanchor": "middle",
                 "showarrow": False, "text": text, "font": font}
            )  # fmt: skip
    made.update_layout(annotations=notes)
    made.update_xaxes(range=[0, 1.72 * most], visible=False)
    made.update_yaxes(
        autorange="reversed", categoryorder="array", categoryarray=names, automargin=True,
        tickfont={"size": look.size(13)}, ticklabelstandoff=8,
    )  # fmt: skip
    return made


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


def spread(
    found: Sla, bounds: pd.DataFrame, out: tuple[str, ...], called: Mapping[str, str], look: Look, *, height: int = 320
) -> go.Figure:
    """Every rep by clocks due and share missed, between the bounds of chance; only who stands out is named."""
    made = figure(look, height, left=52, right=16, top=10, bottom=40)
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
    made.update_layout(
        annotations=[
            {"x": found.rate(name).n, "y": found.rate(name).value, "xanchor": "right", "xshift": -9, "showarrow": False,
             "text": shown(called[name]), "font": {"size": look.size(12), "color": look.text}}
            for name in out if name in names
        ]
    )  # fmt: skip
    made.update_xaxes(range=[0, most * 1.05], title={"text": "clocks due", "font": {"size": look.size(12)}}, nticks=6)
    made.update_yaxes(range=[-0.02, 1.04], tickformat=".0%", nticks=5)
    return made
