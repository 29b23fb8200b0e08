"""The format of each date and number column: agreed over all its values, stated, or asked for."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import MappingInvalid
from core.intake import dates, numbers
from core.intake.fields import targets_of
from core.intake.mapping import STAGE, Question, check_answer
from core.intake.plan import Plan
from core.intake.reading import Notice
from core.intake.sheet import Sheet
from core.intake.typed import Distinct, distinct
from core.intake.unread import settle_unread

_ORDER = {"day-first": dates.DAY_FIRST, "month-first": ("12/31/2026", "12-31-2026")}


@dataclass(frozen=True)
class Agreed:
    """Per column that is a date, number, amount or flag: its distinct values and its format; what is to be asked."""

    values: dict[str, Distinct]
    formats: dict[str, str | None]
    questions: tuple[Question, ...]
    notices: tuple[Notice, ...]


def agree(plan: Plan, sheet: Sheet) -> Agreed:
    """The format of every typed column. A question without a proposal stands for a column without a format."""
    values: dict[str, Distinct] = {}
    fits: dict[str, dates.Fit] = {}
    styles: dict[str, numbers.Style] = {}
    fields = targets_of(plan.shape)
    for at, name in enumerate(plan.names):
        target = plan.targets[name]
        kind = "date" if target.startswith(STAGE) else fields[target].kind if target in fields else "text"
        if kind not in ("date", "number", "amount", "flag"):
            continue
        values[name] = distinct(sheet.table.column(at))
        if kind == "date":
            fits[name] = dates.agree(values[name].values)
        elif kind in ("number", "amount"):
            styles[name] = numbers.agree(values[name].values.to_pylist())
    _check_stated(plan, fits, styles)
    formats: dict[str, str | None] = dict.fromkeys(values)
    questions: list[Question] = []
    notices: list[Notice] = []
    _settle_dates(plan, fits, values, formats, questions, notices)
    _settle_numbers(plan, styles, values, formats, questions, notices)
    asked = {question.id for question in questions}
    for column in (*fits, *styles):
        if not asked & {f"date-order:{column}", f"decimal:{column}"}:
            formats[column], question = settle_unread(
                column, column in fits, values[column], formats[column], plan.answers
            )
            questions += [question] if question else []
    return Agreed(values, formats, tuple(questions), tuple(notices))


def _check_stated(plan: Plan, fits: Mapping[str, dates.Fit], styles: Mapping[str, numbers.Style]) -> None:
    """Refuse a date format for a number, and a number format for a date."""
    for column, name in plan.formats.items():
        right = dates.NAMES if column in fits else numbers.FORMATS if column in styles else (name,)
        if name not in right:
            raise MappingInvalid(
                f'The mapping gives the column "{column}" the format "{name}", which does not suit what it holds.',
                f"Possible are: {', '.join(right)}.",
            )


def _family(name: str) -> str:
    return name[2]


def _settle_dates(
    plan: Plan,
    fits: Mapping[str, dates.Fit],
    values: Mapping[str, Distinct],
    formats: dict[str, str | None],
    questions: list[Question],
    notices: list[Notice],
) -> None:
    sure: dict[str, set[str]] = {}
    for column, fit in fits.items():
        stated = plan.formats.get(column) or _answered(plan, column, fit, values[column])
        formats[column] = stated or (None if fit.unsure else fit.name)
        settled = formats[column]
        if settled in dates.TWINS and not fit.mixed:
            sure.setdefault(_family(settled), set()).add(settled)
    for column, fit in fits.items():
        if (
            fit.name not in dates.TWINS
            or not (fit.unsure or fit.mixed)
            or plan.formats.get(column)
            or _answered(plan, column, fit, values[column])
        ):
            continue
        others = sure.get(_family(fit.name), set())
        known = next(iter(others)) if len(others) == 1 else None
        proposed = (known if not fit.mixed else None) if fit.unsure else fit.name
        formats[column] = proposed
        questions.append(_date_question(column, fit, values[column], proposed))
        if proposed and fit.unsure:
            notices.append(
                Notice(
                    "DATE_ORDER",
                    f'"{column}" was read as {proposed}, the order that the other dates of this file show.',
                )
            )
        elif proposed:
            notices.append(
                Notice(
                    "DATE_ORDER",
                    f'"{column}" mixes two orders of day and month; it was read as {proposed}, which fits most.',
                )
            )


def _answered(plan: Plan, column: str, fit: dates.Fit, source: Distinct) -> str | None:
    """The format that the answer to the question about this column means; None where there is none."""
    if fit.name not in dates.TWINS:
        return None
    question = _date_question(column, fit, source, None)
    # The name of a format says the order as well as the word for it.
    named = plan.answers.get(question.id, "")
    if named in dates.TWINS and _family(named) == _family(fit.name):
        return named
    answer = check_answer(question, plan.answers)
    return None if answer is None else next(name for name in _ORDER[answer] if _family(name) == _family(fit.name))


def _date_question(column: str, fit: dates.Fit, source: Distinct, proposed: str | None) -> Question:
    name = fit.name or ""
    examples = tuple(source.values.slice(0, 3).to_pylist())
    day, month = (name, dates.TWINS[name]) if name in dates.DAY_FIRST else (dates.TWINS[name], name)
    first = examples[0] if examples else ""
    options = (
        ("day-first", f"day first ({day}), as in {first}"),
        ("month-first", f"month first ({month}), as in {first}"),
    )
    value = None if proposed is None else "day-first" if proposed in dates.DAY_FIRST else "month-first"
    text = f'In "{column}", which number comes first: the day or the month?'
    return Question(f"date-order:{column}", text, examples, options, value)


def _settle_numbers(
    plan: Plan,
    styles: Mapping[str, numbers.Style],
    values: Mapping[str, Distinct],
    formats: dict[str, str | None],
    questions: list[Question],
    notices: list[Notice],
) -> None:
    sure: set[str] = set()
    for column, style in styles.items():
        stated = plan.formats.get(column) or _decimal_answered(plan, column, values[column])
        formats[column] = stated or (None if style.unsure else style.name)
        telling = any(mark in text for text in values[column].values.to_pylist()[:100_000] for mark in ".,")
        if formats[column] and telling:
            sure.add(str(formats[column]))
    for column in (column for column in styles if formats[column] is None):
        proposed = next(iter(sure)) if len(sure) == 1 else None
        formats[column] = proposed
        questions.append(_decimal_question(column, values[column], proposed))
        if proposed:
            notices.append(
                Notice(
                    "DECIMAL", f'"{column}" was read as {proposed}, the way the other numbers of this file are written.'
                )
            )


def _decimal_answered(plan: Plan, column: str, source: Distinct) -> str | None:
    question = _decimal_question(column, source, None)
    named = plan.answers.get(question.id, "")
    if named in numbers.FORMATS:
        return named
    answer = check_answer(question, plan.answers)
    return numbers.ANSWERS[answer] if answer else None


def _decimal_question(column: str, source: Distinct, proposed: str | None) -> Question:
    examples = tuple(text for text in source.values.to_pylist() if "." in text or "," in text)[:3]
    options = []
    for value, style in numbers.ANSWERS.items():
        read = numbers.number(examples[0], style) if examples else None
        said = "not a number" if read is None else f"{read.normalize():f}"
        options.append((value, f"{examples[0]} is {said}" if examples else value))
    taken = {style: name for name, style in numbers.ANSWERS.items()}.get(proposed or "")
    text = f'In "{column}", which sign stands before the decimals: the point or the comma?'
    return Question(f"decimal:{column}", text, examples, tuple(options), taken)
