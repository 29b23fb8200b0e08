"""Working copies: begun from anything that is a definition, saved on top of what was seen, never lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.definition import Definition, parse
from core.definition.comparing import compare
from core.errors import DefinitionInvalid, DraftMoved
from core.store import Book
from core.store import Draft as Kept

Content = Definition | Mapping[str, Any] | str
"""A definition, or what `parse` makes one of."""


@dataclass(frozen=True)
class Draft:
    """A working copy at one of its revisions. It is always a definition: what contradicts itself is not kept."""

    id: int
    definition_id: str
    origin: str
    """What it was begun from, in words."""
    base_version: int | None
    """The version that it was begun from, where it was one."""
    begun_at: datetime
    begun_by: str
    revision: int
    """Say it when you save: whoever saves on an older one is told."""
    definition: Definition
    content_hash: str
    saved_at: datetime
    saved_by: str
    discarded_at: datetime | None


def read(kept: Kept) -> Draft:
    """The draft with its definition."""
    return Draft(**{**kept.model_dump(), "definition": parse(kept.definition)})


def checked(content: Content) -> Definition:
    """The definition, whole and free of contradictions; `DefinitionInvalid` names the place and the nearest word."""
    # A definition in hand may have been changed by model_copy, which checks nothing.
    return parse(content.model_dump(mode="json") if isinstance(content, Definition) else content)


def begin(book: Book, definition: Definition, *, origin: str, base_version: int | None, at: datetime, by: str) -> Draft:
    """Keep a new working copy."""
    return read(
        book.begin_draft(
            definition.model_dump(mode="json"),
            definition_id=definition.id,
            content_hash=definition.content_hash(),
            origin=origin,
            base_version=base_version,
            at=at,
            by=by,
        )
    )


def save(book: Book, draft_id: int, mine: Definition, *, seen: int, at: datetime, by: str) -> Draft:
    """Save on top of revision `seen`. What equals the newest revision makes no new one.

    `DraftMoved` where somebody saved in between, with all three contents; nothing is written then.
    """
    now = book.draft(draft_id)
    if mine.id != now.definition_id:
        raise DefinitionInvalid(
            f'This is a draft of "{now.definition_id}", and what is to be saved calls itself "{mine.id}".',
            "Keep the short name, or begin another draft with it.",
        )
    if mine.content_hash() == now.content_hash:
        return read(now)
    if seen != now.revision:
        raise moved(read(book.draft(draft_id, seen)), read(now), mine)
    return read(book.save_draft(draft_id, mine.model_dump(mode="json"), content_hash=mine.content_hash(), at=at, by=by))


def moved(base: Draft, theirs: Draft, mine: Definition) -> DraftMoved:
    """What to tell whoever saves on an older revision."""
    told = DraftMoved(
        f"{theirs.saved_by or 'Somebody'} has saved this draft since you began (revision {theirs.revision}).",
        "Look at both: take what you want of yours into theirs, or keep yours as a draft of its own.",
        base=base.definition,
        theirs=theirs.definition,
        mine=mine,
        revision=theirs.revision,
        by=theirs.saved_by,
    )
    told.changes = compare(theirs.definition, mine).changes
    return told
