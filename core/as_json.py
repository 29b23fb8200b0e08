"""Answers as JSON with stable keys, for scripts and schedules. README.md documents them."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from core.intake import Kind, Reading
from core.measures.cohort import Query, bounds
from core.measures.funnel import OUTCOMES, Funnel
from core.report import Report
from core.workspace import Receipt

_COUNTS = ("entered", *OUTCOMES, "inferred", "skipped", "again", "matured", "matured_advanced")


def text(value: object) -> str:
    """JSON that reads the same from run to run."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)


def funnel_json(report: Report, query: Query, *, examples: int = 20) -> dict[str, Any]:
    """One funnel with everything it is true of; a rate is null over nobody."""
    bounds(query, report.settings)
    found = report.funnel(query)
    definition = report.facts.definition
    odd = report.anomalies()
    won = report.won_value(query)
    return {
        "as_of": report.facts.as_of,
        "definition": {
            "id": definition.id,
            "name": definition.name,
            "hash": definition.content_hash(),
            "chosen": report.workspace.definition_chosen(),
        },
        "query": json.loads(query.model_dump_json()),
        "leads": report.facts.n_units,
        "without_stage": report.unplaced(),
        "identity_holds": found.broken().empty,
        "stages": _stages(found),
        "reasons": _reasons(found.reasons),
        "segments": _segments(found, won) if query.by else [],
        "nobody": list(report.idle_people()) if query.by in ("owner", "owner_name") else [],
        "won_value": _money(won),
        "anomalies": {
            str(kind): {"leads": len(rows), "examples": list(rows["lead_id"].head(examples))}
            for kind, rows in odd.groupby("kind", sort=True)
        },
        "unmatched": _plain(report.unmatched()),
        "which_stage_is_this": _plain(report.workspace.unanswered()[["name", "rows"]]),
    }


def _segments(found: Funnel, won: pd.DataFrame) -> list[dict[str, Any]]:
    # Split once, so that a column of thousands of values takes no more than its share.
    stages, reasons, money = _parts(found.stages), _parts(found.reasons), _parts(won)
    return [
        {
            "segment": segment,
            "stages": _stages(replace(found, stages=stages[segment])),
            "reasons": _reasons(reasons[segment]),
            "won_value": _money(money[segment]),
        }
        for segment in found.segments
    ]


def reading_json(reading: Reading) -> dict[str, Any]:
    """How a file was read."""
    return {
        "file": reading.file_name,
        "sha256": reading.sha256,
        "encoding": reading.encoding,
        "delimiter": reading.delimiter,
        "header_line": reading.header_line,
        "system": reading.system,
        "shape": reading.shape,
        "fingerprint": reading.fingerprint,
        "columns": [
            {"name": c.name, "field": c.field, "how": c.how, "format": c.format, "filled": c.filled}
            for c in reading.columns
        ],
        "rows": {name: int(number) for name, number in vars(reading.counts).items()},
        "made": reading.facts,
        "future": reading.future,
        "notices": [{"code": notice.code, "sentence": notice.sentence} for notice in reading.notices],
        "problems": problems_json(reading.problems),
        "mapping": reading.mapping.model_dump(mode="json"),
        "undecided": reading.undecided,
        "questions": questions_json(reading.questions),
    }


def questions_json(questions: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Open questions: id, text, examples, options and the reading proposed, null where somebody must say."""
    return [
        {
            "id": question.id,
            "text": question.text,
            "examples": list(question.examples),
            "options": [{"value": value, "label": label} for value, label in question.options],
            "proposed": question.proposed,
        }
        for question in questions
    ]


def problems_json(problems: Iterable[Kind]) -> list[dict[str, Any]]:
    """What was wrong with rows and cells, by kind: how often, where first, what stood there, and the way out."""
    return [asdict(kind) for kind in problems]


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    """What an import did."""
    return {**reading_json(receipt.reading), "import": receipt.batch.id, "already_imported": receipt.already}


def _stages(found: Funnel) -> list[dict[str, Any]]:
    """Every stage from the base on: zeros, and rates over nobody, where nobody entered."""
    base = 0 if found.query.base is None else found.definition.place(found.query.base)
    counted = {row["stage"]: row for row in found.total().to_dict("records")}
    return [
        {
            "stage": stage.id,
            "name": stage.name,
            **{name: int(counted[stage.id][name]) if stage.id in counted else 0 for name in _COUNTS},
            "rate": found.rate(stage.id).as_json(),
            "matured_rate": found.rate(stage.id, matured=True).as_json(),
            "reached": found.reached(stage.id).as_json(),
        }
        for stage in found.definition.stages[base:]
    ]


def _reasons(rows: pd.DataFrame) -> list[dict[str, Any]]:
    summed = rows.groupby(["stage", "outcome", "reason"], dropna=False, sort=True)["n"].sum().reset_index()
    return _plain(summed)


def _money(rows: pd.DataFrame) -> list[dict[str, Any]]:
    summed = rows.groupby("currency", dropna=False)[["deals", "amount_minor", "without_amount"]].sum().reset_index()
    return _plain(summed)


def _parts(rows: pd.DataFrame) -> defaultdict[str, pd.DataFrame]:
    """Segment → its rows; none of them for a segment that is not there."""
    parts = {str(segment): part for segment, part in rows.groupby("segment", sort=False)}
    return defaultdict(lambda: rows.iloc[:0], parts)


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            str(name): None if pd.isna(value) else value.item() if hasattr(value, "item") else value
            for name, value in row.items()
        }
        for row in frame.to_dict("records")
    ]
