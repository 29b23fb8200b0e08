"""Questions about a file as a whole: what its rows are, and whom they are about."""

from core.errors import MappingInvalid
from core.intake.duplicates import example
from core.intake.fields import SHAPES, targets_of
from core.intake.likely import Likely
from core.intake.mapping import Mapping, Question, nearest
from core.intake.sheet import Sheet

_ROWS = {
    "leads": "leads or contacts, one row each",
    "history": "a history of changes, one row per change",
    "touches": "calls, mails and meetings, or what leads did",
    "deals": "deals or opportunities, one row each",
    "people": "users or reps, one row each",
    "campaigns": "campaigns, one row each",
    "lookup": "something else, looked up by a key",
}


def which_table(names: tuple[str, ...], telling: Likely | None = None) -> Question:
    """What is this file? Asked where its columns do not say; what is likely stands first, and says why."""
    likely = telling.shape if telling else ""
    labels = dict(_ROWS)
    if telling:
        labels[likely] += f" (likely, by {', '.join(telling.columns[:4])})"
    options = tuple((name, labels[name]) for name in sorted(SHAPES, key=lambda name: name != likely))
    return Question("table", "What is one row of this file?", names[:5], options, None)


def which_id(shape: str, names: tuple[str, ...], sheet: Sheet) -> Question:
    """Whom is a row about? Asked where no column is known for it."""
    what = {"history": "lead", "touches": "lead", "lookup": "row", "people": "person"}.get(shape, shape.rstrip("s"))
    options = tuple((name, f"{name}: {example(sheet, at)}") for at, name in enumerate(names))
    return Question("id-column", f"Which column says which {what} a row is about?", names[:5], options, None)


def which_stage(names: tuple[str, ...], sheet: Sheet) -> Question:
    """What happened? Asked of a history in which no row says it."""
    options = tuple((name, f"{name}: {example(sheet, at)}") for at, name in enumerate(names))
    return Question("stage-column", "Which column says what happened, or which stage began?", names[:5], options, None)


def stage_column(answer: str, names: tuple[str, ...]) -> Mapping:
    """The mapping that the answer to `which_stage` makes."""
    if answer not in names:
        raise MappingInvalid(
            f'The answer "{answer}" to "stage-column" is no column of the file.', nearest(answer, names)
        )
    return Mapping(columns={answer: "new_value"})


def id_column(shape: str, answer: str, names: tuple[str, ...]) -> Mapping:
    """The mapping that the answer to `which_id` makes."""
    if answer not in names:
        raise MappingInvalid(f'The answer "{answer}" to "id-column" is no column of the file.', nearest(answer, names))
    first = next(target.name for target in targets_of(shape).values() if target.kind == "id")
    return Mapping(columns={answer: first})
