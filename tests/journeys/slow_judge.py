"""The judging of leads read a second time: slowly, one lead and one event after the other, in plain Python.

It shares nothing with `core.journeys` but the agreed definition: no frames, no expressions, and three-valued logic by
its own tables (True, False, and None for what cannot be told). Passes are those of the slow reading of the reduction.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple

from core.definition import (
    BehaviourRule,
    BothThresholds,
    Condition,
    Definition,
    FitRule,
    Grid,
    Happened,
    SumThreshold,
    reached,
)
from tests.journeys import slow_twin
from tests.journeys.slow_twin import DAY, Event, Pass

Told = bool | None
Row = Mapping[str, Any]

AND: dict[tuple[Told, Told], Told] = {
    (True, True): True, (True, False): False, (True, None): None,
    (False, True): False, (False, False): False, (False, None): False,
    (None, True): None, (None, False): False, (None, None): None,
}  # fmt: skip
OR: dict[tuple[Told, Told], Told] = {
    (True, True): True, (True, False): True, (True, None): True,
    (False, True): True, (False, False): False, (False, None): None,
    (None, True): True, (None, False): None, (None, None): None,
}  # fmt: skip
NOT: dict[Told, Told] = {True: False, False: True, None: None}

NUMBERS, FLAGS = ("employees", "fit_score", "behaviour_score", "created_at"), ("opted_out",)
CHECKS = {"email_ok": "email", "email_free": "email", "email_disposable": "email", "phone_ok": "phone"}
NOBODY_KNOWS = {"", "unknown", "na", "notknown", "notstated", "notsure", "select", "tbd", "null"}
MEANS_NO = {"no", "none", "false", "0", "nothing", "without", "notany", "nein", "non"}
YES, NO = {"true", "yes", "y", "1", "ja", "oui", "si"}, {"false", "no", "n", "0", "nein", "non"}


def every(answers: Sequence[Told]) -> Told:
    out: Told = True
    for answer in answers:
        out = AND[out, answer]
    return out


def either(answers: Sequence[Told]) -> Told:
    out: Told = False
    for answer in answers:
        out = OR[out, answer]
    return out


def at_least(k: int, answers: Sequence[Told]) -> Told:
    """At least k of them, however those that cannot be told may turn out."""
    turns = [(True, False) if answer is None else (answer,) for answer in answers]
    worlds = [sum(world) >= k for world in product(*turns)]
    return worlds[0] if len(set(worlds)) == 1 else None


class When(NamedTuple):
    """A time: its second, its day in the data's zone, and whether the day is all that is known."""

    at: int
    day: int | None
    by_day: bool = False


@dataclass(frozen=True)
class Moment:
    """When a lead is judged."""

    lead: str
    trip: int
    when: When
    kind: str

    def reached_by(self, other: When) -> bool:
        """Had the other happened by then?"""
        if self.when.day is not None and (self.when.by_day or other.by_day):
            assert other.day is not None
            return other.day <= self.when.day
        return other.at <= self.when.at

    def age(self, other: When) -> int:
        """Seconds since the other."""
        if self.when.day is not None and (self.when.by_day or other.by_day):
            assert other.day is not None
            return (self.when.day - other.day) * DAY
        return self.when.at - other.at


@dataclass
class Verdict:
    """What is said of one lead at one instant."""

    judged_at: int
    kind: str
    met: dict[str, Told] = field(default_factory=dict)
    behind: dict[str, Told] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    worth: dict[str, float] = field(default_factory=dict)
    fit: float | None = None
    behaviour: float | None = None
    qualified: Told = None


@dataclass
class World:
    """Everything that is known, as rows."""

    definition: Definition
    facts_definition: Definition
    zone: str
    as_of: int
    leads: Sequence[Row]
    deals: Sequence[Row]
    events: Sequence[Row]
    people: Sequence[Row]

    def __post_init__(self) -> None:
        self.under = slow_twin.counted_under(self.leads, self.deals)
        own = [lead for lead in self.leads if self.under(lead["lead_id"]) == lead["lead_id"]]
        self.rows: dict[str, dict[str, Any]] = {lead["lead_id"]: dict(lead) for lead in own}
        for deal in self.deals:
            name = f"deal:{deal['deal_id']}"
            if self.under(name) == name:
                shown = ("company", "owner", "source", "campaign_id")
                extra = {key: deal.get(key) for key in deal if key in shown or key.startswith("x:")}
                self.rows[name] = {**extra, "created_at": deal.get("opened_at"), "status": deal.get("stage")}
        ids = {*self.rows, *(self.under(e["lead_id"]) for e in self.events)}
        ids |= {self.under(lead["lead_id"]) for lead in self.leads}
        ids |= {self.under(f"deal:{deal['deal_id']}") for deal in self.deals}
        self.ids = sorted(ids)
        self.of_lead: dict[str, list[Row]] = defaultdict(list)
        for event in self.events:
            self.of_lead[self.under(event["lead_id"])].append(event)
        dated = [e for e in self.events if e["happened_at"] is not None and e["happened_at"] <= self.as_of]
        self.has = {e["kind"] for e in dated} | ({"deal"} if self.deals else set())
        self.changed = {spelling(e["name"]) for e in self.events if e["kind"] == "change" and e["name"] is not None}

    def tracked(self, name: str) -> bool:
        """Is a change of the field on record anywhere?"""
        return name not in CHECKS and spelling(name.removeprefix("x:")) in self.changed

    def present(self, name: str) -> bool:
        """Do the data have the field at all?"""
        return self.tracked(name) or any(row.get(name) is not None for row in self.rows.values())


def spelling(name: str) -> str:
    """The name of a field, whatever system writes it."""
    bare = name[:-3] if name.endswith(("__c", "__C")) else name
    return "".join(letter for letter in unicodedata.normalize("NFKC", bare).casefold() if letter.isalnum())


def letters(text: str) -> str:
    """Small letters and digits of a text alone."""
    small = "".join("i" if letter == "İ" else letter.lower() for letter in text).replace("ς", "σ")
    return "".join(letter for letter in small if letter.isalnum())


def small(text: str) -> str:
    return "".join("i" if letter == "İ" else letter.lower() for letter in text).replace("ς", "σ")


def when_of(event: Row) -> When:
    return When(event["happened_at"], event["day"], event["precision"] == "day")


# When is each lead judged?


def moments(world: World) -> list[Moment]:
    """Every hand-off, and one instant for each lead that has none."""
    definition = world.facts_definition
    stages = [
        Event(
            e["event_id"], e["lead_id"], e["happened_at"], e["day"], e["precision"], e["name"], e["shape"],
            e["reason"], e["batch"],
        )
        for e in world.events
        if e["kind"] == "stage"
    ]  # fmt: skip
    trips = slow_twin.read(stages, definition, as_of=world.as_of, zone=world.zone, leads=world.leads, deals=world.deals)
    out = []
    for lead in world.ids:
        handed = hand_offs(world, lead, trips.get(lead, []))
        out += [Moment(lead, number, when, "handoff") for number, when in handed]
        if not handed:
            out.append(Moment(lead, max(0, len(trips.get(lead, [])) - 1), last_known(world, lead), "last"))
    return out


def hand_offs(world: World, lead: str, trips: Sequence[Pass]) -> list[tuple[int, When]]:
    """Number of the trip and when it was put before sales."""
    place = world.facts_definition.hand_off
    dated = []
    for trip in trips:
        entries = [row.event for row in trip.rows if row.is_stage and row.dated and row.code == place]
        if entries:
            first = entries[0]
            assert first.happened_at is not None
            dated.append((trip.number, When(first.happened_at, first.day, first.precision == "day")))
    if world.facts_definition.hands_over_by == "stage":
        return dated
    given = [
        when_of(e)
        for e in sorted(world.of_lead[lead], key=lambda e: (e["happened_at"] or 0, e["event_id"]))
        if e["kind"] == "change" and e["name"] == "Owner" and e["detail"] is not None
        and e["happened_at"] is not None and e["happened_at"] <= world.as_of and sells(world, e["detail"])
    ]  # fmt: skip
    out = []
    for (number, handed), after in zip(dated, [*dated[1:], None][: len(dated)], strict=True):
        inside = [g for g in given if not before(g, handed) and (after is None or before(g, after[1]))]
        out.append((number, inside[0] if inside else handed))
    return out


def before(one: When, other: When) -> bool:
    if one.by_day or other.by_day:
        assert one.day is not None
        assert other.day is not None
        return one.day < other.day
    return one.at < other.at


def last_known(world: World, lead: str) -> When:
    """The last that happened, else its creation, else the end of time."""
    known = [when_of(e) for e in world.of_lead[lead] if e["happened_at"] is not None]
    known = [when for when in known if when.at <= world.as_of]
    last = max(known, key=lambda when: (when.at, not when.by_day), default=None)
    created = world.rows.get(lead, {}).get("created_at")
    if created is not None and created > world.as_of:
        created = None
    if last is not None and (created is None or last.at >= created):
        return last
    return When(world.as_of if created is None else created, None)


# Who did it?


def person(world: World, said: str | None) -> tuple[str, str | None]:
    """Kind (person, queue or machine) and side of whoever is named."""
    named = [row for row in world.people if said is not None and said in (row["person_id"], row["name"])]
    if len(named) != 1:
        # Two of one name are nobody in particular, and somebody whom no file names is a person.
        named = []
    words = {spelling(text) for row in named for text in (row["person_id"], row["name"])} | {spelling(said or "")}
    if words & {spelling(text) for text in world.definition.machines}:
        return "machine", None
    if not named:
        return ("queue" if "queue" in spelling(said or "") else "person"), None
    row = named[0]
    if "integration" in spelling(row.get("x:usertype") or ""):
        return "machine", row["side"]
    if "queue" in spelling(row["name"]):
        return "queue", row["side"]
    return "person", row["side"] or ("marketing" if "marketing" in spelling(row["team"] or "") else None)


def sells(world: World, said: str) -> bool:
    by_facts = World(**{**vars_of(world), "definition": world.facts_definition})
    kind, side = person(by_facts, said)
    return kind == "person" and side != "marketing"


def vars_of(world: World) -> dict[str, Any]:
    names = ("definition", "facts_definition", "zone", "as_of", "leads", "deals", "events", "people")
    return {name: getattr(world, name) for name in names}


# What was known then?


def value_then(world: World, moment: Moment, name: str) -> Any:
    """What a field held: by its history where there is one, else as the export says."""
    exported = world.rows.get(moment.lead, {}).get(name)
    if name in CHECKS and world.tracked(CHECKS[name]):
        of = CHECKS[name]
        then = value_then(world, moment, of)
        return exported if then is not None and then == world.rows.get(moment.lead, {}).get(of) else None
    if not world.tracked(name):
        return exported
    changes = sorted(
        (
            e
            for e in world.of_lead[moment.lead]
            if e["kind"] == "change"
            and e["lead_id"] == moment.lead
            and e["happened_at"] is not None
            and e["name"] is not None
            and spelling(e["name"]) == spelling(name.removeprefix("x:"))
        ),
        key=lambda e: (e["happened_at"], e["event_id"]),
    )
    if not changes:
        return as_text(exported)
    done = [e for e in changes if e["happened_at"] <= world.as_of and moment.reached_by(when_of(e))]
    return done[-1]["detail"] if done else changes[0]["before"]


def as_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | int):
        return str(int(value)) if value == int(value) else str(value)
    return None if value is None else str(value)


def kind_of(world: World, name: str) -> str:
    if world.tracked(name):
        return "text"
    return "number" if name in NUMBERS else "flag" if name in FLAGS else "text"


# What is met?


def judge(world: World) -> dict[tuple[str, int], Verdict]:
    """Lead and trip → what is said of it."""
    return {(moment.lead, moment.trip): Judge(world, moment).verdict() for moment in moments(world)}


class Judge:
    """One lead at one instant."""

    def __init__(self, world: World, moment: Moment) -> None:
        self.world, self.moment, self.definition = world, moment, world.definition
        self.points: dict[str, float | None] = {"fit": None, "behaviour": None}
        self.scored = False

    def verdict(self) -> Verdict:
        out = Verdict(self.moment.when.at, self.moment.kind)
        for rule in self.definition.rules:
            if isinstance(rule, FitRule):
                out.times[rule.id] = int(self.holds(rule.when) is True)
            else:
                ages = self.ages(rule)[: rule.cap]
                out.times[rule.id] = len(ages)
                if rule.half_life_days is not None:
                    out.worth[rule.id] = sum(2 ** (-age / DAY / rule.half_life_days) for age in ages)
        self._score(out)
        for criterion in self.definition.criteria:
            out.met[criterion.id] = self.holds(criterion.condition)
        for reason in self.definition.reasons:
            facts = reason.facts
            out.behind[reason.id] = self.holds(facts.condition) if facts is not None and facts.kind == "holds" else None
        out.fit, out.behaviour = self.points["fit"], self.points["behaviour"]
        out.qualified = self._qualified()
        return out

    def _score(self, out: Verdict) -> None:
        agreed = self.definition.qualification
        if agreed is not None and agreed.points == "export":
            for side, name in (("fit", "fit_score"), ("behaviour", "behaviour_score")):
                number = self.number(name) if self.world.present(name) else None
                self.points[side] = None if number is None else number * 10
            self.scored = True
        elif self.definition.rules:
            for side in self.points:
                self.points[side] = sum(
                    rule.points * 10 * out.worth.get(rule.id, out.times[rule.id])
                    for rule in self.definition.rules
                    if rule.on and rule.kind == side
                )
            self.scored = True

    def _qualified(self) -> Told:
        agreed = self.definition.qualification
        if agreed is None:
            return None
        policy = agreed.policy
        if isinstance(policy, SumThreshold):
            return self.at_least("sum", policy.at_least)
        if isinstance(policy, BothThresholds):
            return AND[self.at_least("fit", policy.fit), self.at_least("behaviour", policy.behaviour)]
        assert isinstance(policy, Grid)
        answer: Told = False
        for low, need in zip(policy.fit_from, policy.behaviour_from, strict=True):
            cell = False if need is None else AND[self.at_least("fit", low), self.at_least("behaviour", need)]
            answer = OR[answer, cell]
        return answer

    def at_least(self, side: str, bound: float) -> Told:
        points = [self.points["fit"], self.points["behaviour"]] if side == "sum" else [self.points[side]]
        known = [each for each in points if each is not None]
        return None if len(known) < len(points) else sum(known) >= bound * 10 - 1e-6

    def holds(self, condition: Condition) -> Told:
        """Is the condition met?"""
        asked: dict[str, Callable[[Any], Told]] = {
            "all": lambda c: every([self.holds(part) for part in c.of]),
            "any": lambda c: either([self.holds(part) for part in c.of]),
            "not": lambda c: NOT[self.holds(c.of)],
            "at_least": lambda c: at_least(c.k, [self.holds(part) for part in c.of]),
            "meets": lambda c: self.holds(self.definition.criterion(c.criterion).condition),
            "happened": self._happened,
            "scored": lambda c: self.at_least(c.side, c.at_least) if self.scored else None,
            "has_deal": self._has_deal,
            "valid": self._valid,
        }
        if condition.kind in asked:
            return asked[condition.kind](condition)
        return self._of_field(condition) if self.world.present(condition.field) else None  # type: ignore[union-attr]

    def _of_field(self, condition: Any) -> Told:
        kind, value = kind_of(self.world, condition.field), value_then(self.world, self.moment, condition.field)
        if condition.kind == "stated":
            return self.stated(condition.field)
        if condition.kind == "compare":
            return self._compared(condition)
        if value is None:
            return None
        text = as_text(value) or ""
        word = letters(text)
        if condition.kind == "flagged":
            if kind == "flag":
                return bool(value) is condition.on
            return condition.on if word in YES else not condition.on if word in NO else None
        if condition.kind == "one_of" and kind == "number":
            return any(number_in(each) == value for each in condition.values if number_in(each) is not None)
        if condition.kind == "has" and kind != "text":
            return bool(value)
        if condition.kind == "has":
            return self._has(text, word)
        if condition.kind == "one_of":
            found = word in {letters(each) for each in condition.values}
        elif condition.place == "start":
            found = any(small(text).strip().startswith(small(each).strip()) for each in condition.words)
        else:
            found = any(small(each) in small(text) for each in condition.words)
        return True if found else None if word in NOBODY_KNOWS else False

    def _has(self, text: str, word: str) -> Told:
        if word in NOBODY_KNOWS:
            return None
        first = next((part for part in re.split(r"[^\w]|_", small(text)) if part), "")
        if word in MEANS_NO or set(word) == {"0"} or first in ("no", "none", "without"):
            return False
        return None if first == "not" else True

    def stated(self, name: str) -> bool:
        value = value_then(self.world, self.moment, name)
        return value is not None and letters(as_text(value) or "") not in NOBODY_KNOWS

    def number(self, name: str) -> float | None:
        value = value_then(self.world, self.moment, name)
        return number_in(value) if isinstance(value, str) else None if value is None else float(value)

    def _compared(self, condition: Any) -> Told:
        number, bound = self.number(condition.field), condition.value
        if number is None:
            return None
        signs = {"<": number < bound, "<=": number <= bound, "=": number == bound}
        signs |= {"!=": number != bound, ">=": number >= bound, ">": number > bound}
        return bool(signs[condition.op])

    def _valid(self, condition: Any) -> Told:
        stated, checks = {
            "mail": ("email", {"email_ok": True}),
            "business_mail": ("email", {"email_ok": True, "email_free": False, "email_disposable": False}),
            "lasting_mail": ("email", {"email_ok": True, "email_disposable": False}),
            "phone": ("phone", {"phone_ok": True}),
        }[condition.what]
        if not self.world.present(stated):
            return None
        if not self.stated(stated):
            return False
        answer: Told = True
        for name, good in checks.items():
            value = value_then(self.world, self.moment, name)
            answer = AND[answer, None if value is None else value is good]
        return answer if all(map(self.world.present, checks)) else None

    def _has_deal(self, condition: Any) -> Told:
        if "deal" not in self.world.has:
            return None
        answer: Told = False
        for deal in self.world.deals:
            if self.world.under(f"deal:{deal['deal_id']}") != self.moment.lead:
                continue
            asked = {"any": True, "amount": deal.get("amount_minor") is not None}
            asked["close_date"] = deal.get("closed_at") is not None
            opened = deal.get("opened_at")
            until = self.moment.when.at + (DAY - 1 if self.moment.when.by_day else 0)
            by_then = None if opened is None else opened <= min(until, self.world.as_of)
            answer = OR[answer, AND[asked[condition.what], by_then]]
        return answer

    def _happened(self, condition: Happened) -> Told:
        kind = "activity" if condition.what == "activity" else "touch"
        return len(self.ages(condition)) >= condition.at_least if kind in self.world.has else None

    def ages(self, asked: Happened | BehaviourRule) -> list[int]:
        """How long ago each of them happened, the newest first."""
        names = {spelling(name) for name in asked.names}
        out = []
        for event in self.world.of_lead[self.moment.lead]:
            if event["happened_at"] is None or event["happened_at"] > self.world.as_of:
                continue
            if not self._counts(event, asked.what, names):
                continue
            when = when_of(event)
            if not self.moment.reached_by(when):
                continue
            age = self.moment.age(when)
            if asked.within_days is None or age <= asked.within_days * DAY:
                out.append(age)
        return sorted(out)

    def _counts(self, event: Row, what: str, names: set[str]) -> bool:
        if event["kind"] != ("activity" if what == "activity" else "touch"):
            return False
        if names and (not event["name"] or spelling(event["name"]) not in names):
            return False
        if what == "activity":
            return True
        kind, side = person(self.world, event["actor"])
        if kind == "machine" or side == "marketing":
            return False
        said = [text for text in (event["name"], event["detail"]) if text is not None]
        return what == "touch" or any(reached(text, self.definition.contact_words) for text in said)


def number_in(text: str) -> float | None:
    """The number that a text is, if it is a plain one."""
    plain = re.fullmatch(r"[+-]?(\d{1,30}\.?\d{0,30}|\.\d{1,30})([eE][+-]?\d{1,2})?", text.strip(), re.ASCII)
    return float(text) if plain else None
