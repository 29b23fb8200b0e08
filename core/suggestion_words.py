"""What history suggests, in words."""

from collections.abc import Mapping
from datetime import tzinfo

from core.measures.suggested_points import Fit, Suggestion
from core.measures.suggested_uld import Separated
from core.words import count, day, percent, things

OUTCOMES: Mapping[str, str] = {"validated": "Sales said yes", "won": "Won"}


def points_told(found: Suggestion) -> str:
    """What the points are worth, in one sentence: of a later lead with the outcome and one without, which has more?"""
    told = found.late.separation
    if not told > 0.5:
        return "These points tell later leads apart no better than a coin"
    return f"These points put the right lead first in {percent(told)} of later pairs; a coin does in 50 %"


def cost(found: Suggestion) -> str:
    """What it costs that the points are whole.

    Separation is the share of pairs (ties halved); surprise the log loss of one lead.
    """
    return (
        f"What whole points cost, on later leads: {percent(found.exact_late.separation)} of pairs in order before "
        f"rounding, {percent(found.late.separation)} after; surprise per lead {found.exact_late.surprise:.4f} before, "
        f"{found.late.surprise:.4f} after. A coin puts 50 % of pairs in order."
    )


def learned(found: Suggestion, zone: tzinfo) -> str:
    """What was learned from, and what came after."""
    return (
        f"Learned from {_of(found.early)} handed over to {day(found.split_at, zone)}, held against {_of(found.late)} "
        f"after that. {found.doubling} points double the odds."
    )


def _of(fit: Fit) -> str:
    return f"{things(fit.n, 'hand-off')} ({count(fit.hits)} with that outcome)"


def drifted(found: Suggestion) -> str:
    """Have the leads changed since?"""
    if not found.drift.drifted:
        return "Later leads spread over the points as earlier ones did, as far as chance allows."
    return (
        "Later leads spread over the points otherwise than earlier ones (stability index "
        f"{found.drift.index:.3f}, chance explains {found.drift.limit:.3f}): learn again before this is signed."
    )


def uld_told(found: Separated) -> str:
    """What the yes and no of sales say of the ULD, in one sentence."""
    rows = found.criteria
    separating = rows[rows["separates"]]
    if separating.empty:
        verdicts = things(found.verdicts, "verdict")
        return f"No criterion tells the yes of sales from its no better than chance, in {verdicts}"
    best = separating.iloc[0]
    apart = f"{best['difference'] * 100:.0f} percentage points more often met where sales said yes"
    return f'"{best["name"]}" tells best what sales takes: {apart}'
