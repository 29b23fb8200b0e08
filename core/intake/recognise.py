"""Column names → what the file is and what each column means, as a proposal."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.intake.fields import KEY_FIELD, SHAPES
from core.intake.formats import EXPORTS
from core.intake.formats.export import Export
from core.intake.reading import How
from core.intake.stage_dates import stage_of
from core.intake.words import fold

Proposal = dict[str, tuple[str, How]]
"""Column → its target and why."""


DATED = Export("Any system", "leads with dates of stages", "leads", needs=())
"""What a file is that no system names: an id, and dates under the names of stages."""


@dataclass(frozen=True)
class Recognised:
    """The export that a file looks like, and the proposal for its columns. `export` is None for a lookup or no idea."""

    export: Export | None
    columns: Proposal


def unique_names(header: Sequence[str]) -> tuple[str, ...]:
    """Column names as they stand, made unique; a column without a name is called by its position.

    >>> unique_names(["email", "", "email"])
    ('email', 'column 2 (no name)', 'email (2)')
    """
    out: list[str] = []
    for position, cell in enumerate(header, 1):
        name = cell.strip() or f"column {position} (no name)"
        count, candidate = 1, name
        while candidate in out:
            count += 1
            candidate = f"{name} ({count})"
        out.append(candidate)
    return tuple(out)


def fingerprint(header: Sequence[str]) -> str:
    """A hash of the folded column names in order: files of one fingerprint are read by one mapping.

    >>> fingerprint(["Lead ID", "E-mail"]) == fingerprint(["lead_id", "Email"])
    True
    """
    return hashlib.blake2b("\0".join(map(fold, header)).encode(), digest_size=16).hexdigest()


def plain(name: str) -> str:
    """A header folded, without the ending of custom fields and the beginning that loaders give to properties.

    >>> plain("Fit_Score__c"), plain("property_dealname")
    ('fitscore', 'dealname')
    """
    text = name.strip().removeprefix("property_")
    return fold(text[:-3] if text.lower().endswith("__c") else text[:-2] if text.lower().endswith("_c") else text)


def recognise(names: Sequence[str], shape: str | None = None) -> Recognised:
    """The export whose needs these columns meet and of which they name most; only of that shape where one is given."""
    present = _present(names)
    fitting = [each for each in EXPORTS if (shape is None or each.shape == shape) and _fits(each, present)]
    if not fitting:
        if shape is None and _tells_stages(names, present):
            return Recognised(DATED, _propose(DATED, "leads", present))
        return Recognised(None, _propose(None, shape, present) if shape and shape != "lookup" else {})
    # An export of a named system needs more than the like of it from anywhere, so what it needs weighs most.
    best = max(fitting, key=lambda each: (each.system != "Any system", len(each.needs), _named(each, present)))
    return Recognised(best, _propose(best, best.shape, present))


def _tells_stages(names: Sequence[str], present: Mapping[str, str]) -> bool:
    """Dates of stages beside an id are a funnel, whatever else an export leaves out."""
    dated = sum(stage_of(name) is not None for name in names)
    keyed = has_key("leads", [target for target, _ in _propose(None, "leads", present).values()])
    return dated >= 2 or (dated == 1 and keyed)


def _present(names: Iterable[str]) -> dict[str, str]:
    """Folded name → column; an exact name before one with the ending of custom fields."""
    out: dict[str, str] = {}
    for name in sorted(names, key=lambda each: plain(each) != fold(each)):
        out.setdefault(plain(name), name)
    return out


def _fits(export: Export, present: Mapping[str, str]) -> bool:
    if any(fold(name) in present for name in export.without):
        return False

    def there(name: str) -> bool:
        column = present.get(fold(name))
        return column is not None and export.sign in column

    return all(any(map(there, group)) for group in export.needs)


def _named(export: Export, present: Mapping[str, str]) -> int:
    return len(_propose(export, export.shape, present))


def _propose(export: Export | None, shape: str, present: Mapping[str, str]) -> Proposal:
    """Targets for the columns that a spelling names, the export's own spellings first."""
    out: Proposal = {}
    taken: set[str] = set()

    def send(target: str, spellings: Iterable[str]) -> None:
        for spelling in spellings:
            column = present.get(fold(spelling))
            if column is None or column in out:
                continue
            out[column] = (
                target,
                "kept" if target == "keep" else "name" if fold(spelling) == fold(target) else "synonym",
            )
            if target != "keep":
                taken.add(target)
                return

    for target, spellings in (export.columns if export else {}).items():
        send(target, spellings)
    for field in SHAPES[shape]:
        if field.name not in taken:
            send(field.name, (field.name, *field.spellings))
    return out


def has_key(shape: str, targets: Iterable[str]) -> bool:
    """Whether the targets say whom a row is about.

    >>> has_key("leads", ["email", "status"])
    False
    """
    return any(name in targets for name in KEY_FIELD[shape])
