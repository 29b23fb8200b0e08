"""What marketing and sales agreed: stages in order, ways out, reasons.

A definition is data: frozen, hashed by content, written to JSON and back. `structure_hash` covers only what moves a
lead between stages, so that a change of wording recomputes nothing.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from core.definition.clocks import Clock
from core.definition.frozen import Frozen, fold
from core.errors import DefinitionInvalid

Side = Literal["marketing", "sales"]
ExitKind = Literal["rejected", "recycled", "disqualified", "lost"]
IGNORED = "ignore"
"""The answer to "which stage is this?" for a label that is no stage at all."""


class Stage(Frozen):
    """One step of the agreed funnel."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str = Field(min_length=1)
    side: Side
    meaning: str = ""
    synonyms: tuple[str, ...] = ()
    hands_over: bool = False
    won: bool = False
    clock_days: int | None = Field(None, ge=1, le=3650)


class Exit(Frozen):
    """A way out of a stage that is not forward; `leaves` names the stage it always belongs to, where there is one."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str = Field(min_length=1)
    kind: ExitKind
    leaves: str | None = None
    synonyms: tuple[str, ...] = ()


class Reason(Frozen):
    """One of the handful of reasons for a no; `route` says what becomes of the lead."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str = Field(min_length=1)
    route: Literal["recycle", "remove"]
    synonyms: tuple[str, ...] = ()


class Definition(Frozen):
    """One version of what marketing and sales agreed.

    Raises `DefinitionInvalid` through `parse` when it contradicts itself: fewer than three stages, two stages of one
    name, a word that names two stages, no stage or two that hand over, marketing stages after the hand-off.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str = Field(min_length=1)
    source: str = ""
    stages: tuple[Stage, ...] = Field(min_length=3, max_length=40)
    exits: tuple[Exit, ...] = ()
    reasons: tuple[Reason, ...] = ()
    ignored: tuple[str, ...] = ()
    clocks: tuple[Clock, ...] = ()
    machines: tuple[str, ...] = ()
    """Automations and integration users, by id or name: what they do stops no clock."""
    contact_words: tuple[str, ...] = ()
    """Types and outcomes of a touch that say that the lead was reached."""
    hands_over_by: Literal["stage", "assignment"] = "stage"
    """Is a lead put before sales by its entry to the stage, or by its first assignment to a person after that?"""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ids = [stage.id for stage in self.stages] + [way.id for way in self.exits]
        for name in ids:
            if ids.count(name) > 1:
                raise ValueError(f'"{name}" is used twice')
        if sum(stage.hands_over for stage in self.stages) != 1:
            raise ValueError("exactly one stage must hand over to sales")
        if sum(stage.won for stage in self.stages) != 1:
            raise ValueError("exactly one stage must mean won")
        late = [s.name for s in self.stages[self.hand_off + 1 :] if s.side == "marketing"]
        if late:
            raise ValueError(f'"{late[0]}" comes after the hand-off and so belongs to sales')
        for way in self.exits:
            if way.leaves is not None and way.leaves not in self.stage_ids:
                raise ValueError(f'the way out "{way.name}" leaves a stage that is not there: {way.leaves}')
        clocks = [clock.id for clock in self.clocks]
        for name in clocks:
            if clocks.count(name) > 1:
                raise ValueError(f'two clocks are called "{name}"')
        self.labels()
        return self

    @property
    def stage_ids(self) -> tuple[str, ...]:
        """Ids of the stages in order."""
        return tuple(stage.id for stage in self.stages)

    @property
    def hand_off(self) -> int:
        """Place of the stage that hands over, counted from 0."""
        return next(i for i, stage in enumerate(self.stages) if stage.hands_over)

    @property
    def won(self) -> int:
        """Place of the stage that means won, counted from 0."""
        return next(i for i, stage in enumerate(self.stages) if stage.won)

    def place(self, stage_id: str) -> int:
        """Place of a stage, counted from 0; raises `DefinitionInvalid` when there is none of that id."""
        if stage_id not in self.stage_ids:
            raise DefinitionInvalid(f'There is no stage "{stage_id}".', f"The stages are {', '.join(self.stage_ids)}.")
        return self.stage_ids.index(stage_id)

    def clock(self, clock_id: str) -> Clock:
        """The clock of that id; raises `DefinitionInvalid` when there is none."""
        for clock in self.clocks:
            if clock.id == clock_id:
                return clock
        known = ", ".join(clock.id for clock in self.clocks) or "none agreed yet"
        raise DefinitionInvalid(f'There is no clock "{clock_id}".', f"The clocks are {known}.")

    @property
    def silence(self) -> Clock | None:
        """The clock after which a lead of which nobody has recorded anything has fallen silent; None without one."""
        for milestone in ("disposition", "verdict"):
            for clock in self.clocks:
                if clock.milestone == milestone:
                    return clock
        return self.clocks[-1] if self.clocks else None

    def with_clock(self, changed: Clock) -> "Definition":
        """This definition with that clock in place of the one of its id, or beside the others."""
        others = {clock.id: clock for clock in self.clocks} | {changed.id: changed}
        return self.model_copy(update={"clocks": tuple(others.values())})

    def labels(self) -> dict[str, str]:
        """Folded word → stage id, exit id or `ignore`: every spelling the definition knows."""
        known: dict[str, str] = {}
        named = [(s.id, (s.id, s.name, *s.synonyms)) for s in self.stages]
        named += [(e.id, (e.id, e.name, *e.synonyms)) for e in self.exits]
        for item, words in named:
            for word in words:
                other = known.setdefault(fold(word), item)
                if other != item:
                    raise ValueError(f'the word "{word}" names both {other} and {item}')
        for word in self.ignored:
            known.setdefault(fold(word), IGNORED)
        return known

    def reason_of(self, said: str) -> str:
        """The agreed name of a reason as somebody wrote it, or the words themselves where none is agreed."""
        for reason in self.reasons:
            if fold(said) in {fold(word) for word in (reason.id, reason.name, *reason.synonyms)}:
                return reason.name
        return said

    def with_labels(self, answers: Mapping[str, str]) -> "Definition":
        """This definition with the answers to "which stage is this?" as further synonyms (label → id or `ignore`).

        An answer for a stage that this definition does not have is left out: it was given under another one.
        """
        known = self.labels()
        # One answer per folded word: spellings of one word cannot stand for two stages, and the last answer counts.
        new = {fold(label): (label, target) for label, target in answers.items() if fold(label) not in known}

        def more(target: str) -> tuple[str, ...]:
            return tuple(label for label, to in new.values() if to == target)

        return self.model_copy(
            update={
                "stages": tuple(s.model_copy(update={"synonyms": s.synonyms + more(s.id)}) for s in self.stages),
                "exits": tuple(e.model_copy(update={"synonyms": e.synonyms + more(e.id)}) for e in self.exits),
                "ignored": self.ignored + more(IGNORED),
            }
        )

    def content_hash(self) -> str:
        """Short hash of everything in the definition."""
        return _hash(self.model_dump_json())

    def structure_hash(self) -> str:
        """Short hash of what moves a lead between stages and past a hand-off: order, sides, days, ways out, words.

        The limits of clocks are no part of it: they are asked of the same facts.
        """
        parts: list[Any] = [
            [(s.id, s.side, s.hands_over, s.won, s.clock_days) for s in self.stages],
            [(e.id, e.kind, e.leaves) for e in self.exits],
            sorted(self.labels().items()),
            [(r.name, sorted(map(fold, (r.id, r.name, *r.synonyms)))) for r in self.reasons],
            [sorted(map(fold, self.machines)), sorted(map(fold, self.contact_words)), self.hands_over_by],
        ]
        return _hash(repr(parts))


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def parse(written: Mapping[str, Any] | str) -> Definition:
    """The definition in a mapping or a JSON text; raises `DefinitionInvalid` naming the place."""
    try:
        return (
            Definition.model_validate_json(written) if isinstance(written, str) else Definition.model_validate(written)
        )
    except ValidationError as error:
        first = error.errors()[0]
        place = " → ".join(str(part) for part in first["loc"]) or "the definition as a whole"
        reason = re.sub(r"^Value error, ", "", first["msg"])
        raise DefinitionInvalid(f"The definition cannot be read at {place}: {reason}.", "Mend it there.") from error
