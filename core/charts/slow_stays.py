"""Where it was slow, and where it bends: median stays by month and by group, and the chance to move on by age."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from core import words
from core.charts.look import HATCHES, Look, figure, shown
from core.charts.velocity import Row, beside, pattern, rows_named
from core.stats.intervals import FEW, Rate
from core.velocity_words import bend, stay

MOST = 15
"""More groups than this are for the table."""
_SLOW = HATCHES["rejected"]


def months(rows: pd.DataFrame, look: Look, *, height: int = 300) -> go.Figure:
    """The median stay by month of entry at one stage, slow months hatched. `customdata`: the month.

    `rows`: those of one stage of `slow_stays.SLOW`. Of a month of which no more than half is over it is said how many
    are; if it is slow already, its bar shows the least that half of it will stay. Few are drawn grey.
    """
    names, records = rows["group"].tolist(), rows.to_dict("records")
    made = figure(look, height, left=4, right=4, top=22, bottom=30)
    heights = [float(row["median"]) if row["ripe"] else float(row["low"]) if row["slow"] else 0.0 for row in records]
    few = [int(row["n"]) < FEW for row in records]
    made.add_trace(
        go.Bar(
            x=names, y=heights, width=0.72,
            marker={
                "color": [
                    look.leak if row["slow"] else look.ghost if less else look.stage
                    for row, less in zip(records, few, strict=True)
                ],
                "line": {"width": 0}, "pattern": pattern([_SLOW if row["slow"] else "" for row in records], look),
            },
            customdata=[[name] for name in names], hovertext=[_of_group(row) for row in records], hoverinfo="text",
            name="months", unselected={"marker": {"opacity": 0.55}},
        )
    )  # fmt: skip
    top = max([*heights, 1e-9])
    notes = [
        {
            "x": name, "y": height_of, "yanchor": "bottom", "showarrow": False, "text": _over(row),
            "font": {"size": look.size(13), "color": look.text if height_of and not less else look.quiet},
        }
        for name, height_of, row, less in zip(names, heights, records, few, strict=True)
    ]  # fmt: skip
    made.update_layout(annotations=notes)
    made.update_xaxes(
        type="category", categoryorder="array", categoryarray=names, nticks=12, tickangle=0,
        tickfont={"size": look.size(13)},
    )  # fmt: skip
    made.update_yaxes(range=[0, top * 1.2], visible=False)
    return made


def _over(row: Row) -> str:
    n = words.count(int(row["n"]))
    if row["ripe"]:
        return _short(float(row["median"])) + (f"<br>of {n}" if int(row["n"]) < FEW else "")
    return f"over {_short(float(row['low']))}" if row["slow"] else f"{words.count(int(row['ended']))} of<br>{n} over"


def _short(days: float) -> str:
    return stay(days).replace(" days", " d")


def _of_group(row: Row) -> str:
    over = f"{words.count(int(row['ended']))} of {words.count(int(row['n']))} are over"
    if pd.isna(row["median"]):
        return f"<b>{shown(row['group'])}</b><br>{over}<br>half have not left yet"
    high = f"to {stay(float(row['high']))}" if not pd.isna(row["high"]) else "or more"
    between = f"99.8 % interval {stay(float(row['low']))} {high}"
    return f"<b>{shown(row['group'])}</b><br>half stay over {stay(float(row['median']))}<br>{between}<br>{over}"


def profile(rows: pd.DataFrame, look: Look, *, height: int = 300) -> go.Figure:
    """The share of those still there that moves on, by age in the stage; after the bend hatched, below how many.

    `rows`: those of one stage of `age_profile.PROFILE`. `customdata`: the day.
    """
    days, width = rows["from_day"].astype(int).tolist(), int(rows["days"].iloc[0])
    rates = [Rate(int(moved), int(n)) for moved, n in rows[["moved", "n"]].to_numpy()]
    turn = bend(rows)
    late = [turn is not None and day >= turn for day in days]
    made = figure(look, height, left=4, right=4, top=24, bottom=look.size(52))
    made.add_trace(
        go.Bar(
            x=list(range(len(days))), y=[rate.value for rate in rates], width=0.78,
            marker={
                "color": [look.leak if each else look.stage for each in late], "line": {"width": 0},
                "pattern": pattern([_SLOW if each else "" for each in late], look),
            },
            customdata=[[day] for day in days],
            hovertext=[
                f"<b>day {day} to {day + width}</b><br>{words.counted(rate)} still there moved on"
                for day, rate in zip(days, rates, strict=True)
            ],
            hoverinfo="text", name="profile",
        )
    )  # fmt: skip
    top = max([*(rate.value for rate in rates), 1e-9])
    notes: list[dict[str, object]] = []
    for place, (day, rate) in enumerate(zip(days, rates, strict=True)):
        notes.append(
            {"x": place, "y": rate.value, "yanchor": "bottom", "showarrow": False, "text": words.share(rate),
             "font": {"size": look.size(13), "color": look.text}}
        )  # fmt: skip
        here = words.count(rate.n)
        notes.append(
            {"x": place, "y": 0, "yshift": -look.size(40), "yanchor": "middle", "showarrow": False, "text": here,
             "font": {"size": look.size(12), "color": look.quiet}}
        )  # fmt: skip
        if day == turn:
            made.add_shape(
                type="line", x0=place - 0.5, x1=place - 0.5, y0=0, y1=top * 1.12,
                line={"color": look.leak, "width": 2, "dash": "dash"}, layer="below",
            )  # fmt: skip
            notes.append(
                {"x": place - 0.5, "y": top * 1.14, "xanchor": "left", "xshift": 6, "yanchor": "top",
                 "showarrow": False, "text": f"<b>the bend: day {day}</b>",
                 "font": {"size": look.size(14), "color": look.text}}
            )  # fmt: skip
    made.update_layout(annotations=notes)
    made.update_xaxes(
        tickmode="array", tickvals=list(range(len(days))), ticktext=[f"day {day}" for day in days],
        tickfont={"size": look.size(12)}, range=[-0.5, len(days) - 0.5], tickangle=0,
    )  # fmt: skip
    made.update_yaxes(range=[0, top * 1.16], visible=False)
    return made


def groups(rows: pd.DataFrame, look: Look, *, labels: Sequence[str] = ()) -> go.Figure:
    """The median stay of each group with its 99.8 % interval, first on top; slow ones are diamonds.

    `rows`: those of one stage of `slow_stays.SLOW`, in order. `customdata`: the group.
    """
    chosen = rows.head(MOST).to_dict("records")
    called = list(labels)[: len(chosen)] or [str(row["group"]) for row in chosen]
    made = figure(look, 30 + look.size(27) * max(1, len(chosen)), left=4, right=12, top=4, bottom=4)
    known = [(place, row) for place, row in enumerate(chosen) if not pd.isna(row["median"])]
    ends = [float(row["high"]) if not pd.isna(row["high"]) else float(row["median"]) for _, row in known]
    most = max([*ends, 1e-9])
    made.add_trace(
        go.Scatter(
            x=[float(row["median"]) for _, row in known], y=[place for place, _ in known], mode="markers",
            marker={
                "color": [look.leak if row["slow"] else look.stage for _, row in known], "size": 11,
                "symbol": ["diamond" if row["slow"] else "circle" for _, row in known],
            },
            error_x={
                "type": "data", "symmetric": False, "color": look.quiet, "thickness": 1.5, "width": 0,
                "array": [end - float(row["median"]) for end, (_, row) in zip(ends, known, strict=True)],
                "arrayminus": [float(row["median"]) - float(row["low"]) for _, row in known],
            },
            customdata=[[row["group"]] for _, row in known], cliponaxis=False,
            hovertext=[
                _of_group({**row, "group": called[place]}) for place, row in known
            ],
            hoverinfo="text", name="groups",
        )
    )  # fmt: skip
    notes = []
    for place, row in enumerate(chosen):
        median = row["median"]
        end = 0.0 if pd.isna(median) else float(median) if pd.isna(row["high"]) else float(row["high"])
        of = words.count(int(row["n"]))
        text = (
            f"{words.count(int(row['ended']))} of {of} over"
            if pd.isna(median)
            else f"<b>{stay(float(median))}</b> of {of}"
        )
        notes.append(beside(end, place, text, "x", look.size(13), look))
    made.update_layout(annotations=notes)
    made.update_xaxes(range=[-0.02 * most, most * 1.5], visible=False)
    rows_named(made, called, look)
    return made
