"""The agreements of a workspace: drafted, proposed, signed, in force; and what people ask about them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial

import pandas as pd

from core.agreement import drafts, signing, voices
from core.agreement.drafts import Content, Draft
from core.agreement.people import Person, recognised, signers
from core.agreement.standing import Version, standing
from core.agreement.voices import Spoken
from core.definition import Definition, named
from core.definition.comparing import WHOLE, Comparison, Part, compare
from core.definition.merging import quarrels, rebased
from core.errors import DefinitionInvalid, StoreError
from core.store import Book, Outcome, VoiceKind
from core.workspace import Workspace


@dataclass(frozen=True)
class Agreement:
    """What marketing and sales agree on in one workspace. Every change is whole or not at all.

    `at` is now; `by` of a draft is a name, of anything that is signed or said a `Person` with its side.
    """

    workspace: Workspace
    _people: dict[str, pd.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)
    """The state of the workspace → who is known in it; one at a time."""

    # Working copies

    def begin(
        self, content: Content, *, at: datetime, by: str, origin: str = "", base_version: int | None = None
    ) -> Draft:
        """Begin a draft with this content: somebody's own working copy, or what `DraftMoved` calls mine."""
        definition = drafts.checked(content)
        with self.workspace.store.agreeing() as book:
            return drafts.begin(book, definition, origin=origin, base_version=base_version, at=at, by=by)

    def begin_from_template(
        self, template_id: str, *, at: datetime, by: str, definition_id: str | None = None
    ) -> Draft:
        """Begin with a template; `definition_id` lets it be the next version of a definition that is there."""
        template = named(template_id)
        if template is None:
            raise DefinitionInvalid(f'There is no template "{template_id}".', "Choose one from the list.")
        content = template if definition_id is None else template.model_copy(update={"id": definition_id})
        return self.begin(content, origin=f'the template "{template.name}"', at=at, by=by)

    def begin_from_version(self, definition_id: str, number: int, *, at: datetime, by: str) -> Draft:
        """Begin with any version."""
        with self.workspace.store.book() as book:
            kept = book.version(definition_id, number)
        return self.begin(kept.definition, origin=f"version {number}", base_version=number, at=at, by=by)

    def begin_from_file(self, text: str, file_name: str, *, at: datetime, by: str) -> Draft:
        """Begin with the text of a JSON file (`core.definition.written`); `DefinitionInvalid` names what is wrong."""
        return self.begin(text, origin=f'the file "{file_name}"', at=at, by=by)

    def drafts(self, definition_id: str | None = None, *, discarded: bool = False) -> tuple[Draft, ...]:
        """The working copies, the one saved last first; with `discarded` those put aside instead."""
        with self.workspace.store.book() as book:
            found = book.drafts(definition_id)
        return tuple(drafts.read(one) for one in found if (one.discarded_at is not None) == discarded)

    def draft(self, draft_id: int, revision: int | None = None) -> Draft:
        """A draft as it is, or as it was at a revision."""
        with self.workspace.store.book() as book:
            return drafts.read(book.draft(draft_id, revision))

    def save(self, draft_id: int, content: Content, *, seen: int, at: datetime, by: str) -> Draft:
        """Save a draft on top of the revision `seen`.

        `DraftMoved` where somebody saved since: it holds both contents and what differs; then either `begin` a draft of
        one's own, or `rebase`. `DefinitionInvalid` where the content is no definition; nothing is saved then.
        """
        mine = drafts.checked(content)
        with self.workspace.store.agreeing() as book:
            return drafts.save(book, draft_id, mine, seen=seen, at=at, by=by)

    def quarrels(self, draft_id: int, content: Content, *, since: int, onto: int) -> tuple[Part, ...]:
        """The parts that mine (edited since a revision) and the revision `onto` changed both, and otherwise."""
        return quarrels(*self._three(draft_id, content, since, onto))

    def rebase(
        self,
        draft_id: int,
        content: Content,
        *,
        since: int,
        onto: int,
        take: Iterable[Part] | None = None,
        at: datetime,
        by: str,
    ) -> Draft:
        """Save the revision `onto` with the parts of mine in `take`; by default all that nobody else changed."""
        return self.save(draft_id, rebased(*self._three(draft_id, content, since, onto), take), seen=onto, at=at, by=by)

    def discard(self, draft_id: int, *, at: datetime) -> Draft:
        """Put a draft aside; its content stays."""
        with self.workspace.store.agreeing() as book:
            return drafts.read(book.discard_draft(draft_id, at=at))

    def take_up(self, draft_id: int) -> Draft:
        """Take a draft up again that was put aside."""
        with self.workspace.store.agreeing() as book:
            return drafts.read(book.discard_draft(draft_id, at=None))

    # Versions

    def definition_ids(self) -> tuple[str, ...]:
        """Every definition that has a version or a draft."""
        with self.workspace.store.book() as book:
            return book.definition_ids()

    def versions(self, definition_id: str, *, at: datetime) -> tuple[Version, ...]:
        """Every version and how it stands at `at`, newest first."""
        with self.workspace.store.book() as book:
            return standing(book, definition_id, at=at)

    def version(self, definition_id: str, number: int, *, at: datetime) -> Version:
        """One version and how it stands; `StoreError` where there is none of that number."""
        with self.workspace.store.book() as book:
            return _version(book, definition_id, number, at)

    def timeline(self, definition_id: str, *, at: datetime) -> tuple[Version, ...]:
        """The versions that are, were or will be in force, in order: without a gap after the first."""
        held = [version for version in self.versions(definition_id, at=at) if version.starts_at is not None]
        return tuple(reversed(held))

    def in_force(self, definition_id: str, *, at: datetime) -> Version | None:
        """The version in force at that instant; None before the first."""
        started = [
            one for one in self.timeline(definition_id, at=at) if one.starts_at is not None and one.starts_at <= at
        ]
        return started[-1] if started else None

    def compare(self, definition_id: str, before: int, after: int, *, at: datetime) -> Comparison:
        """What changed from one version to another, in plain words."""
        old, new = (self.version(definition_id, number, at=at).definition for number in (before, after))
        return compare(old, new)

    def settle(self, *, at: datetime) -> bool:
        """Let what has come into force by `at` be what is measured by; did that change? Ask at every opening.

        A version signed for a day to come begins on that day without anybody's doing. Who has chosen a version by hand
        since then is left with it.
        """
        with self.workspace.store.book() as book:
            if signing.due(book, at=at) is None:
                return False  # Nothing to write: nobody has to wait.
        with self.workspace.store.agreeing() as book:
            return signing.settle(book, at=at)

    # Proposing and signing

    def people(self) -> pd.DataFrame:
        """Who could sign, as the data know them (`people.SIGNERS`)."""
        here, version = self.workspace, self.workspace.store.version()
        if version not in self._people:
            self._people.clear()
            self._people[version] = signers(here.engine, here.sources(), here.definition())
        return self._people[version]

    def propose(
        self,
        draft_id: int,
        *,
        seen: int,
        by: Person,
        at: datetime,
        starts: date | None = None,
        note: str = "",
        closes: Iterable[int] = (),
    ) -> Version:
        """Freeze a draft at the revision `seen` as the next version, proposed to be in force from the day `starts`.

        None: as soon as both sides have signed; where the day is past by then, also from then. `closes`: the voices
        that it answers. A proposal that is still open is superseded by it. The draft can be edited on.
        """
        who = self._known(by)
        zone = self.workspace.settings.tz
        begins = None if starts is None else datetime.combine(starts, time(), tzinfo=zone)
        past = starts is not None and starts < at.astimezone(zone).date()
        with self.workspace.store.agreeing() as book:
            draft = book.draft(draft_id)
            if draft.revision != seen:
                base = drafts.read(book.draft(draft_id, seen))
                raise drafts.moved(base, drafts.read(draft), base.definition)
            number = signing.propose(book, draft_id, by=who, starts_at=begins, past=past, note=note, at=at)
            signing.closes(book, closes, number, by=who, at=at)
            return _version(book, draft.definition_id, number, at)

    def withdraw(self, definition_id: str, number: int, *, by: Person, at: datetime, why: str = "") -> Version:
        """Take a proposal off the table, while it is not in force."""
        return self._sign(definition_id, number, at, partial(signing.withdraw, by=self._known(by), why=why))

    def sign(
        self, definition_id: str, number: int, *, by: Person, content_hash: str, at: datetime, note: str = ""
    ) -> Version:
        """Sign a proposed version for one side; `content_hash` is that of the version which the signer saw."""
        signed = partial(signing.sign, by=self._known(by), content_hash=content_hash, note=note)
        return self._sign(definition_id, number, at, signed)

    def withdraw_signature(
        self, definition_id: str, number: int, *, by: Person, at: datetime, why: str = ""
    ) -> Version:
        """Take one's own signature back, while the version is not in force."""
        return self._sign(definition_id, number, at, partial(signing.withdraw_signature, by=self._known(by), why=why))

    # Voices

    def leave_voice(
        self,
        definition_id: str,
        number: int,
        *,
        kind: VoiceKind,
        text: str,
        by: Person,
        at: datetime,
        about: Part = WHOLE,
        leads: Iterable[str] = (),
    ) -> Spoken:
        """Leave a question or an objection on a stage, criterion, reason, rule, clock or the whole of a version."""
        who = self._known(by)
        with self.workspace.store.agreeing() as book:
            version = _version(book, definition_id, number, at)
            left = voices.leave(book, version, about=about, kind=kind, text=text, leads=leads, by=who, at=at)
            return _spoken(book, left.definition_id, left.id, at)

    def answer_voice(
        self, voice_id: int, *, outcome: Outcome, by: Person, at: datetime, version: int | None = None, why: str = ""
    ) -> Spoken:
        """Say what became of a voice: `changed` by a version, `kept` and why, or `reopened` and why."""
        who = self._known(by)
        with self.workspace.store.agreeing() as book:
            voices.answer(book, voice_id, outcome=outcome, version=version, why=why, by=who, at=at)
            return _spoken(book, book.voice(voice_id).definition_id, voice_id, at)

    def voices(self, definition_id: str, *, at: datetime, open_only: bool = False) -> tuple[Spoken, ...]:
        """Every voice on a definition, oldest first; the open ones are the next meeting's list."""
        with self.workspace.store.book() as book:
            found = voices.spoken(book, definition_id, standing(book, definition_id, at=at))
        return tuple(one for one in found if one.open or not open_only)

    def _known(self, person: Person) -> Person:
        return recognised(person, self.people())

    def _three(
        self, draft_id: int, content: Content, since: int, onto: int
    ) -> tuple[Definition, Definition, Definition]:
        base, theirs = self.draft(draft_id, since).definition, self.draft(draft_id, onto).definition
        return base, theirs, drafts.checked(content)

    def _sign(self, definition_id: str, number: int, at: datetime, act: partial[None]) -> Version:
        with self.workspace.store.agreeing() as book:
            act(book, _version(book, definition_id, number, at), at=at)
            signing.settle(book, at=at)
            return _version(book, definition_id, number, at)


def _version(book: Book, definition_id: str, number: int, at: datetime) -> Version:
    for version in standing(book, definition_id, at=at):
        if version.number == number:
            return version
    book.version(definition_id, number)
    raise StoreError(f"There is no version {number}.", "Choose one of the saved versions.")


def _spoken(book: Book, definition_id: str, voice_id: int, at: datetime) -> Spoken:
    found = voices.spoken(book, definition_id, standing(book, definition_id, at=at))
    return next(one for one in found if one.voice.id == voice_id)
