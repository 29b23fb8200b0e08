"""Deals: one row each, and what they say about their lead: opened, won, lost, or where they stand."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.intake.shapes.events import events
from core.intake.shapes.rows import Part, Rows, extra_name
from core.intake.shapes.staging import Staging
from core.intake.words import ENDED, LOST, OPEN, WON, fold
from core.tables import DEAL_LEAD

Bools = npt.NDArray[np.bool_]
OPENED, WON_NAME, LOST_NAME = "opportunity created", "Won", "Lost"
"""Names of the stage events that a deal makes."""


def convert(rows: Rows, staging: Staging) -> None:
    """Stage the rows as deals and events."""
    for part in rows.parts():
        if part.size:
            outcome = _outcome(part)
            staging.add("deals", _deals(part, outcome))
            for piece in _events(part, outcome):
                staging.add("events", piece)


def _deal_id(part: Part) -> pa.Array:
    return pc.coalesce(part.ids("deal_id"), part.ids("lead_id"))


def _outcome(part: Part) -> "npt.NDArray[np.str_]":
    """won, lost, other or open: by what the export is, by its flags, else by the words of outcome and stage."""
    fixed = part.all.plan.constant("outcome")
    if fixed:
        return np.full(part.size, fixed)
    words = [_by_word(text) for text in pc.coalesce(part.text("outcome"), part.text("stage")).to_pylist()]
    stages = [_by_word(text) for text in part.text("stage").to_pylist()]
    wons, closeds = part.flag("is_won").to_pylist(), part.flag("is_closed").to_pylist()
    ended = np.asarray(part.instants("lost_at").known)
    out = []
    for word, stage, won, closed, lost in zip(words, stages, wons, closeds, ended, strict=True):
        said = word or stage
        if won:
            out.append("won")
        elif closed:
            out.append(said if said in ("lost", "other") else "lost")
        elif closed is False:
            out.append("open")
        elif said:
            out.append("lost" if said == "won" and won is False else said)
        else:
            out.append("lost" if lost else "open")
    return np.array(out, dtype=np.str_)


def _by_word(label: str | None) -> str | None:
    """What a stage label or an outcome says by itself; None where it says nothing.

    >>> _by_word("Closed Won"), _by_word("6 - Closed Lost"), _by_word("Negotiation")
    ('won', 'lost', None)
    """
    word = fold(label or "").lstrip("0123456789")
    for name, words in (("won", WON), ("lost", LOST), ("other", ENDED), ("open", OPEN)):
        if word in words:
            return name
    return None


def _closed_at(part: Part, closed: Bools) -> tuple[pa.Array, str]:
    """When a closed deal ended, and the field that says so; an open deal's date is only expected."""
    target = "closed_at" if part.all.has("closed_at") else "lost_at"
    return pc.if_else(pa.array(closed), part.instants(target).at, pa.scalar(None, pa.int64())), target


def _deals(part: Part, outcome: "npt.NDArray[np.str_]") -> pa.Table:
    closed = outcome != "open"
    amount, currency = part.money("amount")
    at, _ = _closed_at(part, closed)
    lost_at = part.instants("lost_at").at
    columns = {
        "deal_id": _deal_id(part),
        "lead_id": part.ids("lead_id"),
        "company": part.text("company"),
        "owner": part.text("owner"),
        "opened_at": part.instants("opened_at").at,
        "closed_at": pc.if_else(pa.array(outcome == "lost"), pc.coalesce(lost_at, at), at),
        "amount_minor": amount,
        "currency": currency,
        "stage": part.text("stage"),
        "outcome": pa.array(outcome.tolist(), pa.string()),
        "reason": part.text("reason"),
        "source": part.text("source"),
        "campaign_id": part.text("campaign_id"),
        "batch": pa.array([0] * part.size, pa.int64()),
        "line": part.lines,
    }
    extras = part.extras()
    place = part.all.plan.position("closed_at")
    if place is not None:
        # What is expected of an open deal is no fact about it, but is kept.
        expected = pc.if_else(pa.array(closed), pa.scalar(None, pa.string()), part.text("closed_at"))
        extras[extra_name(part.all.plan.names[place], extras)] = expected
    return pa.table(columns | extras)


def _events(part: Part, outcome: "npt.NDArray[np.str_]") -> list[pa.Table]:
    deal = _deal_id(part)
    own = pc.binary_join_element_wise(pa.scalar(DEAL_LEAD), deal, "")
    lead_id = pc.coalesce(part.ids("lead_id"), own)
    lines, stage, reason = part.lines, part.text("stage"), part.text("reason")
    out = []
    for target, label in (("opened_at", OPENED), *part.all.stages()):
        when = part.instants(target)
        part.note(when, np.ones(part.size, np.bool_), target)
        out.append(
            events(lead_id=lead_id, when=when, kind="stage", name=label, shape="date", lines=lines,
                   keep=pa.array(when.known), row_id=deal)
        )  # fmt: skip
    ended = part.instants("closed_at")
    lost_at = part.instants("lost_at")
    names = {"won": pa.scalar(WON_NAME), "lost": pa.scalar(LOST_NAME), "other": None}
    for kind, name in names.items():
        which = outcome == kind
        target = "lost_at" if kind == "lost" and lost_at.known.any() else "closed_at"
        when = lost_at if target == "lost_at" else ended
        part.note(when, which, target)
        label = stage if name is None else pa.repeat(name, part.size)
        told = pa.array(which & np.asarray(label.is_valid()))
        for dated in (True, False):
            keep = pc.and_(told, pa.array(when.known == dated))
            out.append(
                events(lead_id=lead_id, when=when if dated else None, kind="stage", name=label,
                       shape="date" if dated else "status", lines=lines, keep=keep, row_id=deal, reason=reason)
            )  # fmt: skip
    keep = pc.and_(pa.array(outcome == "open"), stage.is_valid())
    out.append(
        events(
            lead_id=lead_id, when=None, kind="stage", name=stage, shape="status", lines=lines, keep=keep, row_id=deal
        )
    )
    return out
