"""Time in stage as JSON with stable keys, for scripts and schedules. README.md documents them."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from core.measures.cohort import Query
from core.report import Report
from core.sla_json import definition_json
from core.velocity_words import doubts

_DAYS = frozenset(
    ("median", "p75", "p90", "sum_median", "sum_p75", "sum_p90", "age_median", "age_p90", "low", "high", "others")
)


def velocity_json(report: Report, query: Query) -> dict[str, Any]:
    """Every stage with everything it is true of; a length that nobody knows is null. Lengths are in days."""
    found, definition = report.velocity(query), report.facts.definition
    last = definition.stage_ids[-1]
    return {
        "as_of": report.facts.as_of,
        "definition": definition_json(report),
        "query": json.loads(query.model_dump_json(include={"start", "end", "where", "by"})),
        "identity_holds": bool(
            (found.stages["trips"] == found.stages[["n", "open", "unknown", "misdated"]].sum(axis=1)).all()
        ),
        "slowest": found.slowest(),
        "stages": _by_stage(report, found.stages),
        "months": [_plain(row, group="month") for row in found.months.to_dict("records")],
        "profile": [_plain(row) for row in found.profile.to_dict("records")],
        "segments": _segments(report, query) if query.by else [],
        "doubts": [
            f"{row['name']}: {doubt}"
            for _, row in found.stages.iterrows()
            if row["stage"] != last
            for doubt in doubts(row)
        ],
    }


def _segments(report: Report, query: Query) -> list[dict[str, Any]]:
    parts = report.velocity_by(query)
    sizes = parts.stages.groupby("segment")["trips"].sum().sort_values(ascending=False, kind="stable")
    out = []
    for segment in map(str, sizes.index):
        groups = parts.groups[parts.groups["group"] == segment].drop(columns="group")
        out.append(
            {
                "segment": segment,
                "stages": _by_stage(report, parts.stages[parts.stages["segment"] == segment]),
                "slow": [str(stage) for stage in groups.loc[groups["slow"], "stage"]],
                "medians": [_plain(row) for row in groups.to_dict("records")],
            }
        )
    return out


def _by_stage(report: Report, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The stages in their order."""
    order = {stage: place for place, stage in enumerate(report.facts.definition.stage_ids)}
    told = [_plain(row) for row in rows.drop(columns="segment").to_dict("records")]
    return sorted(told, key=lambda row: order[row["stage"]])


def _plain(row: Mapping[Any, Any], **renamed: str) -> dict[str, Any]:
    out = {}
    for name, value in row.items():
        key = f"{name}_days" if name in _DAYS else renamed.get(name, str(name))
        out[key] = None if pd.isna(value) else value.item() if hasattr(value, "item") else value
    return out
