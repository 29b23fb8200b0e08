"""A column that was meant as dates or numbers, most of whose cells are none: somebody must say what it is."""

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa

from core.intake import dates, numbers
from core.intake import mapping as mappings
from core.intake.mapping import KEEP, Question, check_answer
from core.intake.typed import Distinct

_TEXT, _EMPTY = "text", "empty"
_SAMPLE = 20_000


def settle_unread(
    column: str, is_date: bool, source: Distinct, name: str | None, answers: Mapping[str, str]
) -> tuple[str | None, Question | None]:
    """The format of the column after the answer about it, and the question where more than half of its filled cells
    cannot be read and nobody has answered.
    """
    values = source.values.slice(0, _SAMPLE)
    times = np.bincount(source.codes[source.codes >= 0], minlength=len(source.values))[: len(values)]
    readable = _readable(values, is_date, name)
    bad, filled = int(times[~readable].sum()), int(times.sum())
    question = _question(column, is_date, values, readable, bad, filled)
    answer = check_answer(question, answers)
    if answer in dates.NAMES:
        return answer, None
    return name, question if bad * 2 > filled and answer is None else None


def left_as_text(answers: Mapping[str, str], names: Iterable[str]) -> mappings.Mapping:
    """The mapping that the answers make of the columns which shall stay text."""
    text = {name: KEEP for name in names if answers.get(f"unread:{name}") == _TEXT}
    return mappings.Mapping(columns=text)


def _readable(values: pa.Array, is_date: bool, name: str | None) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    if name is None or not len(values):
        return np.zeros(len(values), np.bool_)
    if is_date:
        return np.asarray(dates.parse(values, name).ok, np.bool_)
    return np.array([numbers.number(text, name) is not None for text in values.to_pylist()], np.bool_)


def _question(
    column: str,
    is_date: bool,
    values: pa.Array,
    readable: np.ndarray[tuple[int], np.dtype[np.bool_]],
    bad: int,
    filled: int,
) -> Question:
    unread = values.filter(pa.array(~readable))
    examples = tuple(unread.slice(0, 3).to_pylist())
    what = "date" if is_date else "number"
    options = [(_TEXT, "leave it as text"), (_EMPTY, f"take what can be read as a {what}, and leave the rest empty")]
    if is_date:
        few = unread.slice(0, 500)
        fitting = [name for name in dates.NAMES if len(few) and bool(dates.parse(few, name).ok.any())]
        options = [(name, f"dates, written as {name}") for name in fitting] + options
    return Question(
        f"unread:{column}",
        f'"{column}" should hold a {what}, but {bad:,} of its {filled:,} filled cells cannot be read as one. '
        "What is it?",
        examples,
        tuple(options),
        None,
    )
