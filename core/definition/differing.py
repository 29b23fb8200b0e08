"""How does one part of a definition differ from another: field by field, each from → to in plain words?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.definition.agreed import Attention, Criterion
from core.definition.clocks import MILESTONES, Clock
from core.definition.frozen import Frozen
from core.definition.model import Definition
from core.definition.plain import (
    attention_words,
    clock_words,
    criterion_names,
    criterion_words,
    exit_words,
    reason_words,
    rule_words,
    stage_words,
)
from core.definition.plain_conditions import MOST_SAID, days, listed, number
from core.definition.scoring import BehaviourRule, FitRule
from core.definition.stages import Exit, Reason, Stage

Say = Callable[[Any, Definition], str]
"""A field's value in words; the definition tells the names that it speaks of."""


@dataclass(frozen=True)
class Difference:
    """One field: what it is called, and what it said and says now; of a list what is gone from it and what is new."""

    aspect: str
    before: str
    after: str
    of_list: bool = False


@dataclass(frozen=True)
class Kind:
    """One list of a definition: where its items lie, what one is called, how it is known and said."""

    field: str
    noun: str
    words: Say
    own: Mapping[str, tuple[str, Say]]
    """Field of an item → its name for people, and how its value is said; a list's value is said item by item."""
    key: str = "id"

    def items(self, definition: Definition) -> dict[str, Any]:
        """Id → item, in order."""
        return {getattr(item, self.key): item for item in getattr(definition, self.field)}

    def name(self, item: Any, definition: Definition) -> str:
        """What the item is called, in quotation marks."""
        names = {stage.id: stage.name for stage in definition.stages}
        return f'"{names.get(item.stage, item.stage) if isinstance(item, Attention) else item.name}"'

    def title(self, item: Any, definition: Definition) -> str:
        """The item's name with its kind.

        >>> from core.definition.templates import THREE_STAGES
        >>> KINDS["stage"].title(THREE_STAGES.stages[0], THREE_STAGES)
        'Stage "MQL"'
        """
        return f"{self.noun} {self.name(item, definition)}"


def _text(value: Any, definition: Definition) -> str:
    return str(value) or "nothing"


def _plain(value: Any, definition: Definition) -> str:
    return "nothing" if value is None else value if isinstance(value, str) else number(value)


def _yes(value: Any, definition: Definition) -> str:
    return "yes" if value else "no"


def _days(value: Any, definition: Definition) -> str:
    return "no limit" if value is None else days(value)


def _stage_name(value: Any, definition: Definition) -> str:
    return {stage.id: stage.name for stage in definition.stages}.get(value, "no stage of its own")


def _criterion_name(value: Any, definition: Definition) -> str:
    return criterion_names(definition).get(value, str(value))


_NAME = ("name", _text)
_WORDS = ("words", _text)

KINDS: Mapping[str, Kind] = {
    "stage": Kind(
        "stages", "Stage", stage_words,
        {
            "name": _NAME, "side": ("side", _text), "meaning": ("meaning", _text), "synonyms": _WORDS,
            "criteria": ("what a lead meets", _criterion_name), "happens": ("what happens", _text),
            "forward": ("what moves it on", _text), "back": ("what moves it back or out", _text),
            "hands_over": ("hands over to sales", _yes), "won": ("means won", _yes),
            "clock_days": ("days until it has stalled", _days),
        },
    ),
    "exit": Kind(
        "exits", "Way out", exit_words,
        {"name": _NAME, "kind": ("kind", _text), "leaves": ("stage that it leaves", _stage_name), "synonyms": _WORDS},
    ),
    "reason": Kind(
        "reasons", "Reason", reason_words,
        {"name": _NAME, "synonyms": _WORDS},
    ),
    "criterion": Kind(
        "criteria", "Criterion", criterion_words,
        {"name": _NAME, "question": ("question", _text)},
    ),
    "rule": Kind(
        "rules", "Rule", lambda rule, definition: rule_words(rule),
        {"name": _NAME, "points": ("points", _plain), "on": ("counts", _yes)},
    ),
    "clock": Kind(
        "clocks", "Clock", lambda clock, definition: clock_words(clock),
        {"name": _NAME, "milestone": ("what it waits for", lambda value, definition: MILESTONES[value])},
    ),
    "attention": Kind("attention", "Contacts in", attention_words, {}, key="stage"),
}  # fmt: skip
"""Kind of part → its list. A field that is not named there is told by the words of the whole item, before and after."""

SCALARS: Mapping[str, tuple[str, Say]] = {
    "id": ("Short name", _text),
    "name": ("Name", _text),
    "source": ("Source", _text),
    "ignored": ("Words that are no stage", _text),
    "machines": ("Automations and integration users", _text),
    "contact_words": ("Words for a conversation", _text),
    "hands_over_by": (
        "Hand-off",
        lambda value, definition: {"stage": "entering the stage", "assignment": "being given to a person"}[value],
    ),
    "validated": ("What sales validates", _criterion_name),
}
"""What the definition itself has beside its lists → its name for people, and how it is said."""


def differences(kind: Kind, before: Frozen, after: Frozen, old: Definition, new: Definition) -> Iterator[Difference]:
    """Field by field; nothing only where both are equal."""
    if before == after:
        return
    told: set[str] = set()
    if type(before) is type(after):
        for name, (aspect, say) in kind.own.items():
            was, now = getattr(before, name), getattr(after, name)
            if was != now:
                yield differing(aspect, was, now, say, old, new)
            told.add(name)
        # Without what is told already, so that the sentences differ only where the rest does.
        before = before.model_copy(update={name: getattr(after, name) for name in told})
        if before == after:
            return
    aspect = _ASPECTS.get(type(after), "what it says")
    said = Difference(aspect, kind.words(before, old), kind.words(after, new))
    was, now = _values(before.model_dump()), _values(after.model_dump())
    if said.before != said.after or was == now:
        yield said
    if was != now and (said.before == said.after or max(len(was), len(now)) > MOST_SAID):
        # A long list is cut in the sentence, and spellings of one word may look alike there.
        gone, come = [one for one in was if one not in now], [one for one in now if one not in was]
        yield Difference(f"values of {aspect}", _named(gone), _named(come), of_list=True)


def _values(dumped: Any) -> list[str]:
    """Every text of every list in it."""
    if isinstance(dumped, Mapping):
        return [value for part in dumped.values() for value in _values(part)]
    if isinstance(dumped, list | tuple):
        return [value for part in dumped for value in ([part] if isinstance(part, str) else _values(part))]
    return []


_ASPECTS: Mapping[type, str] = {
    Criterion: "what it asks",
    Reason: "what follows",
    FitRule: "what it counts",
    BehaviourRule: "what it counts",
    Clock: "limit",
    Attention: "contacts a week",
    Stage: "what it says",
    Exit: "what it says",
}


def differing(aspect: str, was: Any, now: Any, say: Say, old: Definition, new: Definition) -> Difference:
    """One field from → to; of a list what is gone and what is new, or that only its order changed."""
    if not isinstance(was, tuple):
        return Difference(aspect, say(was, old), say(now, new))
    gone = [say(item, old) for item in was if item not in now]
    come = [say(item, new) for item in now if item not in was]
    if not gone and not come:
        return Difference(f"order of {aspect}", _each(was, say, old), _each(now, say, new))
    return Difference(aspect, _named(gone), _named(come), of_list=True)


def _each(values: Sequence[Any], say: Say, definition: Definition) -> str:
    return _named([say(value, definition) for value in values])


def _named(values: Sequence[str]) -> str:
    return listed(values, "and") if values else ""
