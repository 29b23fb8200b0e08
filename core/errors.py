"""What can go wrong, in the user's words.

    HandoffError
    ├── FileRefused        a file cannot be read as a table
    ├── ReadingUndecided   a file can be read in more than one way, and somebody must say which
    ├── MappingInvalid     a mapping names a column or field that is not there
    ├── DefinitionInvalid  a definition contradicts itself
    ├── CalendarInvalid    the hours of somebody contradict themselves, or name a place that is not there
    ├── AgreementRefused   a signature, proposal or voice goes against the rules of agreeing
    ├── PersonInvalid      what is stated of somebody cannot be
    ├── SettingInvalid     a setting has a value that cannot be used
    ├── QueryInvalid       a question to the journeys names a stage, period or column that is not there
    ├── NotYet             a question needs data that have not been imported
    ├── Unread             nobody takes the answer
    └── StoreError         the workspace cannot be read or written
        ├── WorkspaceBusy     somebody else is writing to the workspace
        ├── ChangedMeanwhile  somebody else has changed what is being changed
        └── DraftMoved        somebody else has saved the draft that is being saved

Every error has a `message` (what happened) and a `hint` (the way out). Anything that is not a
`HandoffError` is a mistake in the program and surfaces as itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any


class HandoffError(Exception):
    """A mistake that a user can mend: what happened and the way out.

    >>> str(HandoffError("The file is empty.", "Export it again."))
    'The file is empty. Export it again.'
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Message and hint in one line."""
        return f"{self.message} {self.hint}"


class FileRefused(HandoffError):
    """A file cannot be read as a table; `code` is stable and machine-readable."""

    def __init__(self, message: str, hint: str, *, code: str) -> None:
        super().__init__(message, hint)
        self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive the way from the reading process to the asking one."""
        return _refused, (self.message, self.hint, self.code)


def _refused(message: str, hint: str, code: str) -> FileRefused:
    return FileRefused(message, hint, code=code)


class ReadingUndecided(HandoffError):
    """A file can be read in more than one way; `questions` has id, text, examples, options and proposal of each, and
    `reading` says what is known of the file so far.
    """

    def __init__(self, message: str, hint: str, questions: Sequence[Any] = (), reading: Any = None) -> None:
        super().__init__(message, hint)
        self.questions = tuple(questions)
        self.reading = reading


class MappingInvalid(HandoffError):
    """A mapping names a column or field that is not there."""


class DefinitionInvalid(HandoffError):
    """A definition contradicts itself."""


class CalendarInvalid(HandoffError):
    """Hours that cannot be: `place` is the part of the calendar (zone, week, country, subdivision, closed)."""

    def __init__(self, message: str, hint: str, *, place: str = "") -> None:
        super().__init__(message, hint)
        self.place = place


class PersonInvalid(HandoffError):
    """What is stated of somebody cannot be: `person_id` says of whom, `place` is the part (zone, manager, …)."""

    def __init__(self, message: str, hint: str, *, person_id: str, place: str) -> None:
        super().__init__(message, hint)
        self.person_id = person_id
        self.place = place


class AgreementRefused(HandoffError):
    """A signature, proposal or voice goes against the rules of agreeing; `code` is stable and machine-readable."""

    def __init__(self, message: str, hint: str, *, code: str) -> None:
        super().__init__(message, hint)
        self.code = code


class SettingInvalid(HandoffError):
    """A setting has a value that cannot be used."""


class QueryInvalid(HandoffError):
    """A question names a stage, period, policy or column that is not there."""


class NotYet(HandoffError):
    """A question needs data that have not been imported."""


class Unread(HandoffError):
    """Nobody takes the answer: the pipe is closed or the disk is full."""


class StoreError(HandoffError):
    """The workspace cannot be read or written."""


class WorkspaceBusy(StoreError):
    """Somebody else is writing to the workspace."""


class ChangedMeanwhile(StoreError):
    """Somebody else has changed what is being changed: `now` is what it is, by the thing and its part."""

    def __init__(self, now: Mapping[tuple[str, str], Any]) -> None:
        super().__init__(
            "Somebody else has changed the same meanwhile.", "Look at what it is now, and save again if yours is right."
        )
        self.now = dict(now)


class DraftMoved(StoreError):
    """Somebody else has saved the draft meanwhile. Nothing is lost: all three contents are here.

    `base`: the definition that both began with; `theirs`: what is saved now, at `revision`, by `by`; `mine`: what was
    to be saved. `changes`: what mine says otherwise than theirs (`comparing.Change`), in plain words.
    """

    def __init__(self, message: str, hint: str, *, base: Any, theirs: Any, mine: Any, revision: int, by: str) -> None:
        super().__init__(message, hint)
        self.base, self.theirs, self.mine = base, theirs, mine
        self.revision, self.by = revision, by
        self.changes: Sequence[Any] = ()
