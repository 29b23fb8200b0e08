"""One clock in pictures: who was reached by when, month by month, and by bands of time."""

import pandas as pd
import plotly.graph_objects as go

from core import words
from core.charts.look import HATCHES, Look, figure
from core.clock_words import lasting, lasting_days
from core.definition import Clock
from core.measures.answer_times import DAY_BANDS, LEFT, TIMED_BANDS, TOUCHED
from core.measures.sla import Sla
from core.stats.competing import Incidence
from core.stats.intervals import Rate

_HATCH = HATCHES["rejected"]


def _ticks(horizon: int, day: int | None) -> list[int]:
    """Four to seven whole times from 0 to the horizon."""
    steps: tuple[int, ...] = (
        900,
        1800,
        3600,
        7200,
        10_800,
        14_400,
        21_600,
        28_800,
        43_200,
        86_400,
        144_000,
        288_000,
        604_800,
    )
    if day is not None:
        steps = tuple(number * day for number in (1, 2, 3, 5, 10, 20, 50))
    step = next((step for step in steps if horizon / step <= 6), -(-horizon // 5))
    return list(range(0, horizon + 1, step))


def curve(found: Incidence, clock: Clock, look: Look, *, day: int | None = None, height: int = 300) -> go.Figure:
    """The share reached by each time since the hand-off, the limit as a line, and below it how many were still open.

    `day`: the seconds of a day, where times are known in days alone; the limit is then whole days.
    """
    horizon = int(found.times[-2])
    limit = clock.limit_seconds if day is None else -(-clock.limit_seconds // day) * day

    def told(time: int) -> str:
        return lasting(time) if day is None else lasting_days(time, day, working=clock.time == "working")

    def written(time: int) -> str:
        return lasting(time) if day is None else f"{time // day} d"

    made = figure(look, height, left=look.size(62), right=look.size(64), top=8, bottom=54)
    inside = found.times <= horizon
    x = found.times[inside].tolist()
    notes = []
    for end, name, colour, dash in (
        (LEFT, "left", look.quiet, "dot"),
        (TOUCHED, "reached", look.stage, "solid"),
    ):
        y = found.reached[inside, end]
        if end == LEFT and not float(y.max(initial=0.0)) >= 0.01:
            continue
        made.add_trace(
            go.Scatter(
                x=x,
                y=y.tolist(),
                mode="lines",
                name=name,
                line={"color": colour, "width": 3 if end == TOUCHED else 2, "shape": "hv", "dash": dash},
                hovertext=[
                    f"{words.percent(float(share))} {name} within {told(time)}<br>{words.count(int(risk))} open before"
                    for time, share, risk in zip(x, y, found.at_risk[inside], strict=True)
                ],
                hoverinfo="text",
            )
        )
        notes.append(
            {
                "x": horizon, "y": float(y[-1]), "xanchor": "left", "xshift": 8, "showarrow": False, "align": "left",
                "text": f"<b>{words.percent(float(y[-1]))}</b><br>{name}",
                "font": {"size": look.size(13), "color": colour},
            }
        )  # fmt: skip
    made.add_shape(
        type="line",
        x0=limit,
        x1=limit,
        y0=0,
        y1=1,
        line={"color": look.leak, "width": 2, "dash": "dash"},
        layer="below",
    )
    notes.append(
        {
            "x": limit, "y": 1, "xanchor": "left", "xshift": 8, "yanchor": "top", "showarrow": False, "align": "left",
            "text": f"<b>limit {told(limit)}</b><br>{words.percent(found.by(limit, TOUCHED))} reached by then",
            "font": {"size": look.size(14), "color": look.text},
        }
    )  # fmt: skip
    ticks = _ticks(horizon, day)
    for time in ticks:
        place = min(int(time // max(1, int(found.times[1]))), len(found.at_risk) - 1)
        notes.append(
            {
                "x": time, "y": 0, "yshift": -38, "yanchor": "middle", "showarrow": False, "xanchor": "center",
                "text": words.count(int(found.at_risk[place])), "font": {"size": look.size(12), "color": look.quiet},
            }
        )  # fmt: skip
    notes.append(
        {
            "x": 0, "xref": "paper", "y": 0, "yshift": -38, "xshift": -22, "yanchor": "middle", "xanchor": "right",
            "showarrow": False, "text": "open", "font": {"size": look.size(12), "color": look.quiet},
        }
    )  # fmt: skip
    made.update_layout(annotations=notes)
    made.update_xaxes(
        range=[0, horizon], tickmode="array", tickvals=ticks, ticktext=[written(t) if t else "0" for t in ticks],
        tickfont={"size": look.size(13)},
    )  # fmt: skip
    made.update_yaxes(
        range=[0, 1.02], tickmode="array", tickvals=[0, 0.5, 1], ticktext=["0 %", "50 %", "100 %"],
        tickfont={"size": look.size(13)}, ticklabelstandoff=14,
    )  # fmt: skip
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
    rows = found[(found["hand_offs"] > 0) | ~found["band"].isin(_unused(found))]
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
        for at, text in ((1.66 * most, "yes"), (1.98 * most, "won"))
    ]  # fmt: skip
    for name, number, agreed, sold in zip(names, numbers, yes, won, strict=True):
        for at, anchor, text in (
            (number, "left", words.count(number)),
            (1.66 * most, "right", words.share(agreed) if agreed.n else "–"),
            (1.98 * most, "right", words.share(sold) if sold.n else "–"),
        ):
            notes.append(
                {"x": at, "y": name, "xanchor": anchor, "xshift": 6 if anchor == "left" else 0, "yanchor": "middle",
                 "showarrow": False, "text": text, "font": font}
            )  # fmt: skip
    made.update_layout(annotations=notes)
    made.update_xaxes(range=[0, 2 * most], visible=False)
    made.update_yaxes(
        autorange="reversed", categoryorder="array", categoryarray=names, automargin=True,
        tickfont={"size": look.size(13)}, ticklabelstandoff=8,
    )  # fmt: skip
    return made


def _unused(found: pd.DataFrame) -> tuple[str, ...]:
    """The bands of hours or of days, where nobody is known in them."""
    used = set(found.loc[found["hand_offs"] > 0, "band"])
    return tuple(name for names in (TIMED_BANDS, DAY_BANDS) if not used & set(names) for name in names)
