"""A history of changes: changes of stage with their reasons, and all other changes."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.intake.shapes.events import events
from core.intake.shapes.rows import Rows
from core.intake.shapes.staging import Staging
from core.intake.shapes.touches import about
from core.intake.typed import Dates, distinct
from core.intake.words import is_reason_field, is_stage_field

Bools = npt.NDArray[np.bool_]


def convert(rows: Rows, staging: Staging) -> None:
    """Stage the rows as events. A reason row of the same lead at the same instant gives its stage row the reason."""
    stage, reason = _kinds(rows)
    reasons, used = _join(rows, stage, reason)
    for part in rows.parts():
        if not part.size:
            continue
        new, field = part.text("new_value"), part.text("field")
        staged = stage[part.rows] & np.asarray(new.is_valid())
        old, changed = part.text("old_value"), pa.array(~staged)
        when = part.instants("when")
        part.note(when, np.ones(part.size, np.bool_), "when")
        piece = events(
            lead_id=about(part),
            when=when,
            kind=pa.array(np.where(staged, "stage", "change"), pa.string()),
            name=pc.if_else(pa.array(staged), new, pc.fill_null(field, "change")),
            shape="log",
            lines=part.lines,
            row_id=part.ids("row_id"),
            keep=pa.array(~used[part.rows]),
            actor=part.text("actor"),
            reason=pc.coalesce(
                pa.array([reasons.get(int(row)) for row in part.rows], pa.string()), part.text("reason")
            ),
            campaign_id=part.text("campaign_id"),
            detail=pc.if_else(changed, new, old),
            before=pc.if_else(changed, old, pa.scalar(None, pa.string())),
        )
        staging.add("events", piece)
        for row in np.flatnonzero(stage[part.rows] & ~np.asarray(new.is_valid())):
            place = rows.plan.position("new_value")
            name = rows.plan.names[place] if place is not None else None
            rows.problems.add("NO_STAGE", int(rows.sheet.start[part.rows[row]]), "", column=name)


def _kinds(rows: Rows) -> tuple[Bools, Bools]:
    """Which rows change the stage, and which give a reason. Without a column that names the field all change it."""
    at, size = rows.plan.position("field"), rows.sheet.table.num_rows
    if at is None:
        return np.ones(size, np.bool_), np.zeros(size, np.bool_)
    names = distinct(rows.sheet.table.column(at), only_empty=True)
    texts = names.values.to_pylist()
    stage = np.array([is_stage_field(text) for text in texts] + [False], np.bool_)
    reason = np.array([not is_stage_field(text) and is_reason_field(text) for text in texts] + [False], np.bool_)
    return stage[names.codes], reason[names.codes]


def _join(rows: Rows, stage: Bools, reason: Bools) -> tuple[dict[int, str], Bools]:
    """Row of a stage → its reason, and which reason rows were used so.

    Where several stage rows share lead and instant, the last one has the reason; of several reasons the first counts.
    """
    used = np.zeros(len(stage), np.bool_)
    when, place = rows.typed.get("when"), rows.plan.position("new_value")
    givers = np.flatnonzero(reason & rows.keep).astype(np.int64)
    if not len(givers) or not isinstance(when, Dates) or place is None:
        return {}, used
    takers = np.flatnonzero(stage & rows.keep).astype(np.int64)
    given, taking = _keys(rows, when, givers), _keys(rows, when, takers)
    texts = rows.sheet.table.column(place).take(pa.array(givers)).to_pylist()
    given["text"] = texts
    given = given[[bool(text.strip()) for text in texts]]
    given = given.drop_duplicates(["who", "at"], keep="first")
    taking = taking.drop_duplicates(["who", "at"], keep="last")
    both = taking.merge(given, on=["who", "at"], suffixes=("_stage", "_reason"))
    used[both["row_reason"].to_numpy()] = True
    return dict(zip(both["row_stage"].tolist(), both["text"].tolist(), strict=True)), used


def _keys(rows: Rows, when: Dates, which: "npt.NDArray[np.int64]") -> pd.DataFrame:
    """Whom and when, of the rows whose time is known."""
    ids = [rows.ids(target) for target in ("lead_id", "deal_id")]
    who = pc.coalesce(*(each.take(pa.array(which)) for each in ids if each is not None))
    at, _, _, known = when.rows(which)
    frame = pd.DataFrame({"who": who.to_pandas(), "at": at, "row": which})
    return frame[known & frame["who"].notna().to_numpy()]
