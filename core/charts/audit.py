"""Stages recorded against the definition: who put leads there, since when, and who stands too low."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from core import words
from core.charts.look import HATCHES, Look, figure, shown, wrapped
from core.measures.audit import Audit
from core.stats.intervals import Rate

MOST = 8
"""More lines than this are for the table."""
_HATCH = HATCHES["rejected"]


def by_setter(found: Audit, labels: Mapping[tuple[str, str], str], look: Look) -> go.Figure:
    """Leads put into a stage against the definition, a bar per stage and setter (`Audit.lines`).

    `customdata`: stage and setter; `labels` says what each is called.
    """
    lines = found.lines()[:MOST]
    rates = [found.rate(stage=stage, setter=setter) for stage, setter in lines]
    hover = [
        f"<b>{shown(labels[line])}</b><br>{words.counted(rate)} put there against the definition"
        for line, rate in zip(lines, rates, strict=True)
    ]
    called = [labels[line] for line in lines]
    return _bars(called, rates, [list(line) for line in lines], hover, look, name="setters", hatched=True)


def by_stage(found: Audit, names: Mapping[str, str], look: Look) -> go.Figure:
    """Leads that stand lower than the definition gives, of those still there, a bar per stage. `customdata`: stage."""
    totals = {stage: found.total(stage=stage) for stage in names}
    stages = [stage for stage, whole in totals.items() if whole["too_low"]]
    rates = [Rate(totals[stage]["too_low"], totals[stage]["still"]) for stage in stages]
    hover = [
        f"<b>{shown(names[stage])}</b><br>{words.counted(rate)} still there meet what a later stage asks"
        for stage, rate in zip(stages, rates, strict=True)
    ]
    return _bars([names[stage] for stage in stages], rates, [[s] for s in stages], hover, look, name="low")


def months(found: Audit, stage: str, setter: str | None, look: Look, *, height: int = 190) -> go.Figure:
    """Leads put into a stage by month, those against the definition hatched and counted. `customdata`: the month."""
    rows = found.only(found.months, stage, setter).groupby("month")[["judged", "too_high"]].sum()
    names = rows.index.tolist()
    rates = [Rate(int(high), int(n)) for high, n in rows[["too_high", "judged"]].to_numpy()]
    made = figure(look, height, left=4, right=4, top=22, bottom=30)
    hover = [f"<b>{name}</b><br>{words.counted(rate)} too high" for name, rate in zip(names, rates, strict=True)]
    for kind, numbers, colour, hatch in (
        ("judged", [rate.n for rate in rates], look.ghost, ""),
        ("too high", [rate.hits for rate in rates], look.leak, _HATCH),
    ):
        made.add_trace(
            go.Bar(
                x=names, y=numbers, width=0.72, hovertext=hover, hoverinfo="text", name=kind,
                customdata=[[name] for name in names],
                marker={"color": colour, "line": {"width": 0}, "pattern": _pattern(hatch, look)},
            )
        )  # fmt: skip
    made.update_layout(
        annotations=[
            {
                "x": name, "y": rate.n, "yanchor": "bottom", "showarrow": False,
                "text": f"<b>{words.count(rate.hits)}</b>" + (f" of {words.count(rate.n)}" if len(names) < 7 else ""),
                "font": {"size": look.size(12), "color": look.text},
            }
            for name, rate in zip(names, rates, strict=True)
        ]
    )  # fmt: skip
    made.update_xaxes(
        type="category", categoryorder="array", categoryarray=names, tickangle=0, nticks=7,
        tickfont={"size": look.size(12)},
    )  # fmt: skip
    made.update_yaxes(range=[0, max([*(rate.n for rate in rates), 1]) * 1.25], visible=False)
    return made


def _bars(
    called: Sequence[str],
    rates: Sequence[Rate],
    data: list[list[str]],
    hover: list[str],
    look: Look,
    *,
    name: str,
    hatched: bool = False,
) -> go.Figure:
    rows = list(range(len(called)))
    made = figure(look, 24 + look.size(30) * max(1, len(rows)), left=4, right=4, top=4, bottom=4)
    numbers = [rate.hits for rate in rates]
    made.add_trace(
        go.Bar(
            x=numbers, y=rows, orientation="h", width=0.68, customdata=data, hovertext=hover, hoverinfo="text",
            name=name,
            marker={
                "color": look.leak if hatched else look.stage, "line": {"width": 0},
                "pattern": _pattern(_HATCH if hatched else "", look),
            },
        )
    )  # fmt: skip
    made.update_layout(
        annotations=[
            {
                "x": rate.hits, "y": row, "xanchor": "left", "xshift": 6, "showarrow": False,
                "text": _of(rate), "font": {"size": look.size(13), "color": look.text},
            }
            for row, rate in zip(rows, rates, strict=True)
        ]
    )  # fmt: skip
    made.update_xaxes(range=[0, max([*numbers, 1]) * (1.7 if hatched else 2.7)], visible=False)
    made.update_yaxes(
        range=[len(rows) - 0.5, -0.5], tickmode="array", tickvals=rows,
        ticktext=[wrapped(text, 34, 1) for text in called], automargin=True, ticklabelstandoff=8,
        tickfont={"size": look.size(13), "color": look.text},
    )  # fmt: skip
    return made


def _of(rate: Rate) -> str:
    plain = f"<b>{words.count(rate.hits)}</b> of {words.count(rate.n)}"
    return plain if rate.few else f"{plain} · {words.percent(rate.value)}"


def _pattern(hatch: str, look: Look) -> dict[str, object]:
    return {
        "shape": hatch, "fgcolor": look.ground, "fgopacity": 0.8, "fillmode": "overlay", "size": 7, "solidity": 0.2
    }  # fmt: skip
