"""Touches: calls, mails and meetings of our side, or what a lead did, one event each."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.intake.shapes.events import events
from core.intake.shapes.rows import Instants, Part, Rows
from core.intake.shapes.staging import Staging
from core.tables import DEAL_LEAD


def convert(rows: Rows, staging: Staging) -> None:
    """Stage the rows as events: `touch`, or what the export says they are."""
    for part in rows.parts():
        if not part.size:
            continue
        when = _when(part)
        name = pc.coalesce(part.text("type"), part.text("subtype"), pa.scalar("touch"))
        piece = events(
            lead_id=about(part),
            when=when,
            kind=rows.plan.constant("kind") or "touch",
            name=name,
            shape="log",
            lines=part.lines,
            row_id=part.ids("row_id"),
            actor=part.text("actor"),
            campaign_id=part.text("campaign_id"),
            detail=pc.coalesce(part.text("disposition"), part.text("subject")),
        )
        staging.add("events", piece)


def about(part: Part) -> pa.Array:
    """The lead of each row, or its deal under the deal's prefix."""
    deal = pc.binary_join_element_wise(pa.scalar(DEAL_LEAD), part.ids("deal_id"), "")
    return pc.coalesce(part.ids("lead_id"), deal)


def _when(part: Part) -> Instants:
    """The instant where there is one, else the day: a due date says less than the moment of completion."""
    exact, day = part.instants("when"), part.instants("day")
    part.note(exact, np.ones(part.size, np.bool_), "when")
    part.note(day, ~exact.known, "day")
    return Instants(
        pc.coalesce(exact.at, day.at),
        pc.coalesce(exact.day, day.day),
        pc.coalesce(exact.precision, day.precision),
        exact.known | day.known,
    )
