"""Drafts, proposals, signatures and voices: kept together in one transaction, so that rules hold for all of them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlmodel import Session, col, select

from core.errors import StoreError
from core.store.agreed_rows import (
    Answer,
    AnswerRow,
    Draft,
    DraftRevisionRow,
    DraftRow,
    Outcome,
    Proposal,
    ProposalRow,
    Side,
    Signature,
    SignatureRow,
    Voice,
    VoiceKind,
    VoiceRow,
)
from core.store.instants import utc
from core.store.memory import newest_use, save_version, versions_of
from core.store.register import Register
from core.store.rows import DefinitionRow, DefinitionUseRow, DefinitionVersion


class Who(TypedDict):
    """Somebody who signs or speaks, as it is written down."""

    side: Side
    name: str
    person_id: str | None
    account: str | None


@dataclass(frozen=True)
class Book:
    """Everything that is kept of agreements, as one transaction sees it. What a mistake names is not there:
    `StoreError`."""

    session: Session

    def definition_ids(self) -> tuple[str, ...]:
        """Every definition that has a version or a draft, in order of its id."""
        saved = self.session.exec(select(DefinitionRow.definition_id).distinct()).all()
        drafted = self.session.exec(select(DraftRow.definition_id).distinct()).all()
        return tuple(sorted({*saved, *drafted}))

    def versions(self, definition_id: str) -> tuple[DefinitionVersion, ...]:
        """The saved versions, newest first."""
        return versions_of(self.session, definition_id)

    def version(self, definition_id: str, number: int) -> DefinitionVersion:
        """One saved version."""
        row = self.session.get(DefinitionRow, (definition_id, number))
        if row is None:
            raise StoreError(
                f'There is no version {number} of the definition "{definition_id}".',
                "Choose one of the saved versions.",
            )
        return DefinitionVersion.model_validate(row.model_dump())

    def save_version(
        self, definition: Mapping[str, Any], *, definition_id: str, content_hash: str, at: datetime, note: str
    ) -> int:
        """Keep it as the next version, unless it equals the newest; gives the number."""
        return save_version(
            self.session, definition, definition_id=definition_id, content_hash=content_hash, at=at, note=note
        )

    def used(self) -> DefinitionUseRow | None:
        """The newest choice of a version to measure by."""
        return newest_use(self.session)

    def use(self, definition_id: str, version: int, *, at: datetime) -> None:
        """Measure by this version, because it is in force."""
        choice = {"definition_id": definition_id, "version": version, "chosen_by": "agreement", "chosen_at": utc(at)}
        self.session.add(DefinitionUseRow.model_validate(choice))

    def begin_draft(
        self,
        definition: Mapping[str, Any],
        *,
        definition_id: str,
        content_hash: str,
        origin: str,
        base_version: int | None,
        at: datetime,
        by: str,
    ) -> Draft:
        """Keep a new draft, at revision 1."""
        begun = {"begun_at": utc(at), "begun_by": by, "revision": 1, "base_version": base_version}
        row = DraftRow.model_validate({**begun, "definition_id": definition_id, "origin": origin})
        self.session.add(row)
        self.session.flush()
        self._keep(row, definition, content_hash, at, by)
        return self.draft(row.id)

    def save_draft(
        self, draft_id: int, definition: Mapping[str, Any], *, content_hash: str, at: datetime, by: str
    ) -> Draft:
        """Keep the next revision of a draft."""
        row = self._draft(draft_id)
        row.revision += 1
        self.session.add(row)
        self._keep(row, definition, content_hash, at, by)
        return self.draft(draft_id)

    def draft(self, draft_id: int, revision: int | None = None) -> Draft:
        """A draft as it was at a revision; the newest where none is given."""
        row = self._draft(draft_id)
        kept = self.session.get(DraftRevisionRow, (draft_id, revision or row.revision))
        if kept is None:
            raise StoreError(f"Draft {draft_id} has no revision {revision}.", f"Its newest is {row.revision}.")
        own = kept.model_dump(exclude={"draft_id"})
        return Draft.model_validate({**row.model_dump(), **own})

    def drafts(self, definition_id: str | None = None) -> tuple[Draft, ...]:
        """Every draft, also discarded ones, the one saved last first."""
        wanted = select(DraftRow.id)
        if definition_id is not None:
            wanted = wanted.where(DraftRow.definition_id == definition_id)
        found = [self.draft(number) for number in self.session.exec(wanted)]
        return tuple(sorted(found, key=lambda draft: (draft.saved_at, draft.id), reverse=True))

    def discard_draft(self, draft_id: int, *, at: datetime | None) -> Draft:
        """Put a draft aside; None takes it up again."""
        row = self._draft(draft_id)
        row.discarded_at = None if at is None else utc(at)
        self.session.add(row)
        self.session.flush()
        return self.draft(draft_id)

    def proposals(self, definition_id: str) -> tuple[Proposal, ...]:
        """Every proposal of a definition, in the order in which they were made."""
        wanted = select(ProposalRow).where(ProposalRow.definition_id == definition_id).order_by(col(ProposalRow.id))
        return tuple(Proposal.model_validate(row.model_dump()) for row in self.session.exec(wanted))

    def propose(
        self, definition_id: str, version: int, *, starts_at: datetime | None, at: datetime, by: str, note: str
    ) -> Proposal:
        """Put a saved version before both sides."""
        facts = {"definition_id": definition_id, "version": version, "proposed_by": by, "note": note}
        when = {"proposed_at": utc(at), "starts_at": None if starts_at is None else utc(starts_at)}
        row = ProposalRow.model_validate({**facts, **when})
        self.session.add(row)
        self.session.flush()
        return Proposal.model_validate(row.model_dump())

    def withdraw_proposal(self, proposal_id: int, *, at: datetime, by: str, why: str) -> None:
        """Take a proposal off the table."""
        row = self.session.get_one(ProposalRow, proposal_id)
        row.withdrawn_at, row.withdrawn_by, row.withdrawn_why = utc(at), by, why
        self.session.add(row)

    def signatures(self, definition_id: str) -> tuple[Signature, ...]:
        """Every signature on a definition's proposals, also withdrawn ones, in the order in which they were given."""
        wanted = (
            select(SignatureRow)
            .join(ProposalRow, col(SignatureRow.proposal_id) == ProposalRow.id)
            .where(ProposalRow.definition_id == definition_id)
            .order_by(col(SignatureRow.id))
        )
        return tuple(Signature.model_validate(row.model_dump()) for row in self.session.exec(wanted))

    def sign(self, proposal_id: int, *, content_hash: str, note: str, at: datetime, **who: Unpack[Who]) -> Signature:
        """Write down a signature."""
        facts = {"proposal_id": proposal_id, "content_hash": content_hash, "note": note, "signed_at": utc(at)}
        row = SignatureRow.model_validate({**facts, **who})
        self.session.add(row)
        self.session.flush()
        return Signature.model_validate(row.model_dump())

    def withdraw_signature(self, signature_id: int, *, at: datetime, why: str) -> None:
        """Take a signature back."""
        row = self.session.get_one(SignatureRow, signature_id)
        row.withdrawn_at, row.withdrawn_why = utc(at), why
        self.session.add(row)

    def voices(self, definition_id: str) -> tuple[Voice, ...]:
        """Every voice on a definition, in the order in which they were left."""
        wanted = select(VoiceRow).where(VoiceRow.definition_id == definition_id).order_by(col(VoiceRow.id))
        return tuple(Voice.model_validate(row.model_dump()) for row in self.session.exec(wanted))

    def voice(self, voice_id: int) -> Voice:
        """One voice."""
        row = self.session.get(VoiceRow, voice_id)
        if row is None:
            raise StoreError(f"There is no voice number {voice_id}.", "Choose one from the list.")
        return Voice.model_validate(row.model_dump())

    def leave_voice(
        self,
        definition_id: str,
        version: int,
        *,
        part: str,
        part_id: str,
        kind: VoiceKind,
        text: str,
        lead_ids: Iterable[str],
        at: datetime,
        **who: Unpack[Who],
    ) -> Voice:
        """Write down a question or an objection."""
        about = {"definition_id": definition_id, "version": version, "part": part, "part_id": part_id}
        said = {"kind": kind, "text": text, "lead_ids": list(lead_ids), "left_at": utc(at)}
        row = VoiceRow.model_validate({**about, **said, **who})
        self.session.add(row)
        self.session.flush()
        return Voice.model_validate(row.model_dump())

    def answers(self, definition_id: str) -> tuple[Answer, ...]:
        """Every answer to a definition's voices, in the order in which they were given."""
        wanted = (
            select(AnswerRow)
            .join(VoiceRow, col(AnswerRow.voice_id) == VoiceRow.id)
            .where(VoiceRow.definition_id == definition_id)
            .order_by(col(AnswerRow.id))
        )
        return tuple(Answer.model_validate(row.model_dump()) for row in self.session.exec(wanted))

    def answer(
        self,
        voice_id: int,
        *,
        outcome: Outcome,
        version: int | None,
        why: str,
        name: str,
        account: str | None,
        at: datetime,
    ) -> Answer:
        """Write down what became of a voice."""
        facts = {"voice_id": voice_id, "outcome": outcome, "version": version, "why": why}
        row = AnswerRow.model_validate({**facts, "name": name, "account": account, "answered_at": utc(at)})
        self.session.add(row)
        self.session.flush()
        return Answer.model_validate(row.model_dump())

    def _draft(self, draft_id: int) -> DraftRow:
        row = self.session.get(DraftRow, draft_id)
        if row is None:
            raise StoreError(f"There is no draft number {draft_id}.", "Choose one from the list of drafts.")
        return row

    def _keep(self, row: DraftRow, definition: Mapping[str, Any], content_hash: str, at: datetime, by: str) -> None:
        facts = {"draft_id": row.id, "revision": row.revision, "definition": dict(definition)}
        kept = {"content_hash": content_hash, "saved_at": utc(at), "saved_by": by}
        self.session.add(DraftRevisionRow.model_validate({**facts, **kept}))
        self.session.flush()


class Agreements:
    """The book of agreements, opened for reading or for writing."""

    _register: Register

    @contextmanager
    def book(self) -> Iterator[Book]:
        """The book as it is now, to read."""
        with self._register.reading() as session:
            yield Book(session)

    @contextmanager
    def agreeing(self) -> Iterator[Book]:
        """The book, to write in: everything when the block ends, nothing when it raises. One writer at a time."""
        with self._register.changing() as session:
            yield Book(session)
