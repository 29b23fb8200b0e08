"""What a workspace remembers besides rows: mappings, settings, definitions, what labels mean."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from core.errors import StoreError
from core.store.instants import utc
from core.store.register import Register
from core.store.rows import (
    Chooser,
    DefinitionRow,
    DefinitionUseRow,
    DefinitionVersion,
    LabelAnswerRow,
    MappingRow,
    SettingRow,
)


class Memory:
    """Questions and answers about what was stated; values are JSON throughout."""

    def __init__(self, register: Register) -> None:
        self._register = register

    def remember_mapping(self, fingerprint: str, mapping: Mapping[str, Any], *, at: datetime) -> None:
        """Keep how a file with these columns was read, in place of what was kept before."""
        row = {"fingerprint": fingerprint, "mapping": dict(mapping), "remembered_at": utc(at)}
        with self._register.writing() as session:
            session.merge(MappingRow.model_validate(row))

    def mapping_for(self, fingerprint: str) -> dict[str, Any] | None:
        """How the last file with these columns was read; None when there was none."""
        with self._register.reading() as session:
            row = session.get(MappingRow, fingerprint)
            return None if row is None else row.mapping

    def mappings(self) -> dict[str, dict[str, Any]]:
        """Fingerprint → how files of it were read last."""
        with self._register.reading() as session:
            return {row.fingerprint: row.mapping for row in session.exec(select(MappingRow))}

    def state_settings(self) -> dict[str, object]:
        """Every stated setting; what was not stated is not here (`core.settings` has the defaults)."""
        with self._register.reading() as session:
            return {row.name: row.value for row in session.exec(select(SettingRow).order_by(SettingRow.name))}

    def put_setting(self, name: str, value: object, *, at: datetime) -> None:
        """State a setting; None takes the statement back."""
        with self._register.changing() as session:
            if value is not None:
                session.merge(SettingRow.model_validate({"name": name, "value": value, "stated_at": utc(at)}))
            elif (row := session.get(SettingRow, name)) is not None:
                session.delete(row)

    def save_definition(
        self,
        definition: Mapping[str, Any],
        *,
        definition_id: str,
        content_hash: str,
        at: datetime,
        note: str = "",
    ) -> int:
        """Keep a definition as its next version and give the number; what equals the newest version gets no new one."""
        with self._register.writing() as session:
            return save_version(
                session, definition, definition_id=definition_id, content_hash=content_hash, at=at, note=note
            )

    def definitions(self, definition_id: str | None = None) -> tuple[DefinitionVersion, ...]:
        """The saved versions of one definition, or of all of them; newest version first."""
        with self._register.reading() as session:
            return versions_of(session, definition_id)

    def use_definition(self, definition_id: str, version: int, *, at: datetime, chosen_by: Chooser) -> None:
        """Measure by this version from now on; `StoreError` when it was never saved."""
        with self._register.changing() as session:
            if session.get(DefinitionRow, (definition_id, version)) is None:
                raise StoreError(
                    f'There is no version {version} of the definition "{definition_id}".',
                    "Choose one of the saved versions.",
                )
            choice = {"definition_id": definition_id, "version": version, "chosen_by": chosen_by}
            session.add(DefinitionUseRow.model_validate({**choice, "chosen_at": utc(at)}))

    def in_use(self) -> DefinitionVersion | None:
        """The version to measure by; None before any was chosen."""
        with self._register.reading() as session:
            use = newest_use(session)
            if use is None:
                return None
            row = session.get_one(DefinitionRow, (use.definition_id, use.version))
            return DefinitionVersion.model_validate(row.model_dump())

    def chosen_by(self) -> Chooser | None:
        """Who chose the version in use: a person, an agreement that came into force, or an import; None before any."""
        with self._register.reading() as session:
            use = newest_use(session)
            return None if use is None else use.chosen_by

    def label_answers(self) -> dict[str, str]:
        """What people said labels of the data mean: a stage id, an exit id or `ignore`."""
        with self._register.reading() as session:
            rows = session.exec(select(LabelAnswerRow).order_by(LabelAnswerRow.label))
            return {row.label: row.target for row in rows}

    def answer_label(self, label: str, target: str | None, *, at: datetime) -> None:
        """Keep what a label means; None takes the answer back."""
        with self._register.changing() as session:
            if target is not None:
                row = {"label": label, "target": target, "answered_at": utc(at)}
                session.merge(LabelAnswerRow.model_validate(row))
            elif (known := session.get(LabelAnswerRow, label)) is not None:
                session.delete(known)


def newest_use(session: Session) -> DefinitionUseRow | None:
    """The choice of a version to measure by that holds."""
    return session.exec(select(DefinitionUseRow).order_by(col(DefinitionUseRow.id).desc())).first()


def versions_of(session: Session, definition_id: str | None = None) -> tuple[DefinitionVersion, ...]:
    """The saved versions of one definition, or of all of them; newest version first."""
    wanted = select(DefinitionRow).order_by(col(DefinitionRow.definition_id), col(DefinitionRow.version).desc())
    if definition_id is not None:
        wanted = wanted.where(DefinitionRow.definition_id == definition_id)
    return tuple(DefinitionVersion.model_validate(row.model_dump()) for row in session.exec(wanted))


def save_version(
    session: Session,
    definition: Mapping[str, Any],
    *,
    definition_id: str,
    content_hash: str,
    at: datetime,
    note: str,
) -> int:
    """Keep a definition as its next version, unless it equals the newest; gives the number."""
    newest = session.exec(
        select(DefinitionRow)
        .where(DefinitionRow.definition_id == definition_id)
        .order_by(col(DefinitionRow.version).desc())
    ).first()
    if newest is not None and newest.content_hash == content_hash:
        return newest.version
    version = 1 if newest is None else newest.version + 1
    row = {"definition_id": definition_id, "version": version, "definition": dict(definition)}
    facts = {"content_hash": content_hash, "saved_at": utc(at), "note": note}
    session.add(DefinitionRow.model_validate({**row, **facts}))
    session.flush()
    return version
