"""The front door: one workspace opened, its files imported, its questions answered. Pages and commands call this."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import pandas as pd

from core.definition import Definition, parse, propose
from core.engine import Engine
from core.errors import NotYet, ReadingUndecided
from core.intake import Mapping as ColumnMapping
from core.intake import Reading, read
from core.journeys.labels import stage_labels, unanswered
from core.journeys.reduce import Facts, key, reduce
from core.journeys.sources import Sources, live_sources
from core.journeys.stated import of_facts, stated_people
from core.keeping import Answer, Kept, Progress, apart
from core.settings import Settings, settings_from
from core.store import Batch, NewBatch, Snapshot, Store, decode_column

LEADS_IN = ("leads", "history", "touches", "deals")
"""Files of these shapes say something of leads; without one there is nothing to report on."""


@dataclass(frozen=True)
class Receipt:
    """What an import did: how the file was read, the batch it became, and whether the same bytes were there before."""

    reading: Reading
    batch: Batch
    already: bool


def _quiet(share: float, doing: str) -> None:
    """Progress that nobody watches."""


class Workspace:
    """One company's data and agreements in one folder. Safe for several threads; `close` it, or use it in a `with`."""

    def __init__(self, folder: Path, *, database_url: str | None = None) -> None:
        self.folder = folder.absolute()
        self.store = Store.open(self.folder, database_url=database_url)
        self.kept = Kept(self.folder / "facts")
        self._local = threading.local()
        self._engine = Engine(self.folder)

    def close(self) -> None:
        """Let go of every connection."""
        self.kept.close()
        self._engine.close()
        self.store.close()

    def __enter__(self) -> Self:
        """Use the workspace for the length of a block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    @property
    def engine(self) -> Engine:
        """This thread's engine."""
        mine: Engine | None = getattr(self._local, "engine", None)
        if mine is None:
            mine = self._local.engine = self._engine.beside()
        return mine

    @property
    def settings(self) -> Settings:
        """The stated settings, defaults where nothing is stated."""
        return settings_from(self.store.state_settings())

    def state(self, name: str, value: object, *, at: datetime) -> Settings:
        """State a setting; `SettingInvalid` leaves the old one."""
        stated = settings_from({**self.store.state_settings(), name: value})
        self.store.put_setting(name, stated.model_dump(mode="json")[name], at=at)
        return stated

    def definition(self) -> Definition:
        """The definition in use, with the answers to "which stage is this?"; the smallest template before any data."""
        used = self.store.in_use()
        ground = propose([]) if used is None else parse(used.definition)
        return ground.with_labels(self.store.label_answers())

    def definition_chosen(self) -> bool:
        """Has a person chosen the definition, or two of them signed it, or did an import propose it?"""
        return self.store.chosen_by() in ("person", "agreement")

    def choose(self, definition: Definition, *, at: datetime, by_person: bool = True) -> None:
        """Use this definition from now on. Choosing signs nothing."""
        version = self.store.save_definition(
            definition.model_dump(mode="json"),
            definition_id=definition.id,
            content_hash=definition.content_hash(),
            at=at,
        )
        self.store.use_definition(definition.id, version, at=at, chosen_by="person" if by_person else "import")

    def answer_label(self, label: str, target: str | None, *, at: datetime) -> None:
        """Say which stage or way out a label stands for (`ignore` for none, None to take the answer back)."""
        self.store.answer_label(label, target, at=at)

    def check(
        self,
        path: Path,
        *,
        at: datetime,
        mapping: ColumnMapping | None = None,
        answers: Mapping[str, str] | None = None,
        progress: Progress = _quiet,
    ) -> Reading:
        """How the file would be read. Writes nothing."""
        return self._read(path, None, at, mapping, answers, progress)

    def add(
        self,
        path: Path,
        *,
        at: datetime,
        mapping: ColumnMapping | None = None,
        answers: Mapping[str, str] | None = None,
        by: str | None = None,
        progress: Progress = _quiet,
    ) -> Receipt:
        """Import a file, whole or not at all. The same bytes again change nothing.

        Raises `ReadingUndecided` where only a person can say how to read it, `FileRefused` where it is no table,
        `WorkspaceBusy` while somebody else imports.
        """
        with apart(self.store.staging) as staging:
            reading = self._read(path, staging, at, mapping, answers, lambda share, what: progress(0.8 * share, what))
            if reading.undecided:
                raise ReadingUndecided(
                    f'"{reading.file_name}" can be read in more than one way.',
                    "Answer the questions and import it again.",
                    reading.questions,
                    reading,
                )
            stated = reading.mapping.model_dump(mode="json")
            same = self.store.find(reading.sha256, stated)
            if same is not None:
                batch = same if same.state == "live" else self.store.redo(same.id)
                self._propose(at)
                return Receipt(reading, batch, already=same.state == "live")
            progress(0.85, "Writing")
            new = NewBatch(
                file_name=reading.file_name,
                sha256=reading.sha256,
                size_bytes=reading.size_bytes,
                shape=reading.shape,
                mapping=stated,
                counts=reading.numbers(),
                first_instant=reading.first_instant,
                last_instant=reading.last_instant,
                fingerprint=reading.fingerprint,
                exported_at=None,
            )
            with self.store.begin(new, at=at, by=by) as writing:
                same = self.store.find(reading.sha256, stated)
                if same is not None and same.state == "live":
                    # Somebody else imported the same bytes while these were read; this import ends without a commit.
                    return Receipt(reading, same, already=True)
                for table, file in sorted(reading.staged.items()):
                    writing.append(table, Path(file))
                batch = writing.commit(at=at)
        self.store.remember_mapping(reading.fingerprint, stated, at=at)
        self._propose(at)
        progress(1.0, "Done")
        return Receipt(reading, batch, already=False)

    def undo(self, batch_id: int, *, at: datetime) -> Batch:
        """Take an import back, whichever it was."""
        batch = self.store.undo(batch_id)
        self._propose(at)
        return batch

    def redo(self, batch_id: int, *, at: datetime) -> Batch:
        """Let an import count again."""
        batch = self.store.redo(batch_id)
        self._propose(at)
        return batch

    def _read(
        self,
        path: Path,
        staging: Path | None,
        at: datetime,
        mapping: ColumnMapping | None,
        answers: Mapping[str, str] | None,
        progress: Progress,
    ) -> Reading:
        return read(
            path,
            settings=self.settings,
            mapping=mapping,
            answers=dict(answers or {}),
            staging=staging,
            now=int(at.timestamp()),
            remembered=self.store.mappings(),
            progress=progress,
        )

    def _propose(self, at: datetime) -> None:
        """While nobody has chosen a definition, use the smallest template that names every stage seen."""
        if self.definition_chosen():
            return
        labels = self.labels()
        if len(labels):
            proposed = propose(labels["name"])
            used = self.store.in_use()
            if used is None or used.content_hash != proposed.content_hash():
                self.choose(proposed, at=at, by_person=False)

    def sources(self, snapshot: Snapshot | None = None, *, live: tuple[int, ...] | None = None) -> Sources:
        """The rows of the live imports, or of those in `live`; asked again of the same rows, the same frames."""
        seen = snapshot or self.store.snapshot()
        counted = seen.live if live is None else live
        held: tuple[object, Sources] | None = getattr(self._local, "sources", None)
        if held is None or held[0] != (counted, seen.files, seen.people):
            stated = stated_people(seen.people)
            made = live_sources(self.engine, seen.files.__getitem__, counted, rename=decode_column, stated=stated)
            held = self._local.sources = (counted, seen.files, seen.people), made
        return held[1]

    def labels(self) -> pd.DataFrame:
        """Every stage label in the data with its meaning (`journeys.labels.LABELS`)."""
        return stage_labels(self.engine, self.sources().events, self.definition())

    def unanswered(self) -> pd.DataFrame:
        """The labels of which nobody has said which stage they are."""
        return unanswered(self.labels())

    def as_of(self) -> int:
        """The newest plausible instant in the data, in seconds UTC; `NotYet` without data."""
        telling = [batch for batch in self.live_batches() if batch.shape in LEADS_IN]
        seen = [batch.last_instant for batch in telling if batch.last_instant is not None]
        seen = seen or [int(batch.imported_at.timestamp()) for batch in telling]
        if seen:
            return max(seen)
        raise NotYet("There are no leads here yet.", "Import an export of your CRM, or open the sample company.")

    def live_batches(self) -> tuple[Batch, ...]:
        """The imports that count."""
        return tuple(batch for batch in self.store.batches() if batch.state == "live")

    def facts(
        self,
        *,
        as_of: int | None = None,
        live: tuple[int, ...] | None = None,
        definition: Definition | None = None,
        progress: Progress = _quiet,
    ) -> Facts:
        """The facts at `as_of` (default: `as_of()`) of the imports `live` (default: all that count); they are kept.

        `definition`: another than the one in use, such as a draft.
        """
        name, definition, make = self._task(self.as_of() if as_of is None else as_of, live, definition)
        return self.kept.make(name, definition, make, progress)

    def facts_now(self, *, as_of: int | None = None) -> Answer:
        """What can be shown at once: the facts, or the last ones marked stale while newer ones are made."""
        name, definition, make = self._task(self.as_of() if as_of is None else as_of)
        return self.kept.answer(name, definition, make)

    def _task(
        self, as_of: int, live: tuple[int, ...] | None = None, other: Definition | None = None
    ) -> tuple[str, Definition, Callable[[Path, Progress], Facts]]:
        snapshot, definition = self.store.snapshot(), other or self.definition()
        counted = snapshot.live if live is None else live
        last = {batch.id: batch.last_instant for batch in self.store.batches() if batch.id in counted}
        unknown_yet = [number for number, instant in last.items() if instant is not None and instant > as_of]

        def make(folder: Path, progress: Progress) -> Facts:
            return reduce(
                self.engine,
                self.sources(snapshot, live=counted),
                definition,
                folder,
                as_of=as_of,
                live=counted,
                unknown_yet=unknown_yet,
                progress=progress,
            )

        return key(counted, definition, as_of=as_of, people=of_facts(snapshot.people)), definition, make
