"""Small stories told as tuples, and the reduction over them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from core.definition import Definition
from core.engine import Engine
from core.journeys.reduce import Facts, reduce
from core.journeys.sources import Sources, live_sources
from core.tables import DEALS, EVENTS, LEADS, LOOKUPS, PEOPLE, Table
from tests.journeys import slow_twin
from tests.journeys.slow_twin import Event, Pass

Told = tuple[str, str | None] | tuple[str, str | None, str | None] | tuple[str, str | None, str | None, str]
"""A stage word, when ("2026-03-06 16:30", "2026-03-06" for a day alone, None for a current status), why, and shape."""
Rows = Sequence[Mapping[str, object]]

EPOCH = date(1970, 1, 1)
ZONES = ("UTC", "America/New_York")
FIRST_DAY = date(2026, 2, 20)
SAID = (None, "budget", "No Budget", "too dear", "price", "his words")
SOURCES = ("web", "fair", None)


def instant(text: str, zone: str = "UTC") -> int:
    """Seconds since 1970 of a local date and time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def story(lead: str, *told: Told, batch: int = 1, zone: str = "UTC") -> list[Event]:
    """What is recorded of one lead."""
    events = []
    for place, (name, when, *more) in enumerate(told):
        reason = more[0] if more else None
        shape = str(more[1]) if len(more) > 1 else "status" if when is None else "log"
        precision = "unknown" if when is None else "day" if len(when) == 10 else "instant"
        day = None if when is None else (date.fromisoformat(when[:10]) - EPOCH).days
        seconds = None if when is None else instant(when, zone)
        events.append(Event(f"{lead}/{batch}/{place}", lead, seconds, day, precision, name, shape, reason, batch))
    return events


def event_frame(events: Sequence[Event]) -> pd.DataFrame:
    """The events as the canonical table."""
    if not events:
        return EVENTS.empty()
    frame = pd.DataFrame(events, columns=list(Event._fields))
    return EVENTS.conform(frame.assign(kind="stage", line=range(len(frame))))


def row_frame(rows: Rows, table: Table) -> pd.DataFrame:
    """Leads or deals as their canonical table."""
    if not rows:
        return table.empty()
    return table.conform(pd.DataFrame([{"batch": 1, "line": line, **row} for line, row in enumerate(rows)]))


class Ground:
    """An engine over an empty folder, and facts reduced in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = Engine(folder, threads=1)
        self._numbers = count()

    def sources(self, events: Sequence[Event], leads: Rows = (), deals: Rows = ()) -> Sources:
        """The rows as a reduction reads them."""
        frame = self.engine.frame
        return Sources(
            events=frame(event_frame(events), EVENTS),
            leads=frame(row_frame(leads, LEADS), LEADS),
            deals=frame(row_frame([{"outcome": "open", **deal} for deal in deals], DEALS), DEALS),
            people=frame(PEOPLE.empty(), PEOPLE),
            lookups=frame(LOOKUPS.empty(), LOOKUPS),
        )

    def from_batches(self, batches: Iterable[Sequence[Event]], leads: Rows = ()) -> Sources:
        """The same rows as imports leave them: one file per batch, read back without what stands twice."""
        place = self._new()
        live, files = [], []
        for number, events in enumerate(batches, start=1):
            file = place / f"events-{number}.parquet"
            self.engine.keep(self.engine.frame(event_frame([e._replace(batch=number) for e in events]), EVENTS), file)
            live.append(number)
            files.append(str(file))
        self.engine.keep(self.engine.frame(row_frame(leads, LEADS), LEADS), place / "leads.parquet")
        paths = {EVENTS.name: files, LEADS.name: [str(place / "leads.parquet")]}
        return live_sources(self.engine, lambda name: paths.get(name, []), live, rename=str)

    def reduce(
        self,
        events: Sequence[Event] | Sources,
        definition: Definition,
        as_of: str | int,
        *,
        leads: Rows = (),
        deals: Rows = (),
        unknown_yet: Sequence[int] = (),
        shard_units: int = 1_000_000,
    ) -> Facts:
        """The facts of these rows."""
        sources = events if isinstance(events, Sources) else self.sources(events, leads, deals)
        seconds = instant(as_of) if isinstance(as_of, str) else as_of
        return reduce(
            self.engine, sources, definition, self._new(),
            as_of=seconds, unknown_yet=unknown_yet, shard_units=shard_units,
        )  # fmt: skip

    def passes(self, facts: Facts) -> pd.DataFrame:
        """Every pass with the id of its lead, in order."""
        units = facts.units(self.engine).select("unit", "lead_id")
        found = self.engine.collect(facts.passes(self.engine).join(units, on="unit", how="inner"))
        return found.sort_values(["lead_id", "pass"], ignore_index=True)

    def _new(self) -> Path:
        place = self.folder / f"kept-{next(self._numbers)}"
        place.mkdir()
        return place

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.engine.close()


@dataclass(frozen=True)
class World:
    """Random rows, and what they are true of."""

    definition: Definition
    zone: str
    as_of: int
    events: list[Event]
    leads: Rows
    deals: Rows
    unknown_yet: tuple[int, ...]

    @property
    def segment(self) -> dict[str, str | None]:
        return {str(lead["lead_id"]): str(lead["source"]) if lead["source"] else None for lead in self.leads}

    def twin(self) -> dict[str, list[Pass]]:
        return slow_twin.read(
            self.events, self.definition, as_of=self.as_of, zone=self.zone,
            leads=self.leads, deals=self.deals, unknown_yet=self.unknown_yet,
        )  # fmt: skip

    def reduced(self, ground: Ground) -> Facts:
        return ground.reduce(
            self.events, self.definition, self.as_of,
            leads=self.leads, deals=self.deals, unknown_yet=self.unknown_yet,
        )  # fmt: skip


def random_world(seed: int, definition: Definition, n: int = 150) -> World:
    chance = random.Random(seed)
    zone = chance.choice(ZONES)
    events: list[Event] = []
    leads: list[dict[str, object]] = []
    deals: list[dict[str, object]] = []
    for number in range(n):
        lead = f"L{number:03}"
        leads.append({"lead_id": lead, "source": chance.choice(SOURCES), "merged_into": None, "deal_id": None})
        events += _random_events(chance, lead, definition, zone)
        if chance.random() < 0.15:
            events += _random_events(chance, f"deal:{lead}", definition, zone)
            how = chance.randrange(3)
            leads[-1]["deal_id"] = lead if how == 1 else None
            deals.append({"deal_id": lead, "lead_id": lead if how == 2 else None})
        if number and chance.random() < 0.1:
            # Into a later one too: chains and circles happen.
            leads[-1]["merged_into"] = f"L{chance.randrange(n):03}"
    as_of = instant((FIRST_DAY + timedelta(days=chance.randint(20, 70))).isoformat(), zone) + chance.choice((0, 43_200))
    unknown_yet = (3,) if chance.random() < 0.2 else ()
    return World(definition, zone, as_of, events, leads, deals, unknown_yet)


def _random_events(chance: random.Random, lead: str, definition: Definition, zone: str) -> list[Event]:
    events = []
    days = sorted(chance.choices(range(60), k=chance.randint(0, 5))) or [0]
    for place in range(chance.randint(0, 8)):
        day = FIRST_DAY + timedelta(days=chance.choice(days))
        shape = chance.choices(("log", "date", "status"), (6, 3, 1))[0]
        precision = "unknown" if shape == "status" else chance.choices(("instant", "day"), (3, 1))[0]
        clock = chance.choice(("00:00", "09:30", "09:30", "17:00")) if precision == "instant" else "00:00"
        dated = shape != "status"
        draw = chance.random()
        if draw < 0.7:
            name = chance.choice(definition.stages).name
        elif draw < 0.97:
            name = chance.choice(definition.exits).name
        else:
            name = "Some other word"
        events.append(
            Event(
                event_id=f"{chance.random():.6f}/{lead}/{place}",
                lead_id=lead,
                happened_at=instant(f"{day} {clock}", zone) if dated else None,
                day=(day - EPOCH).days if dated else None,
                precision=precision,
                name=name,
                shape=shape,
                reason=chance.choice(SAID),
                batch=chance.randint(1, 3),
            )
        )
    return events


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    with Ground(tmp_path) as made:
        yield made
