"""One clock as JSON with stable keys, for scripts and schedules. README.md documents them."""

import json
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd

from core.definition import Clock
from core.errors import NotYet
from core.measures.answer_times import LEFT, TOUCHED
from core.measures.sla import STATES, Sla
from core.measures.trust import Trust
from core.report import Report
from core.stats.competing import Incidence
from core.stats.intervals import FEW, Rate
from core.timekeeping import Timekeeping

OF_LIMIT = (0.25, 0.5, 1, 2, 3)
"""The curve in a table: at these parts of the limit."""
MONTH, EACH_OWNER = "month", "each_owner"
"""Groups beyond the columns: the month of the hand-off; and every owner that it had, whose own clock begins anew."""


def definition_json(report: Report) -> dict[str, Any]:
    """Which definition an answer is by, and whether a person chose it."""
    definition = report.facts.definition
    return {
        "id": definition.id,
        "name": definition.name,
        "hash": definition.content_hash(),
        "chosen": report.workspace.definition_chosen(),
    }


def clock_of(report: Report, clock_id: str | None) -> Clock:
    """The clock of that id, else the first that is agreed; `NotYet` where none is."""
    definition = report.facts.definition
    if clock_id is not None:
        return definition.clock(clock_id)
    if not definition.clocks:
        raise NotYet("No clock is agreed: nobody can say what is late.", "Begin with those that the page Clocks has.")
    return definition.clocks[0]


def split(asked: Timekeeping, by: str | None) -> Sla | None:
    """The states by a column, by `month`, or by `each_owner`; None where nothing is split."""
    if by is None:
        return None
    return asked.months() if by == MONTH else asked.reps() if by == EACH_OWNER else asked.by(by)


def sla_json(asked: Timekeeping, by: str | None, *, who: bool = False, explain: str | None = None) -> dict[str, Any]:
    """One clock with everything it is true of. What times say is null where they cannot be trusted.

    `who`: with whoever came to the milestone first. `explain`: with the limit that explains this column.
    """
    found, trusted, parts = asked.states(), asked.trust(), split(asked, by)
    sure = not trusted.faults
    return {
        "as_of": found.as_of,
        "definition": definition_json(asked.report),
        "clock": found.clock.model_dump(mode="json"),
        "query": {**json.loads(found.query.model_dump_json(include={"start", "end", "where"})), "by": by},
        "identity_holds": found.broken().empty and (parts is None or parts.broken().empty),
        **_states(found, None, sure=sure),
        "trust": {"trusted": sure, "faults": trusted.faults, "remarks": trusted.remarks, **_numbers(trusted)},
        "bands": _bands(asked.bands()) if sure else None,
        "curve": {"by_day": asked.by_day, "points": points(asked.curve(), asked.limit_seconds)} if sure else None,
        "segments": [] if parts is None else _segments(parts, sure=sure),
        "first_by": _first_by(asked.first_by()) if who and sure else [],
        "explained": None if explain is None else _explained(asked, by, explain),
        "doubts": doubts(asked.report),
    }


def doubts(report: Report) -> list[str]:
    """Why the clock itself may be doubted."""
    if report.workspace.definition_chosen():
        return []
    return ["The clock is Handoff's own proposal: nobody has agreed to it yet."]


def _states(found: Sla, segment: str | None, *, sure: bool) -> dict[str, Any]:
    whole = found.total(segment)
    return {
        "handed": whole["handed"],
        "states": {state: whole[state] for state in STATES},
        "due": whole["due"],
        "breach_rate": found.rate(segment).as_json() if sure else None,
        "ever_missed": whole["breached"],
        "past_due_now": whole["past_due"],
        "by_day": whole["by_day"],
    }


def _segments(parts: Sla, *, sure: bool) -> list[dict[str, Any]]:
    out = parts.outstanding() if sure else ()
    return [
        {"segment": name, **_states(parts, name, sure=sure), "stands_out": name in out if sure else None}
        for name in parts.names
    ]


def _first_by(rows: pd.DataFrame) -> list[dict[str, Any]]:
    times = ("median", "low", "high", "p90")
    return [
        {
            "who": row["who"],
            "taken": int(row["taken"]),
            "n": int(row["n"]),
            "few": bool(row["n"] < FEW),
            **{f"{name}_seconds": None if pd.isna(row[name]) else float(row[name]) for name in times},
        }
        for row in rows.to_dict("records")
    ]


def _explained(asked: Timekeeping, by: str | None, column: str) -> dict[str, Any]:
    split_by = replace(asked, query=asked.query.model_copy(update={"by": by}))
    fitted = split_by.fitted(column)
    others = split_by.apart(column, fitted)
    return {
        "column": column,
        "limits": [
            {
                "segment": row["segment"],
                "limit_minutes": None if pd.isna(row["limit_minutes"]) else int(row["limit_minutes"]),
                "agreement": Rate(int(row["agree"]), int(row["judged"])).as_json(),
                "unreached": int(row["unreached"]),
                "unread": int(row["unread"]),
            }
            for row in fitted.to_dict("records")
        ],
        "apart": [{**row, "took_minutes": int(row["took_minutes"])} for row in others.to_dict("records")],
    }


def _numbers(trusted: Trust) -> dict[str, Any]:
    return {name.replace("median_wait", "median_wait_seconds"): number for name, number in asdict(trusted).items()}


def _bands(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            "band": row["band"],
            "hand_offs": int(row["hand_offs"]),
            "validated": Rate(int(row["yes"]), int(row["judged"])).as_json(),
            "won": Rate(int(row["won"]), int(row["hand_offs"])).as_json(),
        }
        for row in rows.to_dict("records")
    ]


def points(reached: Incidence, limit_seconds: int) -> list[dict[str, Any]]:
    """The curve at the limit and at parts of it: `seconds`, `at_risk` just before, the shares `reached` and `left`.

    Each time is the curve's last step that is not after it; the limit itself is a step.
    """
    if not len(reached.times) or not reached.at_risk[0]:
        return []
    sought = [part * limit_seconds for part in OF_LIMIT]
    last = int(reached.times[-2])
    places = {int(np.searchsorted(reached.times, time, side="right")) - 1 for time in sought if time <= last}
    return [
        {
            "seconds": int(reached.times[place]),
            "at_risk": int(reached.at_risk[place]),
            "reached": float(reached.reached[place, TOUCHED]),
            "left": float(reached.reached[place, LEFT]),
        }
        for place in sorted(places)
        if place
    ]
