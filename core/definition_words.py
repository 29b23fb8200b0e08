"""A definition in words for a terminal: everything that was agreed, on one page, and what changed between two."""

import textwrap

from core.definition import Definition
from core.definition.comparing import Comparison
from core.definition.plain import (
    attention_words,
    clock_words,
    criterion_words,
    exit_words,
    qualification_words,
    reason_words,
    rule_words,
    stage_words,
    validated_words,
)

WIDTH = 110


def definition_words(definition: Definition) -> str:
    """The whole definition, part by part, without what says nothing."""
    lines = [f"{definition.name} ({definition.id})", "", "Stages"]
    stages = enumerate(definition.stages, start=1)
    lines += [f"  {number}. {stage.name}: {stage_words(stage, definition)}" for number, stage in stages]
    sections = (
        ("Ways out", [(way.name, exit_words(way, definition)) for way in definition.exits]),
        ("Criteria", [(one.name, _with_question(criterion_words(one, definition), one.question))
                      for one in definition.criteria]),
        ("Points", [(rule.name, rule_words(rule)) for rule in definition.rules]),
        ("Reasons for a no", [(reason.name, reason_words(reason, definition)) for reason in definition.reasons]),
        ("Clocks", [(clock.name, clock_words(clock)) for clock in definition.clocks]),
    )  # fmt: skip
    for title, parts in sections:
        lines += ["", title, *(f"  {name}: {said}" for name, said in parts)] if parts else []
    lines += ["", "What sales validates", f"  {validated_words(definition)}"]
    if definition.rules or definition.qualification is not None:
        lines += ["", "Qualification", f"  {qualification_words(definition.qualification)}"]
    contacts = [attention_words(one, definition) for one in definition.attention]
    lines += ["", "Contacts", *(f"  {said}" for said in contacts)] if contacts else []
    return "\n".join(map(_wrapped, lines))


def comparison_words(found: Comparison) -> str:
    """What changed, a line each, and what it comes to."""
    return "\n".join(map(_wrapped, [*(change.sentence for change in found.changes), found.effect]))


def _wrapped(line: str) -> str:
    return textwrap.fill(line, WIDTH, subsequent_indent="     ") if len(line) > WIDTH else line


def _with_question(said: str, question: str) -> str:
    return f'{said} Asked as "{question}"' if question else said
