"""Agreements at random: conditions of every kind inside each other, rules, ways to qualify, facts behind reasons."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, get_args

from core.definition import Definition, parse
from core.definition.conditions import Op

WORDS = (
    "CEO", "c.e.o.", "Head of IT", "head of it", "none", "No budget yet", "Not decided", "unknown", "Select", "-", "0",
    "0,00", "12", "12.5", "1e3", "1,200", "50", "Straße", "ΟΔΟΣ", "οδός", "Istanbul", "yes", "false", "n/a", "25-50k",
    "a.b", "(x|y)*", "\\d",
)  # fmt: skip
TYPES = ("Form", "form", "Web-inar", "webinar", "Call", "E-mail", "Visit", "?!")
TEXTS = ("title", "industry", "budget", "authority", "email", "phone", "source", "x:plan", "x:seats", "x:nowhere")
NUMBERS = ("employees", "fit_score", "behaviour_score")
FIELDS = (*TEXTS, *NUMBERS, "opted_out", "created_at", "x:rating", "timeline")
"""What may be asked for: `x:nowhere` stands in no data, `x:rating` in a history alone, `timeline` in a column that is
there and empty."""


def some(chance: random.Random, of: Sequence[str], most: int = 3) -> tuple[str, ...]:
    return tuple(chance.sample(of, chance.randint(1, most)))


def random_condition(
    chance: random.Random, *, criteria: Sequence[str] = (), of_lead: bool = False, deep: int = 3
) -> dict[str, Any]:
    """A condition as it is written; `criteria` may be asked for, `of_lead`: what the lead is, as a fit rule asks."""

    def inside() -> dict[str, Any]:
        return random_condition(chance, criteria=criteria, of_lead=of_lead, deep=deep - 1)

    if deep and chance.random() < 0.4:
        kind = chance.choice(("all", "any", "not", "at_least"))
        if kind == "not":
            return {"kind": kind, "of": inside()}
        of = [inside() for _ in range(chance.randint(1, 4))]
        return {"kind": kind, "of": of, **({"k": chance.randint(1, len(of))} if kind == "at_least" else {})}
    kinds = ["compare", "one_of", "says", "stated", "has", "flagged", "valid", "has_deal"]
    kinds += [] if of_lead else ["happened", "happened", "happened", "scored"] + ["meets"] * bool(criteria)
    kind = chance.choice(kinds)
    field = {"field": chance.choice(FIELDS)}
    parts: dict[str, dict[str, Any]] = {
        "compare": {
            "field": chance.choice((*NUMBERS, "x:seats", "title", "x:rating")),
            "op": chance.choice(get_args(Op)),
            "value": chance.choice((0, 12, 12.5, 50, -3, 1000)),
        },
        "one_of": {**field, "values": some(chance, WORDS, 5)},
        "says": {**field, "words": some(chance, WORDS), "place": chance.choice(("anywhere", "start"))},
        "stated": field,
        "has": field,
        "flagged": {"field": chance.choice(("opted_out", "x:plan", "budget")), "on": chance.random() < 0.5},
        "valid": {"what": chance.choice(("mail", "business_mail", "lasting_mail", "phone"))},
        "has_deal": {"what": chance.choice(("any", "amount", "close_date"))},
        "happened": {
            "what": chance.choice(("activity", "activity", "touch", "contact")),
            "names": chance.choice(((), some(chance, TYPES))),
            "at_least": chance.choice((1, 1, 2, 3)),
            "within_days": chance.choice((None, 1, 7, 30)),
        },
        "scored": {"side": chance.choice(("fit", "behaviour", "sum")), "at_least": chance.choice((0, 0.5, 5, 12.3))},
        "meets": {"criterion": chance.choice(criteria) if criteria else ""},
    }
    return {"kind": kind, **parts[kind]}


def random_rule(chance: random.Random, number: int) -> dict[str, Any]:
    """A rule as it is written."""
    known = {"id": f"rule_{number}", "name": f"Rule {number}", "points": chance.choice((5, 0.1, -2.5, 12.3, 1))}
    known["on"] = chance.random() < 0.9
    if chance.random() < 0.4:
        return {"kind": "fit", **known, "when": random_condition(chance, of_lead=True, deep=2)}
    return {
        "kind": "behaviour",
        **known,
        "what": chance.choice(("activity", "activity", "touch", "contact")),
        "names": some(chance, TYPES),
        "within_days": chance.choice((None, 1, 7, 30)),
        "cap": chance.choice((None, 1, 2)),
        "half_life_days": chance.choice((None, None, 0.5, 14)),
    }


def random_qualification(chance: random.Random, *, export_only: bool) -> dict[str, Any] | None:
    """A way to qualify as it is written."""
    policy: dict[str, Any] = chance.choice(
        (
            {"kind": "both", "fit": 5, "behaviour": 1},
            {"kind": "sum", "at_least": 10},
            {"kind": "grid", "fit_from": (20, 5, 0), "behaviour_from": (0, 2.5, None)},
        )
    )
    points = "export" if export_only else chance.choice(("rules", "rules", "export"))
    return chance.choice((None, {"policy": policy, "points": points}, {"policy": policy, "points": points}))


def random_definition(chance: random.Random, ground: Definition, *, criteria: int = 12, rules: int = 8) -> Definition:
    """`ground` with other criteria, rules, qualification and facts behind its reasons."""
    ids = [f"criterion_{number}" for number in range(criteria)]
    # A criterion asks for earlier ones, in any order of theirs.
    place = {name: number for number, name in enumerate(chance.sample(ids, len(ids)))}
    made = [
        {
            "id": name,
            "name": f"Is it {name}?",
            "condition": random_condition(chance, criteria=[other for other in ids if place[other] < place[name]]),
            "question": chance.choice(("", "Is it so? «Ja» – 是")),
            "sales_own": chance.random() < 0.2,
        }
        for name in ids
    ]
    own = [random_rule(chance, number) for number in range(chance.choice((rules, rules, rules, 0)))]
    agreed = random_qualification(chance, export_only=not own)
    if not own and agreed is None:
        agreed = {"policy": {"kind": "sum", "at_least": 10}, "points": "export"}
    behind = [
        chance.choice(
            (
                None,
                {"kind": "attempts", "attempts": 3, "days": 2},
                {"kind": "holds", "condition": random_condition(chance, criteria=ids)},
            )
        )
        for _ in ground.reasons
    ]
    written = ground.model_dump(mode="json")
    written |= {
        "criteria": made,
        "validated": chance.sample(ids, 3),
        "rules": own,
        "qualification": agreed,
        "reasons": [reason | {"facts": facts} for reason, facts in zip(written["reasons"], behind, strict=True)],
        "stages": [stage | {"criteria": chance.sample(ids, chance.randint(0, 2))} for stage in written["stages"]],
        "attention": [
            {"stage": written["stages"][0]["id"], "touches_most": 3, "touches_least": chance.choice((None, 1))}
        ],
        "machines": chance.choice((["Robo"], [])),
        "contact_words": ["connected"],
    }
    return parse(written)
