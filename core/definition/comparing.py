"""What changed from one version of a definition to another, part by part, in plain words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from core.definition.differing import KINDS, SCALARS, Difference, Kind, differences, differing
from core.definition.model import Definition
from core.definition.plain import qualification_words

What = Literal["added", "removed", "moved", "changed"]


class Part(NamedTuple):
    """One part of a definition: its kind (a key of `differing.KINDS`, a field of the definition, or `whole`) and id."""

    kind: str
    id: str = ""


WHOLE = Part("whole")


@dataclass(frozen=True)
class Change:
    """One thing that changed. `title` names the part; `aspect` what of it; `before` and `after` are plain words.

    Of a list (`of_list`), `before` is what is gone from it and `after` what is new in it.
    """

    part: Part
    title: str
    what: What
    aspect: str = ""
    before: str = ""
    after: str = ""
    of_list: bool = False

    @property
    def sentence(self) -> str:
        """The change in one sentence.

        >>> Change(Part("rule", "web"), 'Rule "Webinar"', "changed", "points", "5", "8").sentence
        'Rule "Webinar": points from 5 to 8.'
        """
        if self.what == "added":
            return f"{self.title} is new. {self.after}"
        if self.what == "removed":
            return f"{self.title} is gone. It said: {self.before}"
        if self.what == "moved":
            return f"{self.title} moves: {self.before}, now {self.after}."
        if self.of_list:
            said = [f"new {self.after}"] if self.after else []
            said += [f"no longer {self.before}"] if self.before else []
            return f"{self._about}: {'; '.join(said)}."
        if self.before == self.after:
            return f"{self._about} is written differently: {self.after.rstrip('.')}."
        return f"{self._about} from {self._quoted(self.before)} to {self._quoted(self.after)}."

    @property
    def _about(self) -> str:
        return f"{self.title}: {self.aspect}" if self.aspect else self.title

    @staticmethod
    def _quoted(said: str) -> str:
        return f'"{said.rstrip(".")}"' if " " in said else said


@dataclass(frozen=True)
class Comparison:
    """Everything that changed from `before` to `after`; no changes only where both are equal."""

    before: Definition
    after: Definition
    changes: tuple[Change, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts that changed, each once."""
        return tuple(dict.fromkeys(change.part for change in self.changes))

    @property
    def moves_leads(self) -> bool:
        """Can it move leads between stages or past the hand-off? Then the funnel is counted anew."""
        return self.before.structure_hash() != self.after.structure_hash()

    @property
    def judges_otherwise(self) -> bool:
        """Can it change what a lead is judged by?"""
        return self.before.judging_hash() != self.after.judging_hash()

    @property
    def effect(self) -> str:
        """What it comes to, in one sentence."""
        if not self.changes:
            return "Nothing changed."
        if self.moves_leads and self.judges_otherwise:
            return "It can move leads between stages, and change which leads meet what is agreed."
        if self.moves_leads:
            return "It can move leads between stages."
        if self.judges_otherwise:
            return "It can change which leads meet what is agreed."
        return "It changes words, clocks or limits; no lead is judged otherwise."


def compare(before: Definition, after: Definition) -> Comparison:
    """What changed, in the order of the page: the whole, stages, ways out, reasons, criteria, rules, clocks, contacts.

    Items are matched by their id: under another id it is another item.

    >>> from core.definition.templates import THREE_STAGES
    >>> later = THREE_STAGES.model_copy(update={"name": "Ours"})
    >>> [change.sentence for change in compare(THREE_STAGES, later).changes]
    ['Name from "MQL, Opportunity, Won" to Ours.']
    """
    return Comparison(before, after, tuple(_changes(before, after)))


def _changes(old: Definition, new: Definition) -> Iterator[Change]:
    for name, (title, say) in SCALARS.items():
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            found = differing("", was, now, say, old, new)
            yield _changed(Part(name), title, found)
    for name, kind in KINDS.items():
        yield from _of_list(name, kind, old, new)
    if old.qualification != new.qualification:
        said = qualification_words(old.qualification), qualification_words(new.qualification)
        yield Change(Part("qualification"), "Qualification", "changed", "", *said)


def _of_list(name: str, kind: Kind, old: Definition, new: Definition) -> Iterator[Change]:
    was, now = kind.items(old), kind.items(new)
    for key, item in was.items():
        if key not in now:
            yield Change(Part(name, key), kind.title(item, old), "removed", before=kind.words(item, old))
    moved = set(_moved([key for key in was if key in now], [key for key in now if key in was]))
    for key, item in now.items():
        part, title = Part(name, key), kind.title(item, new)
        if key not in was:
            yield Change(part, title, "added", after=kind.words(item, new))
            continue
        for found in differences(kind, was[key], item, old, new):
            yield _changed(part, title, found)
        if key in moved:
            before, after = _stands(list(was), key, kind, old), _stands(list(now), key, kind, new)
            yield Change(part, title, "moved", "place", before, after)


def _changed(part: Part, title: str, found: Difference) -> Change:
    return Change(part, title, "changed", found.aspect, found.before, found.after, found.of_list)


def _stands(order: list[str], key: str, kind: Kind, definition: Definition) -> str:
    place = order.index(key)
    if not place:
        return "first"
    return f"after {kind.name(kind.items(definition)[order[place - 1]], definition)}"


def _moved(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """The fewest items that must move to turn one order into the other: all that lie beside a longest common order.

    >>> _moved("abcd", "acdb"), _moved("abc", "abc")
    (('b',), ())
    """
    place = {key: number for number, key in enumerate(before)}
    best: list[tuple[str, ...]] = []
    for number, key in enumerate(after):
        ends = [best[k] for k in range(number) if place[after[k]] < place[key]]
        best.append((*_longest(ends), key))
    keep = set(_longest(best))
    return tuple(key for key in after if key not in keep)


def _longest(ways: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return max(ways, key=lambda way: len(way), default=())
