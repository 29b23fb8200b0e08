"""What the register keeps of an agreement's life, one class per table; see `rows` for how such classes are made.

`Draft`, `Proposal`, `Signature`, `Voice` and `Answer` are what callers get: frozen, free of the database.
"""

from typing import Any, Literal

from pydantic import AwareDatetime
from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, String
from sqlmodel import Field

from core.store.instants import Utc
from core.store.rows import Base

Side = Literal["marketing", "sales"]
VoiceKind = Literal["question", "objection"]
Outcome = Literal["changed", "kept", "reopened"]
"""What became of a voice: a version changes what it is about; it stays as it is, and why; it is asked again."""

_FROZEN: Any = {"frozen": True, "extra": "forbid"}
_ROW: Any = {"frozen": False}
_SIDES = "side in ('marketing', 'sales')"


class Draft(Base):
    """A working copy as it was saved last; every earlier revision is kept beside it."""

    model_config = _FROZEN

    id: int
    definition_id: str
    origin: str
    """What it was begun from, in words."""
    base_version: int | None = None
    """The version that it was begun from, where it was one."""
    begun_at: AwareDatetime
    begun_by: str
    revision: int = Field(ge=1)
    """Counts its saves, from 1."""
    definition: dict[str, Any]
    content_hash: str
    saved_at: AwareDatetime
    saved_by: str
    discarded_at: AwareDatetime | None = None


class DraftRow(Base, table=True):
    """One draft, and which of its revisions is the newest."""

    __tablename__ = "draft"
    __table_args__ = (CheckConstraint("revision >= 1", name="revision"), {"sqlite_autoincrement": True})

    id: int = Field(default=None, primary_key=True)
    definition_id: str = Field(index=True)
    origin: str
    base_version: int | None = None
    begun_at: AwareDatetime = Field(sa_type=Utc)
    begun_by: str
    revision: int = Field(ge=1)
    discarded_at: AwareDatetime | None = Field(None, sa_type=Utc)


class DraftRevisionRow(Base, table=True):
    """What one save of a draft held: written once, never changed."""

    __tablename__ = "draft_revision"
    __table_args__ = (ForeignKeyConstraint(["draft_id"], ["draft.id"]),)

    draft_id: int = Field(primary_key=True)
    revision: int = Field(ge=1, primary_key=True)
    definition: dict[str, Any] = Field(sa_type=JSON)
    content_hash: str
    saved_at: AwareDatetime = Field(sa_type=Utc)
    saved_by: str


class Proposal(Base):
    """A version put before both sides to be signed."""

    model_config = _FROZEN

    id: int
    definition_id: str
    version: int = Field(ge=1)
    proposed_at: AwareDatetime
    proposed_by: str
    note: str = ""
    starts_at: AwareDatetime | None = None
    """From when it shall be in force; None: as soon as both have signed."""
    withdrawn_at: AwareDatetime | None = None
    withdrawn_by: str | None = None
    withdrawn_why: str = ""


class ProposalRow(Proposal, table=True):
    """One proposal; it is withdrawn, never deleted."""

    __tablename__ = "proposal"
    __table_args__ = (
        ForeignKeyConstraint(["definition_id", "version"], ["definition.definition_id", "definition.version"]),
        {"sqlite_autoincrement": True},
    )
    model_config = _ROW

    id: int = Field(default=None, primary_key=True)
    definition_id: str = Field(index=True)
    proposed_at: AwareDatetime = Field(sa_type=Utc)
    starts_at: AwareDatetime | None = Field(None, sa_type=Utc)
    withdrawn_at: AwareDatetime | None = Field(None, sa_type=Utc)


class Signature(Base):
    """One person's yes to a proposal, for one side, to exactly this content."""

    model_config = _FROZEN

    id: int
    proposal_id: int
    side: Side
    name: str
    person_id: str | None = None
    """Who it is among the people of the data, where somebody is known by that name."""
    account: str | None = None
    """The login that signed; None: not authenticated."""
    content_hash: str
    note: str = ""
    signed_at: AwareDatetime
    withdrawn_at: AwareDatetime | None = None
    withdrawn_why: str = ""


class SignatureRow(Signature, table=True):
    """One signature; it is withdrawn, never deleted."""

    __tablename__ = "signature"
    __table_args__ = (
        ForeignKeyConstraint(["proposal_id"], ["proposal.id"]),
        CheckConstraint(_SIDES, name="side"),
        {"sqlite_autoincrement": True},
    )
    model_config = _ROW

    id: int = Field(default=None, primary_key=True)
    proposal_id: int = Field(index=True)
    side: Side = Field(sa_type=String)
    signed_at: AwareDatetime = Field(sa_type=Utc)
    withdrawn_at: AwareDatetime | None = Field(None, sa_type=Utc)


class Voice(Base):
    """A question or an objection that somebody left on a part of a version."""

    model_config = _FROZEN

    id: int
    definition_id: str
    version: int = Field(ge=1)
    part: str
    """Kind of the part: whole, stage, criterion, reason, rule or clock."""
    part_id: str = ""
    kind: VoiceKind
    side: Side
    name: str
    person_id: str | None = None
    account: str | None = None
    text: str
    lead_ids: list[str] = Field(default_factory=list, sa_type=JSON)
    left_at: AwareDatetime


class VoiceRow(Voice, table=True):
    """One voice: written once, never changed."""

    __tablename__ = "voice"
    __table_args__ = (
        ForeignKeyConstraint(["definition_id", "version"], ["definition.definition_id", "definition.version"]),
        CheckConstraint("kind in ('question', 'objection')", name="kind"),
        CheckConstraint(_SIDES, name="side"),
        {"sqlite_autoincrement": True},
    )
    model_config = _ROW

    id: int = Field(default=None, primary_key=True)
    definition_id: str = Field(index=True)
    kind: VoiceKind = Field(sa_type=String)
    side: Side = Field(sa_type=String)
    left_at: AwareDatetime = Field(sa_type=Utc)


class Answer(Base):
    """What became of a voice; the newest answer holds, earlier ones stay."""

    model_config = _FROZEN

    id: int
    voice_id: int
    outcome: Outcome
    version: int | None = None
    """The version that changes what the voice was about."""
    why: str = ""
    name: str
    account: str | None = None
    answered_at: AwareDatetime


class AnswerRow(Answer, table=True):
    """One answer: written once, never changed."""

    __tablename__ = "voice_answer"
    __table_args__ = (
        ForeignKeyConstraint(["voice_id"], ["voice.id"]),
        CheckConstraint("outcome in ('changed', 'kept', 'reopened')", name="outcome"),
        {"sqlite_autoincrement": True},
    )
    model_config = _ROW

    id: int = Field(default=None, primary_key=True)
    voice_id: int = Field(index=True)
    outcome: Outcome = Field(sa_type=String)
    answered_at: AwareDatetime = Field(sa_type=Utc)
