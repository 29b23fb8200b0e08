"""What became of the leads handed over: the sum as falling bars, the black hole by group, and how old it is."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from core import words
from core.charts.look import HATCHES, Look, figure, shown, wrapped
from core.measures.black_hole import BlackHole
from core.measures.buckets import BUCKETS, MEANINGS, SILENT
from core.measures.holding import AGE_ORDER
from core.stats.intervals import Rate

HANDED = "handed"
MOST = 12
"""More groups than this are for the table."""
_HATCH = {"never_touched": HATCHES["rejected"], "touched_silent": HATCHES["recycled"]}
_ALWAYS = ("yes", "no", *SILENT)
"""Buckets that are drawn even where they are empty: an empty black hole is an answer."""


def accounting(found: BlackHole, names: Mapping[str, str], look: Look, *, height: int = 300) -> go.Figure:
    """Handed over on top, below it what became of it, each bar beginning where the one above ends.

    `names`: bucket → what it is called. `customdata` is the bucket (`handed` for the whole), so that a click can say
    which leads are meant.
    """
    whole = found.total()
    told = [name for name in BUCKETS if whole[name] or name in _ALWAYS]
    if "touched_silent" in told and names["never_touched"] != "Never touched" and not whole["touched_silent"]:
        told.remove("touched_silent")
    n, rows = whole["handed"], [HANDED, *told]
    base, bases = 0, [0]
    for name in told:
        bases.append(base)
        base += whole[name]
    numbers = [n, *(whole[name] for name in told)]
    made = figure(look, height, left=4, right=4, top=2, bottom=2)
    made.add_trace(
        go.Bar(
            x=numbers,
            y=list(range(len(rows))),
            base=bases,
            orientation="h",
            width=0.72,
            marker=_marks(rows, look),
            customdata=[[name] for name in rows],
            hovertext=[_hover(name, number, n, names) for name, number in zip(rows, numbers, strict=True)],
            hoverinfo="text",
            name="buckets",
            unselected={"marker": {"opacity": 0.55}},
        )
    )
    size = look.size(14)
    made.update_layout(
        annotations=[
            _beside(place, start, number, n, _said(name, number, n), size, look)
            for place, (name, start, number) in enumerate(zip(rows, bases, numbers, strict=True))
        ]
    )
    called = ["Handed over", *(names[name] for name in told)]
    made.update_xaxes(range=[0, max(n, 1) * 1.16], visible=False)
    _rows(made, called, look)
    return made


def _said(name: str, number: int, n: int) -> str:
    rate = Rate(number, n)
    plain = words.count(number)
    words_of = plain if name == HANDED or rate.few or not number else f"{plain} · {words.percent(rate.value)}"
    return f"<b>{words_of}</b>" if name in (HANDED, *SILENT) else words_of


def _beside(place: int, start: int, number: int, n: int, text: str, size: int, look: Look) -> dict[str, object]:
    """The number right of its bar; left of it where the bar ends at the edge."""
    left = start + number > 0.93 * n and start > 0.25 * n
    return {
        "x": start if left else start + number,
        "y": place,
        "xanchor": "right" if left else "left",
        "xshift": -6 if left else 6,
        "yanchor": "middle",
        "showarrow": False,
        "text": text,
        "font": {"size": size, "color": look.text},
    }


def _marks(rows: Sequence[str], look: Look) -> dict[str, object]:
    colours = {HANDED: look.stage, "yes": look.stage, "no": look.stage, "bypassed": look.stage, "disposed": look.stage}
    return {
        "color": [look.leak if name in SILENT else colours.get(name, look.ghost) for name in rows],
        "line": {"width": 1, "color": look.ground},
        "pattern": _pattern([_HATCH.get(name, "") for name in rows], look),
    }


def _pattern(shapes: Sequence[str] | str, look: Look) -> dict[str, object]:
    shape = shapes if isinstance(shapes, str) else list(shapes)
    return {
        "shape": shape,
        "fgcolor": look.ground,
        "fgopacity": 0.8,
        "fillmode": "overlay",
        "size": 7,
        "solidity": 0.2,
    }


def _hover(name: str, number: int, n: int, names: Mapping[str, str]) -> str:
    if name == HANDED:
        return f"<b>Handed over</b><br>{words.count(n)}"
    return f"<b>{shown(names[name])}</b><br>{words.counted(Rate(number, n))} handed over<br>{MEANINGS[name]}"


def _rows(made: go.Figure, called: Sequence[str], look: Look) -> None:
    made.update_yaxes(
        range=[len(called) - 0.5, -0.5],
        tickmode="array",
        tickvals=list(range(len(called))),
        ticktext=[wrapped(name, 30, 1) for name in called],
        automargin=True,
        ticklabelstandoff=8,
        tickfont={"size": look.size(13), "color": look.text},
    )


def by_group(
    found: BlackHole, segments: Sequence[str], look: Look, *, labels: Sequence[str] = (), names: Mapping[str, str]
) -> go.Figure:
    """The black hole of each group as a bar, never touched and touched apart, with its number and share of those due.

    `customdata` is the group; `labels` are what to call them, where that is something else.
    """
    chosen = list(segments)[:MOST]
    called = list(labels)[: len(chosen)] or [str(name) for name in chosen]
    made = figure(look, 20 + look.size(27) * max(1, len(chosen)), left=4, right=4, top=4, bottom=4)
    starts = [0] * len(chosen)
    for bucket in SILENT:
        numbers = [found.total(name)[bucket] for name in chosen]
        made.add_trace(
            go.Bar(
                x=numbers,
                y=list(range(len(chosen))),
                base=list(starts),
                orientation="h",
                width=0.7,
                marker={
                    "color": look.leak,
                    "line": {"width": 1, "color": look.ground},
                    "pattern": _pattern(_HATCH[bucket], look),
                },
                customdata=[[name] for name in chosen],
                hovertext=[
                    f"<b>{shown(label)}</b><br>{words.count(n)} {names[bucket].lower()}"
                    for label, n in zip(called, numbers, strict=True)
                ],
                hoverinfo="text",
                name=bucket,
            )
        )
        starts = [start + n for start, n in zip(starts, numbers, strict=True)]
    most = max([*starts, 1])
    made.update_layout(
        annotations=[
            {
                "x": start,
                "y": place,
                "xanchor": "left",
                "xshift": 6,
                "showarrow": False,
                "text": _of_due(found.rate(name)),
                "font": {"size": look.size(13), "color": look.text},
            }
            for place, (name, start) in enumerate(zip(chosen, starts, strict=True))
        ]
    )
    made.update_xaxes(range=[0, most * 1.55], visible=False)
    _rows(made, called, look)
    return made


def _of_due(rate: Rate) -> str:
    if not rate.n:
        return "none due"
    return (
        words.share(rate)
        if rate.few
        else f"<b>{words.count(rate.hits)}</b> of {words.count(rate.n)} · {words.percent(rate.value)}"
    )


def ages(found: BlackHole, look: Look, *, height: int = 220) -> go.Figure:
    """How long ago the leads of the black hole were handed over: a bar per band of `holding.age`, youngest first."""
    present = set(found.segments["segment"])
    bands = [name for name in AGE_ORDER if name in present and (found.size(name) or name != AGE_ORDER[-1])]
    numbers = [found.size(name) for name in bands]
    made = figure(look, height, left=4, right=4, top=22, bottom=40)
    made.add_trace(
        go.Bar(
            x=bands,
            y=numbers,
            width=0.74,
            marker={
                "color": look.leak,
                "line": {"width": 0},
                "pattern": _pattern(_HATCH["never_touched"], look),
            },
            customdata=[[name] for name in bands],
            hovertext=[f"{name}: {words.count(n)}" for name, n in zip(bands, numbers, strict=True)],
            hoverinfo="text",
            name="ages",
        )
    )
    made.update_layout(
        annotations=[
            {
                "x": place,
                "y": n,
                "yanchor": "bottom",
                "showarrow": False,
                "text": words.count(n),
                "font": {"size": look.size(13), "color": look.text},
            }
            for place, n in enumerate(numbers)
        ]
    )
    made.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=bands,
        tickmode="array",
        tickvals=bands,
        ticktext=[wrapped(name, 9) for name in bands],
        tickangle=0,
        tickfont={"size": look.size(12), "color": look.text},
    )
    made.update_yaxes(visible=False, range=[0, max([*numbers, 1]) * 1.05])
    return made
