"""Questions and objections on parts of a version: the next meeting's list. Nothing is ever deleted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.agreement.people import Person
from core.agreement.standing import Version
from core.agreement.texts import needed
from core.definition.comparing import WHOLE, Part
from core.definition.consistency import nearest
from core.definition.differing import KINDS
from core.errors import AgreementRefused
from core.store import Answer, Book, Outcome, Voice, VoiceKind

Stands = Literal["open", "pending", "changed", "kept"]
STANDS: dict[Stands, str] = {
    "open": "waits for an answer",
    "pending": "a proposed version answers it, once it is signed",
    "changed": "a version changed it",
    "kept": "it stays as it is",
}
PARTS = ("whole", "stage", "criterion", "reason", "rule", "clock")
MOST_LEADS = 100


@dataclass(frozen=True)
class Spoken:
    """A voice, what it is about, every answer to it in order, and how it stands."""

    voice: Voice
    title: str
    """What it is about, as that version called it."""
    answers: tuple[Answer, ...]
    stands: Stands

    @property
    def part(self) -> Part:
        """The part that it is about."""
        return Part(self.voice.part, self.voice.part_id)

    @property
    def open(self) -> bool:
        """Is it on the next meeting's list?"""
        return self.stands in ("open", "pending")


def leave(
    book: Book,
    version: Version,
    *,
    about: Part,
    kind: VoiceKind,
    text: str,
    leads: Iterable[str],
    by: Person,
    at: datetime,
) -> Voice:
    """Write down a question or an objection on a part of a version."""
    _title(version, about)
    said = needed(text, "The question" if kind == "question" else "The objection", "Say what it is.", code="no_text")
    named = tuple(dict.fromkeys(lead.strip() for lead in leads if lead.strip()))
    if len(named) > MOST_LEADS or any(len(lead) > 200 for lead in named):
        raise AgreementRefused(
            f"At most {MOST_LEADS} leads can be named as examples, by their ids.", "Name some of them.", code="leads"
        )
    return book.leave_voice(
        version.definition_id,
        version.number,
        part=about.kind,
        part_id=about.id,
        kind=kind,
        text=said,
        lead_ids=named,
        at=at,
        **by.who,
    )


def answer(
    book: Book,
    voice_id: int,
    *,
    outcome: Outcome,
    version: int | None,
    why: str,
    by: Person,
    at: datetime,
) -> Answer:
    """Say which version changes what a voice is about, why it stays as it is, or why it is asked again."""
    voice = book.voice(voice_id)
    if outcome == "changed":
        if version is None or version <= voice.version:
            raise AgreementRefused(
                f"Only a version after {voice.version} can answer what was said of version {voice.version}.",
                "Name the version that changes it.",
                code="not_later",
            )
        book.version(voice.definition_id, version)
    else:
        why = needed(why, "The reason", "Whoever asked wants to know why.", code="no_why")
    number = version if outcome == "changed" else None
    return book.answer(
        voice_id, outcome=outcome, version=number, why=why.strip(), name=by.name, account=by.account, at=at
    )


def spoken(book: Book, definition_id: str, versions: Sequence[Version]) -> tuple[Spoken, ...]:
    """Every voice on a definition, oldest first."""
    answers, numbered = book.answers(definition_id), {version.number: version for version in versions}
    out = []
    for voice in book.voices(definition_id):
        own = tuple(one for one in answers if one.voice_id == voice.id)
        title = _title(numbered[voice.version], Part(voice.part, voice.part_id))
        out.append(Spoken(voice, title, own, _stands(own, numbered)))
    return tuple(out)


def _stands(answers: Sequence[Answer], versions: dict[int, Version]) -> Stands:
    newest = answers[-1] if answers else None
    if newest is None or newest.outcome == "reopened":
        return "open"
    if newest.outcome == "kept":
        return "kept"
    version = versions[newest.version] if newest.version is not None else None
    if version is None or version.agreed_at is not None:
        return "changed"
    # What was withdrawn or overtaken before both had signed has changed nothing.
    return "pending" if version.state == "proposed" else "open"


def _title(version: Version, about: Part) -> str:
    if about == WHOLE:
        return "The whole agreement"
    kind = KINDS.get(about.kind) if about.kind in PARTS else None
    if kind is None:
        raise AgreementRefused(
            f'Nothing of a definition is called "{about.kind}".', f"There are {', '.join(PARTS)}.", code="no_part"
        )
    items = kind.items(version.definition)
    if about.id not in items:
        raise AgreementRefused(
            f'Version {version.number} has no {about.kind} "{about.id}".',
            nearest(about.id, items) or "Choose one of those it has.",
            code="no_part",
        )
    return kind.title(items[about.id], version.definition)
