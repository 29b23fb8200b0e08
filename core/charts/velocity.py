"""Time in stage in pictures: how long those stayed who left, and how many are still there."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from core import words
from core.charts.look import HATCHES, Look, figure, shown, wrapped
from core.measures.velocity import Velocity
from core.stats.intervals import FEW
from core.velocity_words import stay

Row = Mapping[Any, Any]
ENDED, OPEN, OUTSTAYED = "ended", "open", "outstayed"
"""What a bar of `stages` is about: second part of its `customdata`."""
_HATCH = HATCHES["stalled"]
_LEFT, _RIGHT = (0.0, 0.5), (0.55, 1.0)


def stages(found: Velocity, look: Look, *, height: int = 300) -> go.Figure:
    """Per stage how long those stayed who left (median, P75, P90), and beside it how many are still there, how long.

    `customdata`: stage id, and which leads. Hatched: there for longer than nine of ten stayed.
    """
    rows = found.stages[found.stages["stage"] != found.definition.stage_ids[-1]].to_dict("records")
    order = {stage: place for place, stage in enumerate(found.definition.stage_ids)}
    rows.sort(key=lambda row: order[row["stage"]])
    # Few stages are not blown up to fill the height.
    made = figure(look, min(height, look.size(38 + 52 * len(rows))), left=4, right=4, top=look.size(24), bottom=4)
    size, small = look.size(14), look.size(12)
    notes: list[dict[str, object]] = [
        _heading("half · three quarters · nine of ten stayed no longer", "x", small, look),
        _heading("still there; hatched: longer than nine of ten stayed", "x2", small, look),
    ]
    firm = [float(row["p90"]) for row in rows if row["n"]]
    most, many = max([*firm, 1e-9]), max([*(int(row["open"]) for row in rows), 1])
    for name, shade in (("p90", 0.3), ("p75", 0.55), ("median", 1.0)):
        made.add_trace(
            go.Bar(
                x=[float(row[name]) if row["n"] else 0 for row in rows], y=list(range(len(rows))), orientation="h",
                width=0.62, marker={"color": look.stage, "opacity": shade, "line": {"width": 0}},
                customdata=[[row["stage"], ENDED] for row in rows], hovertext=[_hover(row) for row in rows],
                hoverinfo="text", name=name, unselected={"marker": {"opacity": shade}},
            )
        )  # fmt: skip
    for name, colour, hatch in ((OPEN, look.ghost, ""), (OUTSTAYED, look.leak, _HATCH)):
        made.add_trace(
            go.Bar(
                x=[0 if pd.isna(row[name]) else int(row[name]) for row in rows], y=list(range(len(rows))),
                orientation="h", width=0.62, xaxis="x2",
                marker={"color": colour, "line": {"width": 0}, "pattern": pattern(hatch, look)},
                customdata=[[row["stage"], name] for row in rows], hovertext=[_hover_open(row) for row in rows],
                hoverinfo="text", name=name, unselected={"marker": {"opacity": 1}},
            )
        )  # fmt: skip
    for place, row in enumerate(rows):
        notes.append(beside(float(row["p90"]) if row["n"] else 0, place, _stayed(row), "x", size, look))
        notes.append(beside(int(row["open"]), place, _there(row), "x2", size, look))
    made.update_layout(annotations=notes, xaxis2={"domain": list(_RIGHT), "range": [0, many * 2.4], "visible": False})
    made.update_xaxes(showgrid=False, zeroline=False, fixedrange=True)
    made.update_layout(xaxis={"domain": list(_LEFT), "range": [0, most * 1.9], "visible": False})
    rows_named(made, [row["name"] for row in rows], look)
    return made


def _heading(text: str, axis: str, size: int, look: Look) -> dict[str, object]:
    return {
        "x": 0, "xref": axis, "y": 1, "yref": "paper", "yanchor": "bottom", "xanchor": "left", "showarrow": False,
        "text": text, "font": {"size": size, "color": look.quiet},
    }  # fmt: skip


def beside(x: float, place: int, text: str, axis: str, size: int, look: Look) -> dict[str, object]:
    """A number right of its bar."""
    return {
        "x": x, "xref": axis, "y": place, "xanchor": "left", "xshift": 6, "yanchor": "middle", "showarrow": False,
        "text": text, "font": {"size": size, "color": look.text},
    }  # fmt: skip


def _stayed(row: Row) -> str:
    if not row["n"]:
        return "nobody has left yet"
    said = [stay(float(row[name])) for name in ("median", "p75", "p90")]
    units = [each.partition(" ")[2] for each in said]
    # A unit is said once where all three have the same.
    short = [
        each if unit != units[-1] else each.partition(" ")[0] for each, unit in zip(said[:2], units[:2], strict=True)
    ]
    few = f" (of {row['n']})" if int(row["n"]) < FEW else ""
    return f"<b>{short[0]}</b> · {short[1]} · {said[2]}{few}"


def _there(row: Row) -> str:
    n = int(row["open"])
    if n < FEW:
        return f"<b>{words.count(n)}</b>"
    return f"<b>{words.count(n)}</b> · half over {stay(float(row['age_median']))}"


def _hover(row: Row) -> str:
    if not row["n"]:
        return f"<b>{shown(row['name'])}</b><br>nobody has left yet"
    told = "<br>".join(
        f"{said} {stay(float(row[name]))}"
        for name, said in (("median", "half stayed no longer than"), ("p75", "three quarters"), ("p90", "nine of ten"))
    )
    return f"<b>{shown(row['name'])}</b><br>{words.count(int(row['n']))} left<br>{told}"


def _hover_open(row: Row) -> str:
    known = not pd.isna(row["outstayed"])
    late = f"<br>{words.count(int(row['outstayed']))} for longer than nine of ten" if known else ""
    return f"<b>{shown(row['name'])}</b><br>{words.count(int(row['open']))} still there{late}"


def pattern(shape: str | Sequence[str], look: Look) -> dict[str, object]:
    """Hatching over a bar, one for all of them or one each; empty for none."""
    return {
        "shape": shape if isinstance(shape, str) else list(shape), "fgcolor": look.ground, "fgopacity": 0.8,
        "fillmode": "overlay", "size": 7, "solidity": 0.25,
    }  # fmt: skip


def rows_named(made: go.Figure, names: Sequence[str], look: Look) -> None:
    """One name per row, first on top."""
    made.update_yaxes(
        range=[len(names) - 0.5, -0.5], tickmode="array", tickvals=list(range(len(names))), automargin=True,
        ticktext=[wrapped(name, 26, 1) for name in names], tickfont={"size": look.size(13), "color": look.text},
        ticklabelstandoff=8,
    )  # fmt: skip
