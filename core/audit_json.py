"""The stage audit as JSON with stable keys, for scripts and schedules. README.md documents them."""

import json
from typing import Any

import pandas as pd

from core.audit_words import doubts, headline
from core.auditing import Auditing
from core.journeys.audited import VERDICTS
from core.measures.audit import Audit


def audit_json(asked: Auditing, *, examples: int = 20) -> dict[str, Any]:
    """Recorded stages held against a definition, with everything it is true of; a rate is null over nobody."""
    found, report = asked.found(), asked.report
    whole = found.total()
    return {
        "as_of": found.as_of,
        "definition": {
            "id": found.definition.id,
            "name": found.definition.name,
            "hash": found.definition.content_hash(),
            "chosen": report.workspace.definition_chosen(),
        },
        "query": json.loads(found.query.model_dump_json(include={"start", "end", "where", "counting"})),
        "headline": headline(found),
        "identity_holds": whole["n"] == sum(whole[name] for name in VERDICTS),
        **{name: whole[name] for name in ("n", *VERDICTS, "judged", "still", "still_high")},
        "rate": found.rate().as_json(),
        "bounds": [None if pd.isna(end) else end for end in found.bounds()],
        "findings": [
            {
                "stage": one.stage, "setter": one.setter, "name": one.name, "kind": one.kind,
                "rate": one.rate.as_json(), "others": one.others.as_json(), "criterion": one.part,
                "failing": one.failing, "since": one.first_at,
                "examples": list(
                    asked.leads(verdict="too_high", stage=one.stage, setter=one.setter, limit=examples)["lead_id"]
                ),
            }
            for one in found.findings()
        ],
        "cells": [{**row, "criteria": _criteria(found, row)} for row in _plain(found.cells)],
        "months": _plain(found.months),
        "known_from_the_export_alone": list(found.exported),
        "absent": list(found.absent),
        "doubts": doubts(found),
    }  # fmt: skip


def _criteria(found: Audit, row: dict[str, Any]) -> list[dict[str, Any]]:
    rows = found.only(found.failing, row["stage"], row["setter"])
    return _plain(rows.drop(columns=["stage", "setter"]))


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            str(name): None if pd.isna(value) else value.item() if hasattr(value, "item") else value
            for name, value in row.items()
        }
        for row in frame.to_dict("records")
    ]
