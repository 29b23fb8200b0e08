"""The black hole as JSON with stable keys, for scripts and schedules. README.md documents them."""

import json
import math
from typing import Any

import pandas as pd

from core.measures.black_hole import BlackHole
from core.measures.buckets import BUCKETS, SILENT
from core.measures.trail import coverage
from core.silence import Silence
from core.silence_words import doubts


def black_hole_json(asked: Silence) -> dict[str, Any]:
    """What became of every hand-off, with everything it is true of; a rate is null over nobody."""
    report, query = asked.report, asked.query
    found, definition = asked.counts(), report.facts.definition
    touches, stake, took = asked.touches_known(), asked.at_stake(), asked.delay()
    out = found.outstanding()
    return {
        "as_of": report.facts.as_of,
        "definition": {
            "id": definition.id,
            "name": definition.name,
            "hash": definition.content_hash(),
            "chosen": report.workspace.definition_chosen(),
        },
        "clock": None if found.clock is None else found.clock.model_dump(mode="json"),
        "query": json.loads(query.model_dump_json(include={"start", "end", "counting", "where", "by"})),
        "identity_holds": found.holds,
        "touches_known": touches,
        "answers_known": found.answers,
        **_counts(found, None),
        "expected_value": _expected(stake),
        "delay": {
            "n": took.n,
            "median_hours": _number(took.median),
            "p90_hours": _number(took.p90),
            "by_day": took.by_day,
        },
        "closed_loop": _closed_loop(asked.trail()),
        "segments": [
            {
                "segment": name,
                **_counts(found, name),
                "stands_out": name in out,
                "expected_value": _expected(stake[stake["segment"] == name]),
            }
            for name in found.largest()
        ]
        if query.by
        else [],
        "doubts": doubts(found, touches=touches, chosen=report.workspace.definition_chosen()),
    }


def _counts(found: BlackHole, segment: str | None) -> dict[str, Any]:
    whole = found.total(segment)
    return {
        "handed": whole["handed"],
        "dated": whole["dated"],
        "buckets": {name: whole[name] for name in BUCKETS},
        "due": whole["due"],
        "black_hole": {
            "leads": sum(whole[name] for name in SILENT),
            "left_since": whole["gone"],
            "of_handed": found.share(segment).as_json(),
            "of_due": found.rate(segment).as_json(),
        },
        "coverage": found.coverage(segment).as_json(),
    }


def _expected(stake: pd.DataFrame) -> list[dict[str, Any]]:
    """Per currency; `leads` is how many could be valued at best."""
    if stake.empty:
        return []
    leads = int(stake.drop_duplicates("segment")["leads"].sum())
    known = stake[stake["valued"] > 0]
    summed = known.groupby(known["currency"].fillna(""))[["expected_minor", "valued"]].sum()
    return [
        {
            "currency": str(code) or None,
            "expected_minor": round(float(row["expected_minor"])),
            "valued": int(row["valued"]),
            "leads": leads,
        }
        for code, row in summed.iterrows()
    ]


def _closed_loop(won: pd.DataFrame) -> list[dict[str, Any]]:
    kept = coverage(won)
    return [
        {
            "currency": code,
            "coverage": _number(value),
            "won": {
                str(row["trail"]): {
                    "deals": int(row["deals"]),
                    "amount_minor": int(row["amount_minor"]),
                    "without_amount": int(row["without_amount"]),
                }
                for _, row in won[won["currency"].fillna("") == (code or "")].iterrows()
            },
        }
        for code, value in kept.items()
    ]


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
