"""Where the numbers of a waterfall stand: over each stage, and beside each floating bar without touching another."""

import pandas as pd

from core import words
from core.charts.look import Look
from core.charts.parts import Part, gap
from core.measures.funnel import Funnel
from core.stats.intervals import FEW, Rate

HEAD = 36
"""Pixels over a stage that its number and share need."""
MOST = 5
"""Labels beside one stage's floating bars; more could not be read."""


def heads(
    rows: pd.DataFrame, found: Funnel, before: Funnel | None, slots: list[str], look: Look
) -> list[dict[str, object]]:
    """Over each stage its number and the share of all who entered the stage before that went on.

    Of all, as the shares beside the floating bars are, so that a picture adds up to 100 %; cards say what has matured.
    """
    was = {} if before is None else dict(zip(before.total()["stage"], before.total()["entered"], strict=True))
    out: list[dict[str, object]] = []
    earlier = ""
    for _, row in rows.iterrows():
        stage, n = str(row["stage"]), int(row["entered"])
        rate = found.rate(earlier) if earlier and found.query.policy != "current" else Rate(0, 0)
        small = "" if rate.n < FEW else words.percent(rate.value)
        if was:
            then = before.rate(earlier) if before is not None and rate.n and was.get(earlier) else Rate(0, 0)
            # Periods may differ in length: where there is a share, it is what is compared.
            said = words.count(was.get(stage, 0)) if then.n < FEW else words.percent(then.value)
            small = f"{small} · was {said}".removeprefix(" · ")
        at = {"x": slots.index(stage), "y": max(n, int(was.get(stage, 0))), "yanchor": "bottom", "showarrow": False}
        if small:
            out.append({**at, "yshift": 1, "text": small, "font": {"size": look.size(12), "color": look.text}})
        lift = look.size(14) if small else 1
        out.append(
            {
                **at,
                "yshift": lift,
                "text": f"<b>{words.count(n)}</b>",
                "font": {"size": look.size(17), "color": look.text},
            }
        )
        earlier = stage
    return out


def labels(
    rows: pd.DataFrame, before: Funnel | None, parts: list[Part], slots: list[str], look: Look, per_lead: float
) -> tuple[list[dict[str, object]], int]:
    """Beside each floating bar what it is, over the next stage's bar where nothing is drawn; and how high they reach.

    Where there is no room beside, and the columns are wide, the labels stand over the floating bars instead.
    """
    wide = len(slots) <= 9
    line, head = look.size(17 if wide else 15), look.size(HEAD)
    was = (
        {} if before is None else dict(zip(before.total()["stage"], before.total()["entered"].astype(int), strict=True))
    )
    high = {
        stage: max(int(n), was.get(stage, 0)) * per_lead
        for stage, n in zip(rows["stage"], rows["entered"], strict=True)
    }
    following = dict(zip(rows["stage"], [*rows["stage"].iloc[1:], ""], strict=True))
    out: list[dict[str, object]] = []
    reach = head + round(max(high.values(), default=0))
    for stage in rows["stage"]:
        told = _told([part for part in parts if part.stage == stage], look)
        if gap(stage) not in slots or not told:
            continue
        floor = high.get(following[stage], 0.0) + (head if following[stage] else 0) + line / 2
        top = max(part.base + part.n for part in told) * per_lead
        over = wide and floor + line * (len(told) - 1) > top
        floor = top + line / 2 + 2 if over else floor
        for part in told:
            y = floor if over else max((part.base + part.n / 2) * per_lead, floor)
            floor = y + line
            reach = max(reach, round(y + line / 2))
            out.append(
                {
                    "x": slots.index(gap(stage)) + (0 if over else 0.31),
                    "y": y / per_lead,
                    "yanchor": "middle",
                    "xanchor": "center" if over else "left",
                    "showarrow": False,
                    "text": part.said,
                    "font": {
                        "size": look.size(14 if wide else 12),
                        "color": look.quiet if part.outcome == "waiting" else look.text,
                    },
                }
            )
    return out, reach


def _told(hung: list[Part], look: Look) -> list[Part]:
    """The parts that get a label, lowest first."""
    most = [part for part in hung if part.outcome != "waiting"] if look.brief else hung
    largest = sorted(most, key=lambda part: -part.n)[: 2 if look.brief else MOST]
    return sorted(largest, key=lambda part: part.base)
