"""What each column means in the end: the proposal, what was remembered, and what a person says, in rising order."""

from collections.abc import Mapping as Dict
from dataclasses import dataclass, replace
from typing import Any


from core.errors import MappingInvalid
from core.intake import dates, numbers
from core.intake.fields import SHAPES, targets_of
from core.intake.formats.export import Export
from core.intake.mapping import IGNORE, KEEP, STAGE, Mapping, Question, check_mapping, mapping_from, nearest
from core.intake.reading import How, Notice
from core.intake.recognise import Proposal, fingerprint, has_key, plain, recognise, unique_names
from core.intake.sheet import Sheet
from core.intake.stage_dates import stage_of
from core.intake.typed import distinct

FORMATS = (*dates.FORMATS, *numbers.FORMATS)
KEEPS = ("leads", "deals", "people", "campaigns")
"""Shapes whose further columns are kept as text; a lookup keeps every cell anyway, and an event has no room for them."""


@dataclass(frozen=True)
class Plan:
    """What the file is and what its columns mean. `targets` has every column; `how` says who decided."""

    names: tuple[str, ...]
    fingerprint: str
    shape: str
    export: Export | None
    targets: dict[str, str]
    how: dict[str, How]
    formats: dict[str, str]
    answers: dict[str, str]
    questions: tuple[Question, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def system(self) -> str:
        """The system whose export this looks like."""
        return (
            f"{self.export.system} {self.export.title}"
            if self.export
            else "lookup"
            if self.shape == "lookup"
            else "unknown"
        )

    def position(self, target: str) -> int | None:
        """Where the column with that target stands, counted from 0."""
        for at, name in enumerate(self.names):
            if self.targets[name] == target:
                return at
        return None

    def constant(self, name: str) -> str | None:
        """What every row of this export is, though no column says so."""
        return self.export.constants.get(name) if self.export else None

    def mapping(self) -> Mapping:
        """All of it as a mapping that can be remembered."""
        return Mapping(table=self.shape, columns=self.targets, formats=self.formats, answers=self.answers)


def make_plan(
    header: tuple[str, ...],
    sheet: Sheet,
    *,
    mapping: Mapping | None,
    answers: Dict[str, str],
    remembered: Dict[str, dict[str, Any]],
) -> Plan:
    """The plan for a file. Raises `MappingInvalid` where a mapping or an answer names what is not there."""
    names, mark = unique_names(header), fingerprint(header)
    memory = _recall(names, remembered.get(mark))
    hand = mapping or Mapping()
    said = {**memory.answers, **hand.answers, **answers}
    table = hand.table or said.get("table") or memory.table
    seen = recognise(names, table)
    shape = table or (seen.export.shape if seen.export else None)
    questions: list[Question] = []
    proposal: Proposal = dict(seen.columns)
    if shape is None or shape == "lookup":
        key = _key_column(names, sheet)
        if key is not None:
            shape, proposal = "lookup", {key: ("key", "synonym")}
        elif shape is None:
            questions.append(_which_table(names))
            shape = "lookup"
    check_mapping(hand, shape, names, FORMATS)
    if shape in ("leads", "deals"):
        _add_stage_dates(proposal, names, sheet)
    _overlay(proposal, memory, "remembered")
    _overlay(proposal, hand, "by hand")
    if "id-column" in said and not has_key(shape, [target for target, _ in proposal.values()]):
        _overlay(proposal, _id_answer(shape, said["id-column"], names), "by hand")
    notices = _blank_headers(header, names)
    plan = Plan(
        names,
        mark,
        shape,
        seen.export if not table or seen.export else None,
        {},
        {},
        {**memory.formats, **hand.formats},
        said,
    )
    for name in names:
        blank = not header[names.index(name)].strip()
        default: tuple[str, How] = (KEEP, "kept") if shape in KEEPS and not blank else (IGNORE, "none")
        target, how = proposal.get(name, default)
        if target == KEEP and shape not in KEEPS:
            target, how = IGNORE, "none"
        plan.targets[name], plan.how[name] = target, how
    plan, more = _settle_duplicates(plan, header, sheet)
    questions += plan.questions
    if not questions and not has_key(shape, plan.targets.values()) and not _named_person(plan):
        questions.append(_which_id(plan, sheet))
    return replace(plan, questions=tuple(questions), notices=(*notices, *more))


def _recall(names: tuple[str, ...], stated: dict[str, Any] | None) -> Mapping:
    """A remembered mapping in the spelling of this file: of one fingerprint, two files may differ in case or spaces."""
    if not stated:
        return Mapping()
    memory = mapping_from(stated)
    now = {plain(name): name for name in names}
    columns = {now[plain(name)]: target for name, target in memory.columns.items() if plain(name) in now}
    formats = {now[plain(name)]: each for name, each in memory.formats.items() if plain(name) in now}
    return memory.model_copy(update={"columns": columns, "formats": formats})


def _overlay(proposal: Proposal, mapping: Mapping, how: How) -> None:
    """Let a mapping win; a column that loses its field to another is kept as text."""
    for column, target in mapping.columns.items():
        if proposal.get(column, ("", ""))[0] == target:
            continue
        for other, (taken, _) in list(proposal.items()):
            if taken == target and other != column and target not in (KEEP, IGNORE):
                proposal[other] = (KEEP, "kept")
        proposal[column] = (target, how)


def _add_stage_dates(proposal: Proposal, names: tuple[str, ...], sheet: Sheet) -> None:
    """Propose `stage:<label>` for columns whose header speaks of a stage and whose cells are dates."""
    for at, name in enumerate(names):
        label = stage_of(name) if name not in proposal else None
        if label is None or any(target == f"{STAGE}{label}" for target, _ in proposal.values()):
            continue
        sample = distinct(sheet.table.column(at).slice(0, 20_000)).values.slice(0, 500)
        if len(sample) and dates.agree(sample).fitting * 2 >= len(sample):
            proposal[name] = (f"{STAGE}{label}", "synonym")


def _key_column(names: tuple[str, ...], sheet: Sheet) -> str | None:
    """The column to look rows up by: all filled, all different, no date; the first, else one called id, key or name."""
    if len(names) < 2 or not sheet.table.num_rows:
        return None
    rows = len(set(sheet.hashes.tolist()))
    able = []
    for at, name in enumerate(names):
        column = distinct(sheet.table.column(at), only_empty=True)
        unique = len(column.values) >= rows and bool((column.codes >= 0).all())
        if unique and not dates.agree(column.values.slice(0, 500)).fitting:
            able.append((at != 0, not plain(name).endswith(("id", "key", "code", "name", "number")), at))
    return names[min(able)[2]] if able else None


def _blank_headers(header: tuple[str, ...], names: tuple[str, ...]) -> list[Notice]:
    blank = [name for cell, name in zip(header, names, strict=True) if not cell.strip()]
    if not blank:
        return []
    return [Notice("BLANK_HEADER", f"Without a name, and left out unless mapped: {', '.join(blank)}.")]


def _settle_duplicates(plan: Plan, header: tuple[str, ...], sheet: Sheet) -> tuple[Plan, list[Notice]]:
    """Of columns with one name, which is meant: the only one there is in content, the one answered, or a question."""
    groups: dict[str, list[int]] = {}
    for at, cell in enumerate(header):
        if cell.strip():
            groups.setdefault(cell.strip().casefold(), []).append(at)
    notices: list[Notice] = []
    for places in (places for places in groups.values() if len(places) > 1):
        names = [plan.names[at] for at in places]
        first = names[0]
        target = plan.targets[first]
        if any(plan.how[name] in ("by hand", "remembered") for name in names):
            continue
        if all(sheet.table.column(at).equals(sheet.table.column(places[0])) for at in places[1:]):
            for name in names[1:]:
                plan.targets[name], plan.how[name] = IGNORE, "none"
            notices.append(
                Notice(
                    "DUPLICATE_HEADER",
                    f'{len(places)} columns are called "{first}" and say the same; the first was taken.',
                )
            )
            continue
        if target in (KEEP, IGNORE):
            continue
        question = Question(
            f"duplicate-header:{first}",
            f'{len(places)} columns are called "{first}". Which one is the {target.replace("_", " ")}?',
            tuple(_example(sheet, at) for at in places),
            tuple((str(at + 1), f"column {at + 1}: {_example(sheet, at)}") for at in places),
            None,
        )
        chosen = plan.answers.get(question.id)
        if chosen is None:
            plan = replace(plan, questions=(*plan.questions, question))
            continue
        _check_answer(question, chosen)
        other = plan.names[int(chosen) - 1]
        plan.targets[first], plan.targets[other] = (KEEP if plan.shape in KEEPS else IGNORE), target
        plan.how[first], plan.how[other] = "kept", "by hand"
    return plan, notices


def _example(sheet: Sheet, at: int) -> str:
    values = distinct(sheet.table.column(at).slice(0, 20_000)).values
    return values[0].as_py() if len(values) else "(empty)"


def _check_answer(question: Question, answer: str) -> None:
    """Refuse an answer that is none of the options."""
    options = [value for value, _ in question.options]
    if answer not in options:
        raise MappingInvalid(
            f'The answer "{answer}" to "{question.id}" is none of the options.', nearest(answer, options)
        )


def _named_person(plan: Plan) -> bool:
    return plan.shape == "people" and {"first_name", "last_name"} & set(plan.targets.values()) != set()


def _which_table(names: tuple[str, ...]) -> Question:
    labels = {
        "leads": "leads or contacts, one row each",
        "history": "a history of changes, one row per change",
        "touches": "calls, mails and meetings, or what leads did",
        "deals": "deals or opportunities, one row each",
        "people": "users or reps, one row each",
        "campaigns": "campaigns, one row each",
        "lookup": "something else, looked up by a key",
    }
    return Question(
        "table", "What is one row of this file?", names[:5], tuple((name, labels[name]) for name in SHAPES), None
    )


def _which_id(plan: Plan, sheet: Sheet) -> Question:
    what = {"history": "lead", "touches": "lead", "lookup": "row"}.get(plan.shape, plan.shape.rstrip("s"))
    options = tuple((name, f"{name}: {_example(sheet, at)}") for at, name in enumerate(plan.names))
    return Question("id-column", f"Which column says which {what} a row is about?", plan.names[:5], options, None)


def _id_answer(shape: str, answer: str, names: tuple[str, ...]) -> Mapping:
    if answer not in names:
        raise MappingInvalid(f'The answer "{answer}" to "id-column" is no column of the file.', nearest(answer, names))
    first = next(target.name for target in targets_of(shape).values() if target.kind == "id")
    return Mapping(columns={answer: first})
