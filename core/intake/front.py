"""The way of a file: text, layout, rows, plan, formats, conversion."""

from collections.abc import Mapping as Dict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from core.errors import FileRefused
from core.intake import typed
from core.intake.agreed import Agreed, agree
from core.intake.breaks import table_with_breaks
from core.intake.dialect import Dialect, Marks, detect
from core.intake.encoding import Text, examine, hash_of, is_packed
from core.intake.fields import targets_of
from core.intake.mapping import IGNORE, STAGE, Mapping, check_asked
from core.intake.mended import taken_back
from core.intake.plan import Plan, make_plan
from core.intake.problems import Problems
from core.intake.raw import raw_lines
from core.intake.reading import WORKBOOK, Counts, Notice, Reading, SeenColumn
from core.intake.records import Progress
from core.intake.remarks import remark_cells, remark_signs
from core.intake.shapes import CONVERTERS
from core.intake.shapes.rows import Rows
from core.intake.shapes.staging import Staging
from core.intake.sheet import Sheet, read_sheet
from core.intake.taking import Taken, take_rows
from core.intake.workbook import unpack
from core.settings import Settings


def read_here(
    path: Path,
    *,
    settings: Settings,
    mapping: Mapping | None = None,
    answers: Dict[str, str] | None = None,
    staging: Path | None,
    now: int,
    remembered: Dict[str, dict[str, Any]] | None = None,
    progress: Progress | None = None,
    scratch: Path,
) -> Reading:
    """Read a file in this process; see `core.intake.read`. `scratch` is an empty folder."""
    tell: Progress = progress or (lambda _share, _what: None)
    said = {**(mapping.answers if mapping else {}), **(answers or {})}
    tell(0.0, "looking at the file")
    book = None
    if is_packed(path):
        tell(0.0, "unpacking the workbook")
        book = unpack(path, scratch / "sheet.csv", said, lambda n: tell(0.02, f"unpacking the workbook, {n:,} rows"))
    source = book.path if book else path
    text = examine(source)
    dialect = detect(source, text, said, Marks(",") if book else None)
    sheet = read_sheet(source, text, dialect, lambda share, what: tell(0.05 + 0.45 * share, what))
    if book:
        sheet = replace(sheet, table=table_with_breaks(sheet.table))
    if not sheet.table.num_rows and not sheet.quarantined:
        raise FileRefused(
            f"The file has {len(dialect.header)} columns and no rows.",
            "Export it again with at least one row.",
            code="NO_ROWS",
        )
    dialect, sheet, mended = taken_back(dialect, sheet)
    tell(0.5, "recognising columns")
    plan = make_plan(dialect.header, sheet, mapping=mapping, answers=said, remembered=remembered or {})
    agreed = agree(plan, sheet)
    first = [book.question if book else None, dialect.question]
    questions = (*filter(None, first), *plan.questions, *agreed.questions)
    check_asked(answers or (), plan.names, questions)
    undecided = any(question.proposed is None for question in questions)
    problems = sheet.problems
    taken = take_rows(plan, sheet, problems)
    store = Staging(None if undecided else staging)
    rows = Rows(plan, sheet, {}, settings, now, taken.keep, problems)
    notices = [
        *(book.notices if book else ()),
        *_notices(text, dialect, sheet),
        *mended,
        *plan.notices,
        *agreed.notices,
    ]
    staged: dict[str, str] = {}
    if not undecided:
        notices += _type(rows, agreed)
        remark_cells(rows)
        if text.odd:
            remark_signs(rows)
        tell(0.6, "converting rows")
        CONVERTERS[plan.shape](rows, store)
    problems.fill_raw(raw_lines(source, text, _wanted(problems, sheet)))
    if not undecided:
        facts = dict(store.facts)
        if len(problems):
            store.add("problems", problems.table())
        staged = store.close()
    else:
        facts = {}
    counts = _counts(sheet, taken)
    if not counts.adds_up:
        raise RuntimeError(f"rows were lost or counted twice: {counts}")
    tell(1.0, "done")
    return Reading(
        file_name=path.name,
        sha256=hash_of(path) if book else text.sha256,
        size_bytes=path.stat().st_size,
        encoding=WORKBOOK if book else text.encoding,
        delimiter=dialect.marks.delimiter,
        header_line=dialect.header_line,
        columns=_columns(plan, sheet, agreed),
        mapping=plan.mapping(),
        fingerprint=plan.fingerprint,
        shape=plan.shape,  # type: ignore[arg-type]
        system=plan.system,
        counts=counts,
        notices=tuple(notices),
        problems=problems.kinds(),
        questions=questions,
        undecided=undecided,
        staged=staged,
        facts=facts,
        first_instant=min(rows.span, default=None),
        last_instant=max(rows.span, default=None),
        future=len(rows.late),
    )


def _type(rows: Rows, agreed: Agreed) -> list[Notice]:
    """Give the rows their typed columns."""
    plan, fields, notices = rows.plan, targets_of(rows.plan.shape), []
    for name, source in agreed.values.items():
        target, style = plan.targets[name], agreed.formats[name]
        kind = "date" if target.startswith(STAGE) else fields[target].kind
        if kind == "date":
            column, days = typed.read_dates(source, style, rows.settings.tz)
            rows.typed[target] = column
            if days:
                notices.append(
                    Notice("DAYS_ONLY", f'"{name}" says midnight in every row, so it was read as days without a time.')
                )
        elif kind == "number":
            rows.typed[target] = typed.read_numbers(source, style or "")
        elif kind == "amount":
            rows.typed[target] = typed.read_amounts(source, style or "")
        else:
            rows.typed[target] = typed.read_flags(source)
    return notices


def _notices(text: Text, dialect: Dialect, sheet: Sheet) -> list[Notice]:
    out = []
    if text.guessed:
        said = (
            f"{text.encoding}, with single rows that are not"
            if text.mixed and text.encoding.startswith("utf-8")
            else text.encoding
        )
        out.append(
            Notice(
                "ENCODING_NOTICE",
                f"The text was read as {said}. Check the accents; if they are wrong, export as UTF-8.",
            )
        )
    if dialect.question:
        out.append(
            Notice(
                "PREAMBLE",
                f"The column names were found on line {dialect.header_line}; what stands above was left out.",
            )
        )
    if sheet.footer:
        out.append(
            Notice("FOOTER", f"{sheet.footer} lines of a report's footer or totals were left out; each is listed.")
        )
    return out


def _wanted(problems: Problems, sheet: Sheet) -> dict[int, int]:
    """First and last physical line of the records whose text is still to be fetched."""
    lines = problems.lines_without_raw()
    if not lines:
        return {}
    at = sheet.start.searchsorted(sorted(lines))
    return {int(sheet.start[each]): int(sheet.end[each]) for each in at}


def _counts(sheet: Sheet, taken: Taken) -> Counts:
    return Counts(
        header=1,
        preamble=sheet.preamble,
        repeated_headers=sheet.repeated,
        accepted=int(taken.keep.sum()),
        quarantined=sheet.quarantined + taken.quarantined,
        identical=taken.identical,
        blank=sheet.blank,
        footer=sheet.footer + taken.footer,
        total=sheet.total,
    )


def _columns(plan: Plan, sheet: Sheet, agreed: Agreed) -> tuple[SeenColumn, ...]:
    out = []
    for at, name in enumerate(plan.names):
        column = sheet.table.column(at)
        filled = pc.sum(pc.not_equal(pc.utf8_trim_whitespace(column), "")).as_py() or 0
        examples: list[str] = []
        for cell in column.slice(0, 5000).to_pylist():
            if cell.strip() and cell not in examples:
                examples.append(cell)
                if len(examples) == 3:
                    break
        target = plan.targets[name]
        out.append(
            SeenColumn(
                name,
                at + 1,
                None if target == IGNORE else target,
                plan.how[name],
                agreed.formats.get(name),
                filled,
                tuple(examples),
            )
        )
    return tuple(out)
