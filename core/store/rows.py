"""What the register keeps, one class per table.

`NewBatch`, `Batch` and `DefinitionVersion` are what callers give and get: frozen, validated, free of the database.
The classes ending in `Row` are the tables; a `table=True` class does not validate when it is called, so rows are made
by `model_validate`, and the CHECK constraints say the same once more to the database.
"""

from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime
from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKeyConstraint, MetaData, String
from sqlmodel import Field, SQLModel

from core.store.instants import Utc

State = Literal["writing", "live", "undone", "failed"]
"""writing: rows are on their way; live: readers see them; undone: taken back, to be redone; failed: never completed."""
Chooser = Literal["person", "import", "agreement"]
PersonKind = Literal["person", "queue", "machine"]
Side = Literal["marketing", "sales"]


class Base(SQLModel):
    """Common ground: one set of names for constraints, so that migrations can speak of them."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
        }
    )


class NewBatch(Base):
    """One file about to be imported: what it was, how it was read, what was found in it.

    >>> NewBatch(file_name="leads.csv", sha256="0" * 64, size_bytes=120, shape="salesforce_leads").mapping
    {}
    """

    model_config = {"frozen": True, "extra": "forbid"}

    file_name: str
    sha256: str = Field(index=True)
    size_bytes: int = Field(ge=0, sa_type=BigInteger)
    shape: str
    """What the file was recognised as."""
    mapping: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    first_instant: int | None = Field(None, sa_type=BigInteger)
    """Seconds since 1970-01-01 UTC."""
    last_instant: int | None = Field(None, sa_type=BigInteger)
    fingerprint: str = ""
    """Of the file's columns: files of one fingerprint are read by one remembered mapping."""
    exported_at: int | None = Field(None, sa_type=BigInteger)


class Batch(NewBatch):
    """One import as the register knows it."""

    id: int
    state: State
    imported_at: AwareDatetime
    imported_by: str
    committed_at: AwareDatetime | None = None


class BatchRow(Batch, table=True):
    """One import; its state is what makes its rows exist for readers."""

    __tablename__ = "batch"
    __table_args__ = (
        CheckConstraint("state in ('writing', 'live', 'undone', 'failed')", name="state"),
        CheckConstraint("size_bytes >= 0", name="size"),
        # A number is never given twice: rows of a dead import may still lie in the ledger under it.
        {"sqlite_autoincrement": True},
    )
    model_config = {"frozen": False}

    id: int = Field(default=None, primary_key=True)
    state: State = Field(sa_type=String, index=True)
    imported_at: AwareDatetime = Field(sa_type=Utc)
    committed_at: AwareDatetime | None = Field(None, sa_type=Utc)


class LeaseRow(Base, table=True):
    """Who writes to the workspace: a single row, all empty while nobody does."""

    __tablename__ = "lease"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: int = Field(1, primary_key=True)
    token: str | None = None
    holder: str | None = None
    host: str | None = None
    pid: int | None = None
    started: float | None = None
    """When the holding process was started (its system's clock): a process number alone is used again."""
    since: AwareDatetime | None = Field(None, sa_type=Utc)
    beat_at: AwareDatetime | None = Field(None, sa_type=Utc)


class MappingRow(Base, table=True):
    """How files of one fingerprint were read last."""

    __tablename__ = "mapping"

    fingerprint: str = Field(primary_key=True)
    mapping: dict[str, Any] = Field(sa_type=JSON)
    remembered_at: AwareDatetime = Field(sa_type=Utc)


class SettingRow(Base, table=True):
    """A stated setting."""

    __tablename__ = "setting"

    name: str = Field(primary_key=True)
    value: Any = Field(sa_type=JSON)
    stated_at: AwareDatetime = Field(sa_type=Utc)


class DefinitionVersion(Base):
    """One saved version of a definition; versions count from 1 within a definition."""

    model_config = {"frozen": True, "extra": "forbid"}

    definition_id: str
    version: int = Field(ge=1)
    definition: dict[str, Any] = Field(sa_type=JSON)
    content_hash: str
    saved_at: AwareDatetime
    note: str = ""


class DefinitionRow(DefinitionVersion, table=True):
    """A definition's version: written once, never changed."""

    __tablename__ = "definition"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)
    model_config = {"frozen": False}

    definition_id: str = Field(primary_key=True)
    version: int = Field(ge=1, primary_key=True)
    saved_at: AwareDatetime = Field(sa_type=Utc)


class DefinitionUseRow(Base, table=True):
    """A choice of the version to measure by; the newest one holds."""

    __tablename__ = "definition_use"
    __table_args__ = (
        ForeignKeyConstraint(["definition_id", "version"], ["definition.definition_id", "definition.version"]),
        CheckConstraint("chosen_by in ('person', 'import', 'agreement')", name="chosen_by"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    definition_id: str
    version: int
    chosen_at: AwareDatetime = Field(sa_type=Utc)
    chosen_by: Chooser = Field(sa_type=String)


class LabelAnswerRow(Base, table=True):
    """Which stage a label of the data means: a stage id, an exit id or `ignore`."""

    __tablename__ = "label_answer"

    label: str = Field(primary_key=True)
    target: str
    answered_at: AwareDatetime = Field(sa_type=Utc)


class CalendarRow(Base, table=True):
    """Somebody's working hours, by id."""

    __tablename__ = "calendar"

    id: str = Field(primary_key=True)
    calendar: dict[str, Any] = Field(sa_type=JSON)
    stated_at: AwareDatetime = Field(sa_type=Utc)


class CalendarUseRow(Base, table=True):
    """The calendar that a team works by; the empty team is everybody else."""

    __tablename__ = "calendar_use"
    __table_args__ = (ForeignKeyConstraint(["calendar_id"], ["calendar.id"]),)

    team: str = Field(primary_key=True)
    calendar_id: str
    stated_at: AwareDatetime = Field(sa_type=Utc)


class StatedPerson(Base):
    """What is stated of one person; None says nothing, and what the files say of it holds."""

    model_config = {"frozen": True, "extra": "forbid"}

    person_id: str
    name: str | None = None
    kind: PersonKind | None = None
    side: Side | None = None
    team: str | None = None
    manager: str | None = None
    zone: str | None = None
    capacity: float | None = Field(None, ge=0)
    """Leads a week."""
    active_from: date | None = None
    active_to: date | None = None
    calendar: str | None = None


class PersonRow(StatedPerson, table=True):
    """One person of whom something is stated."""

    __tablename__ = "person"
    __table_args__ = (
        ForeignKeyConstraint(["calendar"], ["calendar.id"]),
        CheckConstraint("kind in ('person', 'queue', 'machine')", name="kind"),
        CheckConstraint("side in ('marketing', 'sales')", name="side"),
        CheckConstraint("capacity >= 0", name="capacity"),
    )
    model_config = {"frozen": False}

    person_id: str = Field(primary_key=True)
    kind: PersonKind | None = Field(None, sa_type=String)
    side: Side | None = Field(None, sa_type=String)
    stated_at: AwareDatetime = Field(sa_type=Utc)


class StateRow(Base, table=True):
    """One text that changes with everything that answers depend on."""

    __tablename__ = "state"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: int = Field(1, primary_key=True)
    version: str
