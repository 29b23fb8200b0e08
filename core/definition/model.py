"""What marketing and sales agreed: stages in order, ways out, reasons.

A definition is data: frozen, hashed by content, written to JSON and back. `structure_hash` covers only what moves a
lead between stages, so that a change of wording recomputes nothing.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from core.definition.agreed import Attention, Criterion
from core.definition.clocks import Clock
from core.definition.consistency import check, nearest
from core.definition.frozen import Frozen, fold
from core.definition.scoring import Qualification, Rule
from core.definition.stages import Exit, Reason, Stage
from core.errors import DefinitionInvalid

IGNORED = "ignore"
"""The answer to "which stage is this?" for a label that is no stage at all."""


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

    criteria: tuple[Criterion, ...] = ()
    validated: tuple[str, ...] = ()
    """The Universal Lead Definition: ids of the criteria that the yes or no of sales is about, all of them."""
    rules: tuple[Rule, ...] = ()
    qualification: Qualification | None = None
    attention: tuple[Attention, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check(self)
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

    def criterion(self, criterion_id: str) -> Criterion:
        """The criterion of that id; raises `DefinitionInvalid` when there is none."""
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        known = [criterion.id for criterion in self.criteria]
        hint = nearest(criterion_id, known) or f"The criteria are {', '.join(known) or 'none yet'}."
        raise DefinitionInvalid(f'There is no criterion "{criterion_id}".', hint)

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

    def judging_hash(self) -> str:
        """Short hash of what a lead is judged by: criteria, rules with their windows and half-lives, qualification,
        facts behind reasons. Names, questions and points beside it change nothing that was judged."""
        parts: list[Any] = [
            [(c.id, c.condition.model_dump_json()) for c in self.criteria],
            self.validated,
            [(stage.id, stage.criteria) for stage in self.stages],
            [rule.model_dump_json() for rule in self.rules],
            None if self.qualification is None else self.qualification.model_dump_json(),
            [(reason.id, None if reason.facts is None else reason.facts.model_dump_json()) for reason in self.reasons],
            [sorted(map(fold, self.contact_words)), sorted(map(fold, self.machines))],
        ]
        return _hash(repr(parts))


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
