"""`handoff sla`, `handoff black-hole` and `handoff watch`: what a script or a schedule relies on."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core import terminal
from core.errors import StoreError, WorkspaceBusy
from core.store.seen import FILE, Seen, watching
from core.workspace import Workspace
from tests.conftest import AT, ROOT, Handoff, Told

pytestmark = pytest.mark.usefixtures("reading_here")

SLA_KEYS = {
    *("as_of", "definition", "clock", "query", "identity_holds", "handed", "states", "due", "breach_rate"),
    *(
        "ever_missed",
        "past_due_now",
        "by_day",
        "trust",
        "bands",
        "curve",
        "segments",
        "first_by",
        "explained",
        "doubts",
    ),
}
STATE_KEYS = {"met", "breached", "running", "withdrawn", "no_clock"}
SEGMENT_KEYS = {
    *("segment", "handed", "states", "due", "breach_rate", "ever_missed", "past_due_now", "by_day", "stands_out"),
}
POINT_KEYS = {"seconds", "at_risk", "reached", "left"}
BAND_KEYS = {"band", "hand_offs", "validated", "won"}
FIRST_KEYS = {"who", "taken", "n", "few", "median_seconds", "low_seconds", "high_seconds", "p90_seconds"}
LIMIT_KEYS = {"segment", "limit_minutes", "agreement", "unreached", "unread"}
WATCH_KEYS = {"as_of", "definition", "clocks", "missed", "doubts"}
WATCHED_KEYS = {
    *("clock", "since", "first_run", "data_changed", "remembered", "missed", "ever_missed", "faults"),
}
MISSED_KEYS = {
    *("clock", "lead_id", "owner", "rep", "team", "first_name", "last_name", "company", "source", "handed_at"),
    *("deadline", "late_seconds", "waiting", "attempts"),
}
BLACK_HOLE_KEYS = {"as_of", "definition", "clock", "query", "identity_holds", "handed", "segments", "doubts"}

LEADS = "Lead ID,Email,Lead Source,Owner,Kept,MQL date\n"
TOUCHES = "Lead ID,Activity Type,Start Time,Owner\n"
MONDAY, FRIDAY = "2026-03-02", "2026-03-06"
MACHINE = "AAA robot"
CY = "Cy\x1b[2J"
"""An owner whose name would clear a terminal's screen."""


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def made(folder: Path, name: str, leads: list[str], touches: list[str]) -> tuple[Path, Path]:
    """Two files of an export: leads with the hour of their hand-off, and calls."""
    folder.mkdir(parents=True, exist_ok=True)
    files = folder / f"{name}-leads.csv", folder / f"{name}-calls.csv"
    files[0].write_text(LEADS + "".join(f"{line}\n" for line in leads), encoding="utf-8")
    files[1].write_text(TOUCHES + "".join(f"{line}\n" for line in touches), encoding="utf-8")
    return files


def lead(number: int, source: str, handed: str, *, owner: str = "Ada", kept: str = "yes") -> str:
    return f"L{number:02},l{number}@x.example,{source},{owner},{kept},{handed}"


def call(number: int, when: str, *, by: str = "Ada") -> str:
    return f"L{number:02},Call,{when},{by}"


@pytest.fixture(scope="module")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty hand-offs under a clock of four working hours, 9 to 17. Only for reading.

    Of 22 from Web, handed over on Monday at 9, Ada called twelve at 10, and Ben ten on Tuesday at 9:30; two more were
    handed over on Friday at 16. Of 6 from Fair nobody was ever called but by a machine, which writes to one of Ada's at
    her very second too. The last thing known is of Friday at 17.
    """
    folder = tmp_path_factory.mktemp("kept")
    web = [lead(n, "Web", f"{MONDAY} 09:00:00", kept="yes" if n < 12 else "no") for n in range(22)]
    late = [lead(n, "Web", f"{FRIDAY} 16:00:00", kept="") for n in (22, 23)]
    fair = [lead(n, "Fair", f"{MONDAY} 09:00:00", owner=CY, kept="no") for n in range(24, 30)]
    calls = [call(n, f"{MONDAY} 10:00:00") for n in range(12)]
    calls += [call(n, "2026-03-03 09:30:00", by="Ben") for n in range(12, 22)]
    calls += [call(n, f"{MONDAY} 10:00:00", by=MACHINE) for n in (0, 24)]
    with Workspace(folder / "workspace") as here:
        for file in made(folder, "first", [*web, *late, *fair], [*calls, call(0, f"{FRIDAY} 17:00:00")]):
            here.add(file, at=AT)
        here.choose(here.definition().model_copy(update={"machines": (MACHINE,)}), at=AT)
    return folder / "workspace"


@pytest.fixture
def own(first_day: Path, copied: Callable[[Path], Path]) -> Path:
    """A copy of that workspace, to change at will."""
    return copied(first_day)


def rates(value: Any) -> Iterator[Any]:
    """Every rate below this JSON."""
    if isinstance(value, dict):
        if "hits" in value:
            yield value
        for below in value.values():
            yield from rates(below)
    elif isinstance(value, list):
        for below in value:
            yield from rates(below)


# --- sla --------------------------------------------------------------------------------------------------------------


def test_the_keys_of_a_clock_are_the_agreed_ones_and_the_readme_names_them(first_day: Path, handoff: Handoff) -> None:
    told = handoff("sla", "--workspace", first_day, "--by", "source", "--who", "--explain", "x:kept", "--json")
    assert told.code == 0
    answer = told.json
    assert set(answer) == SLA_KEYS
    assert set(answer["states"]) == STATE_KEYS
    assert [set(part) for part in answer["segments"]] == [SEGMENT_KEYS] * 2
    assert {frozenset(point) for point in answer["curve"]["points"]} == {frozenset(POINT_KEYS)}
    assert {frozenset(band) for band in answer["bands"]} == {frozenset(BAND_KEYS)}
    assert {frozenset(row) for row in answer["first_by"]} == {frozenset(FIRST_KEYS)}
    assert {frozenset(row) for row in answer["explained"]["limits"]} == {frozenset(LIMIT_KEYS)}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    keys = SLA_KEYS | STATE_KEYS | SEGMENT_KEYS | POINT_KEYS | BAND_KEYS | FIRST_KEYS | LIMIT_KEYS
    assert sorted(key for key in keys | WATCH_KEYS | WATCHED_KEYS | MISSED_KEYS if f"`{key}`" not in readme) == []


def test_the_breach_rate_is_of_those_due_and_the_states_add_up(first_day: Path, handoff: Handoff) -> None:
    answer = handoff("sla", "--workspace", first_day, "--json").json
    assert answer["handed"] == 30
    assert answer["states"] == {"met": 12, "breached": 16, "running": 2, "withdrawn": 0, "no_clock": 0}
    assert answer["identity_holds"]
    rate = answer["breach_rate"]
    assert (rate["hits"], rate["n"], rate["value"], rate["few"]) == (16, 28, 16 / 28, False)
    assert (answer["due"], answer["ever_missed"], answer["past_due_now"]) == (28, 16, 6), "ten were called too late"
    assert answer["as_of"] == at(f"{FRIDAY} 17:00:00")
    assert answer["trust"]["trusted"]
    assert answer["trust"]["faults"] == []


def test_the_curve_says_how_many_were_reached_and_how_many_were_open_at_the_limit(
    first_day: Path, handoff: Handoff
) -> None:
    answer = handoff("sla", "--workspace", first_day, "--json").json
    points = {point["seconds"] / 3600: point for point in answer["curve"]["points"]}
    assert sorted(points) == [1, 2, 4, 8, 12]
    assert points[1]["at_risk"] == 30
    assert points[4]["reached"] == points[2]["reached"] == pytest.approx(12 / 30)
    assert points[4]["at_risk"] == 16, "twelve had been called, two were a working hour old"
    assert points[12]["reached"] == pytest.approx(12 / 30 + 18 / 30 * 10 / 16), "Aalen–Johansen"
    assert all(point["left"] == 0 for point in points.values())
    bands = {band["band"]: band["hand_offs"] for band in answer["bands"]}
    assert (bands["15 to 60 min"], bands["4 to 24 h"], bands["never"]) == (12, 10, 8)


def test_by_a_column_each_group_has_its_two_numbers_and_its_interval(first_day: Path, handoff: Handoff) -> None:
    answer = handoff("sla", "--workspace", first_day, "--by", "source", "--json").json
    parts = {part["segment"]: part for part in answer["segments"]}
    assert {name: (part["breach_rate"]["hits"], part["breach_rate"]["n"]) for name, part in parts.items()} == {
        "Web": (10, 22),
        "Fair": (6, 6),
    }
    assert 0.26 < parts["Web"]["breach_rate"]["low"] < 10 / 22 < parts["Web"]["breach_rate"]["high"] < 0.66
    assert parts["Fair"]["breach_rate"]["few"]
    assert not parts["Fair"]["stands_out"], "six are too few to be named"
    alone = handoff("sla", "--workspace", first_day, "--where", "source=Fair", "--json").json
    assert alone["breach_rate"] == parts["Fair"]["breach_rate"]
    words = handoff("sla", "--workspace", first_day, "--by", "source").out
    assert "16 of 28 clocks that were due were missed" in words
    assert "6 of 6" in words


def test_by_month_and_by_each_owner(first_day: Path, handoff: Handoff) -> None:
    months = handoff("sla", "--workspace", first_day, "--by", "month", "--json").json
    assert [(part["segment"], part["handed"]) for part in months["segments"]] == [("2026-03", 30)]
    owners = handoff("sla", "--workspace", first_day, "--by", "each_owner", "--json").json
    assert [(part["segment"], part["handed"]) for part in owners["segments"]] == [("Ada", 24), (CY, 6)]
    assert owners["identity_holds"]


def test_who_came_first_and_how_soon(first_day: Path, handoff: Handoff) -> None:
    told = handoff("sla", "--workspace", first_day, "--who", "--json")
    assert told.json["first_by"] == [
        {
            **{"who": "Ada", "taken": 12, "n": 12, "few": True, "median_seconds": 3600.0},
            **{"low_seconds": 3600.0, "high_seconds": 3600.0, "p90_seconds": 3600.0},
        },
        {
            **{"who": "Ben", "taken": 10, "n": 10, "few": True, "median_seconds": 30600.0},
            **{"low_seconds": 30600.0, "high_seconds": 30600.0, "p90_seconds": 30600.0},
        },
    ]
    assert "8 h 30 min" in handoff("sla", "--workspace", first_day, "--who").out
    assert handoff("sla", "--workspace", first_day, "--json").json["first_by"] == []


def test_the_limit_that_explains_what_the_export_calls_kept(first_day: Path, handoff: Handoff) -> None:
    told = handoff("sla", "--workspace", first_day, "--explain", "x:kept", "--json").json["explained"]
    assert told["column"] == "x:kept"
    (found,) = told["limits"]
    assert (found["limit_minutes"], found["unreached"], found["unread"]) == (60, 8, 0)
    assert (found["agreement"]["hits"], found["agreement"]["n"]) == (22, 22)
    assert told["apart"] == []
    refused = handoff("sla", "--workspace", first_day, "--explain", "kept", "--json")
    assert refused.code == 2
    assert "x:kept" in refused.json["hint"]


def test_hours_around_the_clock_are_other_hours(first_day: Path, handoff: Handoff) -> None:
    answer = handoff("sla", "--workspace", first_day, "--elapsed", "--json").json
    assert answer["clock"]["time"] == "elapsed"
    bands = {band["band"]: band["hand_offs"] for band in answer["bands"]}
    assert (bands["15 to 60 min"], bands["over 24 h"], bands["never"]) == (12, 10, 8)


def test_over_nobody_a_rate_is_null(first_day: Path, handoff: Handoff) -> None:
    told = handoff("sla", "--workspace", first_day, "--start", "2030-01-01", "--by", "source", "--json")
    assert told.code == 0
    assert told.json["handed"] == 0
    for rate in rates(told.json):
        assert (rate["value"], rate["low"], rate["high"], rate["n"]) == (None, None, None, 0)
    assert "No lead was handed over" in handoff("sla", "--workspace", first_day, "--start", "2030-01-01").out


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("--clock", "lunch"), 'no clock "lunch"'),
        (("--by", "weather"), 'no column "weather"'),
        (("--where", "source"), "NAME=VALUE"),
        (("--start", "2026-04-01", "--end", "2026-03-01"), "ends"),
        (("--as-of", "tomorrow"), "is no day"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(
    first_day: Path, handoff: Handoff, asked: tuple[str, ...], says: str
) -> None:
    told = handoff("sla", "--workspace", first_day, *asked, "--json")
    assert told.code == 2
    assert says in told.json["error"]
    assert told.json["hint"]


def test_without_a_workspace_nothing_is_made(tmp_path: Path, handoff: Handoff) -> None:
    for command in ("sla", "black-hole", "watch"):
        assert handoff(command, "--workspace", tmp_path / "none").code == 2
    assert not (tmp_path / "none").exists()


def test_the_black_hole_of_the_same_leads(first_day: Path, handoff: Handoff) -> None:
    ask = ("--as-of", "2026-03-31", "--by", "rep", "--json")
    answer = handoff("black-hole", "--workspace", first_day, *ask).json
    assert set(answer) >= BLACK_HOLE_KEYS
    assert answer["handed"] == sum(answer["buckets"].values()) == 30
    assert answer["buckets"]["never_touched"] + answer["buckets"]["touched_silent"] == 30
    assert answer["buckets"]["never_touched"] == 8
    assert {part["segment"]: part["handed"] for part in answer["segments"]} == {"Ada": 24, CY: 6}
    assert all(rate["value"] is None or 0 <= rate["value"] <= 1 for rate in rates(answer))


# --- watch ------------------------------------------------------------------------------------------------------------


def watch(handoff: Handoff, folder: Path, *more: str) -> Told:
    return handoff("watch", "--workspace", folder, "--clock", "first_attempt", "--json", *more)


def told_leads(told: Told) -> list[str]:
    return sorted(row["lead_id"] for row in told.json["missed"])


@pytest.mark.slow
def test_a_first_run_tells_nothing_and_remembers_and_then_what_is_new_is_told_once(
    own: Path, tmp_path: Path, handoff: Handoff
) -> None:
    first = watch(handoff, own)
    assert (first.code, first.json["missed"]) == (0, [])
    (seen,) = first.json["clocks"]
    assert set(first.json) == WATCH_KEYS
    assert set(seen) == WATCHED_KEYS
    assert (seen["first_run"], seen["since"], seen["ever_missed"], seen["remembered"]) == (True, None, 16, True)

    again = watch(handoff, own)
    assert again.code == 0
    assert again.json["clocks"][0] | {"clock": None} == {
        **{"clock": None, "since": at(f"{FRIDAY} 17:00:00"), "first_run": False, "data_changed": False},
        **{"remembered": True, "missed": 0, "ever_missed": 16, "faults": []},
    }
    assert (
        "nothing was imported since the last run"
        in handoff("watch", "--workspace", own, "--clock", "first_attempt").out
    )

    # Monday's export: the two of Friday afternoon were missed, one of them called by then; one new lead still runs.
    leads = [lead(n, "Web", f"{FRIDAY} 16:00:00", owner="Dee", kept="") for n in (22, 23)]
    leads.append(lead(40, "Web", "2026-03-09 14:00:00"))
    export = made(tmp_path, "second", leads, [call(22, "2026-03-09 15:30:00"), call(1, "2026-03-09 16:00:00")])
    with Workspace(own) as here:
        for file in export:
            here.add(file, at=AT)
    news = watch(handoff, own)
    assert news.code == 1
    rows = {row["lead_id"]: row for row in news.json["missed"]}
    assert set(rows) == {"L22", "L23"}
    assert all(set(row) == MISSED_KEYS for row in rows.values())
    assert {row["deadline"] for row in rows.values()} == {at("2026-03-09 12:00:00")}
    assert (rows["L22"]["waiting"], rows["L23"]["waiting"]) == (False, True)
    assert rows["L22"]["late_seconds"] == 3.5 * 3600, "called at 15:30, three hours and a half after the deadline"
    assert rows["L23"]["late_seconds"] == 4 * 3600, "up to the last thing known, 16:00"
    assert rows["L23"]["owner"] == "Dee"
    assert watch(handoff, own).json["missed"] == []


@pytest.mark.slow
def test_what_was_imported_late_is_told_until_somebody_has_read_it(
    own: Path, tmp_path: Path, handoff: Handoff, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch(handoff, own)
    # Its deadline lies days before the last run, which could not know of it.
    file, _ = made(tmp_path, "late", [lead(50, "Web", "2026-03-03 09:00:00")], [])
    with Workspace(own) as here:
        batch = here.add(file, at=AT).batch

    def closed(*_: object, **__: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    with monkeypatch.context() as patch:
        patch.setattr(terminal, "print", closed, raising=False)
        lost = watch(handoff, own)
    assert lost.code == 2, "1 would say that something was told"
    assert "could not be written" in lost.err

    assert told_leads(watch(handoff, own)) == ["L50"]
    with Workspace(own) as here:
        here.undo(batch.id, at=AT)
    undone = watch(handoff, own)
    assert (undone.code, undone.json["missed"]) == (0, [])
    assert undone.json["clocks"][0]["ever_missed"] == 16


def test_other_instants_leave_the_memory_alone(own: Path, handoff: Handoff) -> None:
    noon = "2026-03-02T12:00:00+00:00"
    since = watch(handoff, own, "--since", noon)
    assert since.code == 1
    assert len(since.json["missed"]) == 16, "the deadline of Monday's was at one"
    assert since.json["clocks"][0]["remembered"] is False
    with watching(own) as memory:
        assert memory.last("first_attempt") is None
    watch(handoff, own)
    back = watch(handoff, own, "--as-of", noon)
    assert (back.code, back.json["clocks"][0]["remembered"]) == (0, False)
    every = handoff("watch", "--workspace", own, "--json").json["clocks"]
    assert {row["clock"]["id"]: row["since"] for row in every} == {
        **{"first_attempt": at(f"{FRIDAY} 17:00:00"), "first_contact": None, "verdict": None, "disposition": None},
    }, "each clock has its own memory"


def test_of_two_runs_at_once_the_second_is_refused_and_tells_nothing(own: Path, handoff: Handoff) -> None:
    with watching(own):
        second = watch(handoff, own)
    assert second.code == 2
    assert "under way" in second.json["error"]
    with watching(own) as memory:
        assert memory.last("first_attempt") is None


def test_the_memory_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    with watching(tmp_path) as memory:
        memory.note("a", Seen(5, (1, 2)))
    with suppress(ZeroDivisionError), watching(tmp_path) as memory:
        memory.note("a", Seen(9, (1, 2, 3)))
        raise ZeroDivisionError
    with watching(tmp_path) as memory:
        assert memory.last("a") == Seen(5, (1, 2))
        assert memory.last("b") is None
        with pytest.raises(WorkspaceBusy), watching(tmp_path):
            pass
    (tmp_path / FILE).write_bytes(b"no database " * 200)
    with pytest.raises(StoreError, match="damaged"), watching(tmp_path):
        pass


def test_the_help_says_what_a_fresh_export_every_morning_means(capsys: pytest.CaptureFixture[str]) -> None:
    from core import cli

    with pytest.raises(SystemExit):
        cli.main(["watch", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "fresh export every morning" in said
    assert "Exit code 0: nothing new, 1: something, 2: refused." in said


@pytest.mark.parametrize("command", ["sla", "black-hole"])
def test_text_from_the_data_never_speaks_to_the_terminal(first_day: Path, handoff: Handoff, command: str) -> None:
    told = handoff(command, "--workspace", first_day, "--by", "rep")
    assert told.code == 0
    assert "\x1b" not in told.out
    assert "Cy�[2J" in told.out


def test_codes_of_the_command_line_are_the_documented_ones() -> None:
    assert (terminal.DONE, terminal.SOME, terminal.REFUSED, terminal.UNDECIDED) == (0, 1, 2, 3)
