"""What each column means in the end: the proposal, what was remembered, and what a person says, in rising order."""

from collections.abc import Iterable
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.intake import dates, numbers
from core.intake.duplicates import settle_duplicates
from core.intake.formats.export import Export
from core.intake.likely import likely
from core.intake.mapping import IGNORE, KEEP, STAGE, Mapping, Question, check_mapping, check_table, mapping_from
from core.intake.questions import id_column, stage_column, which_id, which_stage, which_table
from core.intake.reading import How, Notice
from core.intake.recognise import Proposal, fingerprint, has_key, plain, recognise, unique_names
from core.intake.sheet import Sheet
from core.intake.stage_dates import stage_of
from core.intake.typed import distinct
from core.intake.unread import left_as_text
from core.intake.words import MISSING

FORMATS = (*dates.NAMES, *numbers.FORMATS)
KEEPS = ("leads", "deals", "people", "campaigns")
"""Shapes whose further columns are kept as text; a lookup keeps every cell anyway, an event has no room for more."""


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

    def missing(self) -> frozenset[str]:
        """Cells that say "there is no id", in small letters."""
        return MISSING | frozenset(self.export.nothing if self.export else ())

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
    if table:
        check_table(table)
    seen = recognise(names, table)
    shape = table or (seen.export.shape if seen.export else None)
    questions: list[Question] = []
    proposal: Proposal = dict(seen.columns)
    if shape is None or shape == "lookup":
        key = _key_column(names, sheet)
        telling = likely(names, sheet) if shape is None else None
        if telling is not None:
            questions.append(which_table(names, telling))
            shape = "lookup"
        elif key is not None:
            shape, proposal = "lookup", {key: ("key", "synonym")}
        elif shape is None:
            questions.append(which_table(names))
            shape = "lookup"
    check_mapping(hand, shape, names, FORMATS)
    if shape in ("leads", "deals"):
        _add_stage_dates(proposal, names, sheet)
    _overlay(proposal, memory, "remembered")
    _overlay(proposal, hand, "by hand")
    if "id-column" in said and not has_key(shape, [target for target, _ in proposal.values()]):
        _overlay(proposal, id_column(shape, said["id-column"], names), "by hand")
    _overlay(proposal, left_as_text(said, names), "by hand")
    if shape == "history" and "stage-column" in said:
        _overlay(proposal, stage_column(said["stage-column"], names), "by hand")
    targets, how = _all_columns(header, names, shape, proposal)
    more, notices = settle_duplicates(header, names, targets, how, said, sheet)
    questions += more
    if not questions and not has_key(shape, targets.values()) and not _is_named(shape, targets.values()):
        questions.append(which_id(shape, names, sheet))
    if shape == "history" and _says_nothing(names, targets, sheet):
        questions.append(which_stage(names, sheet))
    return Plan(
        names,
        mark,
        shape,
        seen.export if seen.export and seen.export.shape == shape else None,
        targets,
        how,
        {**memory.formats, **hand.formats},
        said,
        tuple(questions),
        (*_blank_headers(header, names), *notices),
    )


def _all_columns(
    header: tuple[str, ...], names: tuple[str, ...], shape: str, proposal: Proposal
) -> tuple[dict[str, str], dict[str, How]]:
    """Every column's target and who decided; what nobody claims is kept where its shape has room for it."""
    targets: dict[str, str] = {}
    how: dict[str, How] = {}
    for cell, name in zip(header, names, strict=True):
        keeps = shape in KEEPS and bool(cell.strip())
        target, why = proposal.get(name, (KEEP, "kept") if keeps else (IGNORE, "none"))
        if target == KEEP and shape not in KEEPS:
            target, why = IGNORE, "none"
        targets[name], how[name] = target, why
    return targets, how


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
        # A name that says "date" over cells with numbers in them is meant as one, even where none can be read: that is
        # asked about.
        meant = "dat" in plain(name) and sum(any(map(str.isdigit, str(cell))) for cell in sample) * 2 >= len(sample)
        if len(sample) and (meant or dates.agree(sample).fitting * 2 >= len(sample)):
            proposal[name] = (f"{STAGE}{label}", "synonym")


def _key_column(names: tuple[str, ...], sheet: Sheet) -> str | None:
    """The column to look rows up by: all filled, all different, no date; the first, else one called id, key or name."""
    if len(names) < 2 or not sheet.table.num_rows:
        return None
    rows = len(np.unique(sheet.hashes))
    able = []
    for at, name in enumerate(names):
        column = distinct(sheet.table.column(at), only_empty=True)
        unique = len(column.values) >= rows and bool((column.codes >= 0).all())
        if unique and not dates.agree(column.values.slice(0, 500)).fitting:
            able.append((at != 0, not plain(name).endswith(("id", "key", "code", "name", "number")), at))
    return names[min(able)[2]] if able else None


def _says_nothing(names: tuple[str, ...], targets: Dict[str, str], sheet: Sheet) -> bool:
    """Whether no row of a history says what happened."""
    said = [at for at, name in enumerate(names) if targets[name] == "new_value"]
    return not any(len(distinct(sheet.table.column(at)).values) for at in said)


def _blank_headers(header: tuple[str, ...], names: tuple[str, ...]) -> list[Notice]:
    blank = [name for cell, name in zip(header, names, strict=True) if not cell.strip()]
    if not blank:
        return []
    return [Notice("BLANK_HEADER", f"Without a name, and left out unless mapped: {', '.join(blank)}.")]


def _is_named(shape: str, targets: Iterable[str]) -> bool:
    return shape == "people" and bool({"first_name", "last_name"} & set(targets))
