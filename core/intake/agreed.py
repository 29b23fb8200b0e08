"""The format of each date and number column: agreed over all its values, stated, or asked for."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import MappingInvalid
from core.intake import dates, numbers
from core.intake.fields import targets_of
from core.intake.mapping import STAGE, Question, nearest
from core.intake.plan import Plan
from core.intake.reading import Notice
from core.intake.sheet import Sheet
from core.intake.typed import Distinct, distinct

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
    formats: dict[str, str | None] = {name: None for name in values}
    questions: list[Question] = []
    notices: list[Notice] = []
    _settle_dates(plan, fits, values, formats, questions, notices)
    _settle_numbers(plan, styles, values, formats, questions, notices)
    return Agreed(values, formats, tuple(questions), tuple(notices))


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
        stated = plan.formats.get(column) or _answered(plan, column, fit)
        formats[column] = stated or (None if fit.unsure else fit.name)
        settled = formats[column]
        if settled in dates.TWINS and not fit.mixed:
            sure.setdefault(_family(settled), set()).add(settled)
    for column, fit in fits.items():
        if (
            fit.name not in dates.TWINS
            or not (fit.unsure or fit.mixed)
            or plan.formats.get(column)
            or _answered(plan, column, fit)
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


def _answered(plan: Plan, column: str, fit: dates.Fit) -> str | None:
    answer = plan.answers.get(f"date-order:{column}")
    if answer is None or fit.name not in dates.TWINS:
        return None
    if answer not in _ORDER:
        raise MappingInvalid(
            f'The answer "{answer}" to "date-order:{column}" is none of the options.', nearest(answer, _ORDER)
        )
    return next(name for name in _ORDER[answer] if _family(name) == _family(fit.name))


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
        answer = plan.answers.get(f"decimal:{column}")
        if answer is not None and answer not in numbers.ANSWERS:
            raise MappingInvalid(
                f'The answer "{answer}" to "decimal:{column}" is none of the options.', nearest(answer, numbers.ANSWERS)
            )
        stated = plan.formats.get(column) or (numbers.ANSWERS[answer] if answer else None)
        formats[column] = stated or (None if style.unsure else style.name)
        telling = any(mark in text for text in values[column].values.to_pylist()[:100_000] for mark in ".,")
        if formats[column] and telling:
            sure.add(str(formats[column]))
    for column in (column for column in styles if formats[column] is None):
        proposed = next(iter(sure)) if len(sure) == 1 else None
        formats[column] = proposed
        examples = tuple(text for text in values[column].values.to_pylist() if "." in text or "," in text)[:3]
        shown = examples[0] if examples else ""
        options = tuple(
            (
                value,
                f"{shown} is {numbers.number(shown, style):f}".rstrip("0").rstrip(".")
                if numbers.number(shown, style) is not None
                else value,
            )
            for value, style in numbers.ANSWERS.items()
        )
        value = {style: name for name, style in numbers.ANSWERS.items()}.get(proposed or "")
        questions.append(
            Question(
                f"decimal:{column}", f'In "{column}", which sign stands before the decimals?', examples, options, value
            )
        )
        if proposed:
            notices.append(
                Notice(
                    "DECIMAL", f'"{column}" was read as {proposed}, the way the other numbers of this file are written.'
                )
            )
