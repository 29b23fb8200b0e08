"""How the columns of a file map to fields, and the questions that only a person can answer."""

from collections.abc import Iterable
from collections.abc import Mapping as Answers
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rapidfuzz import fuzz, process

from core.errors import MappingInvalid
from core.intake.fields import SHAPES, targets_of
from core.intake.words import fold

KEEP = "keep"
"""The target of a column that is kept as text under its own name."""
IGNORE = "ignore"
"""The target of a column that is left out."""
STAGE = "stage:"
"""Before a stage's label: the target of a date column that says when that stage was entered."""


@dataclass(frozen=True)
class Question:
    """Something that the file alone does not decide.

    `options` are (value, label); `proposed` is the value taken when nobody answers, None when somebody must.
    """

    id: str
    text: str
    examples: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    proposed: str | None


class Mapping(BaseModel):
    """Which column means what. Written by hand, it may name only what differs from the proposal.

    >>> Mapping(table="leads", columns={"Lead No": "lead_id", "MQL on": "stage:MQL"}).columns["Lead No"]
    'lead_id'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str | None = Field(
        None, description="What the rows are: leads, history, touches, deals, people, campaigns, lookup."
    )
    columns: dict[str, str] = Field({}, description="Source column → field, `stage:<label>`, `keep` or `ignore`.")
    formats: dict[str, str] = Field({}, description="Source column → date or number format, such as 31/12/2026.")
    answers: dict[str, str] = Field({}, description="Question id → chosen value.")


def mapping_from(stated: dict[str, Any]) -> Mapping:
    """The mapping that this JSON object states; `MappingInvalid` names what does not belong there.

    >>> mapping_from({"tabel": "leads"})
    Traceback (most recent call last):
    ...
    core.errors.MappingInvalid: The mapping has an unknown or wrong entry "tabel". Did you mean "table"?
    """
    try:
        return Mapping.model_validate(stated)
    except ValidationError as error:
        entry = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise MappingInvalid(
            f'The mapping has an unknown or wrong entry "{entry}".', nearest(entry, Mapping.model_fields)
        ) from error


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint that names the known word nearest to this one, or all of them when none is near.

    >>> nearest("lead id", ["lead_id", "email"])
    'Did you mean "lead_id"?'
    """
    words = list(known)
    near = process.extract(word, words, scorer=fuzz.WRatio, processor=fold, score_cutoff=60, limit=None)
    if near:
        # Words that fold alike are told apart by their signs.
        best = max(near, key=lambda match: (match[1], fuzz.ratio(word, match[0])))
        return f'Did you mean "{best[0]}"?'
    return f"Possible are: {', '.join(words)}." if words else "There is none to choose from."


def check_table(table: str) -> None:
    """Refuse a name that is none of the shapes."""
    if table not in SHAPES:
        raise MappingInvalid(
            f'The mapping says the rows are "{table}", which Handoff does not know.', nearest(table, SHAPES)
        )


def check_mapping(mapping: Mapping, table: str, columns: Iterable[str], formats: Iterable[str]) -> None:
    """Refuse a hand-made mapping that names a table, column, field or format that is not there, or a field twice."""
    present = list(columns)
    for column in (*mapping.columns, *mapping.formats):
        if column not in present:
            raise MappingInvalid(
                f'The mapping names the column "{column}", which the file does not have.', nearest(column, present)
            )
    targets = targets_of(table)
    taken: dict[str, str] = {}
    for column, target in mapping.columns.items():
        if target in (KEEP, IGNORE):
            continue
        if target not in targets and not (target.startswith(STAGE) and target[len(STAGE) :].strip()):
            raise MappingInvalid(
                f'The mapping sends the column "{column}" to "{target}", which is no field of {table}.',
                nearest(target, (*targets, KEEP, IGNORE)),
            )
        if target in taken:
            raise MappingInvalid(
                f'The mapping sends both "{taken[target]}" and "{column}" to "{target}".',
                f'Send one of them to "{KEEP}".',
            )
        taken[target] = column
    names = list(formats)
    for column, name in mapping.formats.items():
        if name not in names:
            raise MappingInvalid(f'The mapping gives the column "{column}" the format "{name}".', nearest(name, names))


ASKED = ("table", "id-column", "sheet", "header-row", "stage-column")
"""Ids of the questions about a file as a whole."""
ASKED_OF = ("date-order", "decimal", "unread", "duplicate-header")
"""Ids of the questions about a column, before a colon and its name."""


def check_asked(answers: Iterable[str], columns: Iterable[str], questions: Iterable[Question]) -> None:
    """Refuse an answer to what is not asked of any file, or of a column that this file does not have."""
    named = {name.casefold() for name in columns}
    for answer in answers:
        kind, colon, column = answer.partition(":")
        if answer in ASKED or (colon and kind in ASKED_OF and column.casefold() in named):
            continue
        asked = [question.id for question in questions]
        raise MappingInvalid(
            f'The file asks nothing that is called "{answer}".',
            f"It asks: {', '.join(asked)}." if asked else "It has no open question; leave the answer out.",
        )


def check_answer(question: Question, answers: Answers[str, str]) -> str | None:
    """The answer to a question, None where there is none; `MappingInvalid` where it is none of the options."""
    answer = answers.get(question.id)
    options = [value for value, _ in question.options]
    if answer is None or answer in options:
        return answer
    raise MappingInvalid(f'The answer "{answer}" to "{question.id}" is none of the options.', nearest(answer, options))
