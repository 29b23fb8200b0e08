"""Columns that share a name: which one is meant."""

from collections.abc import Mapping
from collections.abc import Sequence as Seq

from core.intake.mapping import IGNORE, KEEP, Question, check_answer
from core.intake.reading import How, Notice
from core.intake.sheet import Sheet
from core.intake.typed import distinct


def settle_duplicates(
    header: Seq[str],
    names: Seq[str],
    targets: dict[str, str],
    how: dict[str, How],
    answers: Mapping[str, str],
    sheet: Sheet,
) -> tuple[list[Question], list[Notice]]:
    """Decide in `targets` and `how` which of the columns of one name has the field: any, where all say the same; the
    answered one; else it is a question. Columns that no field wants are kept side by side.
    """
    questions: list[Question] = []
    notices: list[Notice] = []
    for places in _groups(header):
        same_name = [names[at] for at in places]
        first, target = same_name[0], targets[same_name[0]]
        if any(how[name] in ("by hand", "remembered") for name in same_name):
            continue
        if all(sheet.table.column(at).equals(sheet.table.column(places[0])) for at in places[1:]):
            for name in same_name[1:]:
                targets[name], how[name] = IGNORE, "none"
            said = f'{len(places)} columns are called "{first}" and say the same; the first was taken.'
            notices.append(Notice("DUPLICATE_HEADER", said))
            continue
        if target in (KEEP, IGNORE):
            continue
        question = _which(first, target, places, sheet)
        chosen = check_answer(question, answers)
        if chosen is None:
            questions.append(question)
            continue
        other = names[int(chosen) - 1]
        targets[first], targets[other] = targets[other], target
        how[first], how[other] = how[other], "by hand"
    return questions, notices


def _groups(header: Seq[str]) -> list[list[int]]:
    places: dict[str, list[int]] = {}
    for at, cell in enumerate(header):
        if cell.strip():
            places.setdefault(cell.strip().casefold(), []).append(at)
    return [each for each in places.values() if len(each) > 1]


def _which(name: str, target: str, places: Seq[int], sheet: Sheet) -> Question:
    field = target.removeprefix("stage:").replace("_", " ")
    return Question(
        f"duplicate-header:{name}",
        f'{len(places)} columns are called "{name}". Which one is the {field}?',
        tuple(example(sheet, at) for at in places),
        tuple((str(at + 1), f"column {at + 1}: {example(sheet, at)}") for at in places),
        None,
    )


def example(sheet: Sheet, at: int) -> str:
    """A value of a column."""
    values = distinct(sheet.table.column(at).slice(0, 20_000)).values
    return str(values[0].as_py()) if len(values) else "(empty)"
