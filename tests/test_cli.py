"""The command line: what a script or a schedule relies on."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import cli, places
from core.errors import WorkspaceBusy
from core.store import NewBatch
from core.workspace import Workspace
from tests.conftest import AT, ROOT, Handoff

pytestmark = pytest.mark.usefixtures("reading_here")

HEAD = "Lead ID,Email,Lead Source,MQL date,Won date\n"
TWO = "L1,a@x.example,Web,2026-01-15,2026-02-15\nL2,b@x.example,Fair,2026-01-16,\n"

FUNNEL_KEYS = {
    *("as_of", "definition", "query", "leads", "without_stage", "identity_holds", "stages", "reasons", "segments"),
    *("nobody", "won_value", "anomalies", "unmatched", "which_stage_is_this"),
}
STAGE_KEYS = {
    *("stage", "name", "entered", "advanced", "rejected", "recycled", "disqualified", "lost", "stalled", "waiting"),
    *("inferred", "skipped", "again", "matured", "matured_advanced", "rate", "matured_rate", "reached"),
}
RATE_KEYS = {"value", "hits", "n", "few", "low", "high"}
READING_KEYS = {
    *("file", "sha256", "encoding", "delimiter", "header_line", "system", "shape", "fingerprint", "columns", "rows"),
    *("made", "future", "notices", "problems", "mapping", "undecided", "questions"),
}
ROW_CLASSES = {
    *("header", "preamble", "repeated_headers", "accepted", "quarantined", "identical", "blank", "footer"),
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for each test, so that the last workspace is nobody else's."""
    monkeypatch.setenv(places.HOME, str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of two leads, one of them won. Only for reading."""
    folder = tmp_path_factory.mktemp("two")
    (folder / "leads.csv").write_text(HEAD + TWO, encoding="utf-8")
    with Workspace(folder / "workspace") as here:
        here.add(folder / "leads.csv", at=AT)
    return folder / "workspace"


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def content(folder: Path) -> dict[str, str]:
    """Every file below a folder and a hash of its bytes, without the register's own journal."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def numbers(value: Any) -> Iterator[Any]:
    """Every rate below this JSON."""
    if isinstance(value, dict):
        if "hits" in value:
            yield value
        for below in value.values():
            yield from numbers(below)
    elif isinstance(value, list):
        for below in value:
            yield from numbers(below)


# --- keys and rates ---------------------------------------------------------------------------------------------------


def test_the_keys_of_a_funnel_are_the_agreed_ones(two: Path, handoff: Handoff) -> None:
    answer = handoff("funnel", "--workspace", two, "--by", "source", "--json").json
    assert set(answer) == FUNNEL_KEYS
    assert set(answer["definition"]) == {"id", "name", "hash", "chosen"}
    assert set(answer["query"]) == {
        *("base", "start", "end", "policy", "counting", "where", "by", "mature_days"),
    }
    for stage in [*answer["stages"], *answer["segments"][0]["stages"]]:
        assert set(stage) == STAGE_KEYS
        assert {len(RATE_KEYS ^ set(stage[name])) for name in ("rate", "matured_rate", "reached")} == {0}
    assert set(answer["segments"][0]) == {"segment", "stages", "reasons", "won_value"}


def test_the_readme_names_every_key_of_a_funnel() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {key for key in (FUNNEL_KEYS | STAGE_KEYS) - {"rejected"} if key not in readme} == set()


def test_the_keys_of_a_reading_are_the_agreed_ones(tmp_path: Path, handoff: Handoff) -> None:
    file = write(tmp_path, "leads.csv", HEAD + TWO)
    checked = handoff("check", file, "--json").files["leads.csv"]
    assert set(checked) == READING_KEYS
    assert set(checked["rows"]) == ROW_CLASSES | {"total"}
    told = handoff("import", file, "--json").files["leads.csv"]
    assert set(told) == READING_KEYS | {"import", "already_imported"}
    assert told["rows"] == checked["rows"]
    assert {key: told[key] for key in ("sha256", "columns", "mapping", "made")} == {
        key: checked[key] for key in ("sha256", "columns", "mapping", "made")
    }


def test_a_rate_over_nobody_is_null_and_never_zero(two: Path, handoff: Handoff) -> None:
    nobody = handoff("funnel", "--workspace", two, "--start", "2030-01-01", "--json")
    assert nobody.code == 0
    assert [stage["entered"] for stage in nobody.json["stages"]] == [0, 0, 0]
    for rate in numbers(nobody.json):
        assert (rate["value"], rate["low"], rate["high"], rate["n"]) == (None, None, None, 0)
    for rate in numbers(handoff("funnel", "--workspace", two, "--json").json):
        assert (rate["value"] is None) == (rate["n"] == 0)
        assert rate["few"], "two leads are too few for a percentage"


def test_a_stock_is_never_a_conversion(two: Path, handoff: Handoff) -> None:
    answer = handoff("funnel", "--workspace", two, "--policy", "current", "--json").json
    assert {stage["stage"]: stage["entered"] for stage in answer["stages"]} == {"mql": 1, "opportunity": 0, "won": 1}
    assert all(rate["value"] is None for rate in numbers(answer))


def test_the_words_say_the_same_as_the_json(two: Path, handoff: Handoff) -> None:
    told = handoff("funnel", "--workspace", two)
    assert told.code == 0
    line = next(line for line in told.out.splitlines() if line.startswith("MQL"))
    assert line.split()[:6] == ["MQL", "2", "1", "0", "1", "0"]


# --- what is asked for ------------------------------------------------------------------------------------------------


def test_by_and_where_choose_the_same_leads(two: Path, handoff: Handoff) -> None:
    split = handoff("funnel", "--workspace", two, "--by", "source", "--json").json
    assert {part["segment"]: part["stages"][-1]["entered"] for part in split["segments"]} == {"Web": 1, "Fair": 0}
    for part in split["segments"]:
        alone = handoff("funnel", "--workspace", two, "--where", f"source={part['segment']}", "--json").json
        assert alone["stages"] == part["stages"]
        assert alone["query"]["where"] == [["source", part["segment"]]]
    both = ("--where", "source=Web", "--where", "source=Fair")
    assert handoff("funnel", "--workspace", two, *both, "--json").json["stages"][0]["entered"] == 2, "either of them"
    more = ("--where", "source=Web", "--where", "company=Ash")
    assert handoff("funnel", "--workspace", two, *more, "--json").json["stages"][0]["entered"] == 0, "both of them"


def test_days_are_inclusive(two: Path, handoff: Handoff) -> None:
    def leads(*period: str) -> int:
        return int(handoff("funnel", "--workspace", two, *period, "--json").json["stages"][0]["entered"])

    assert leads("--start", "2026-01-15", "--end", "2026-01-15") == 1
    assert leads("--start", "2026-01-16") == 1
    assert leads("--end", "2026-01-16") == 2
    assert leads("--start", "2026-01-17") == 0
    assert leads("--start", "0001-01-01", "--end", "9999-12-31") == 2, "from ever, for ever"


def test_the_base_stage_and_the_policy_are_the_ones_asked_for(two: Path, handoff: Handoff) -> None:
    based = handoff("funnel", "--workspace", two, "--base", "opportunity", "--json").json
    assert [(stage["stage"], stage["entered"]) for stage in based["stages"]] == [("opportunity", 1), ("won", 1)]
    assert based["stages"][1]["reached"]["n"] == 1
    observed = handoff("funnel", "--workspace", two, "--policy", "observed", "--json").json
    assert [stage["entered"] for stage in observed["stages"]] == [2, 0, 1]
    ordered = handoff("funnel", "--workspace", two, "--policy", "ordered", "--counting", "passes", "--json").json
    assert [stage["entered"] for stage in ordered["stages"]] == [2, 0, 0]


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--by", "colour", 'no column "colour". There are'),
        ("--where", "colour=red", 'no column "colour". There are'),
        ("--where", "source", "needs NAME=VALUE"),
        ("--base", "sal", 'no stage "sal" in "MQL, Opportunity, Won". Its stages are mql, opportunity, won'),
        ("--as-of", "yesterday", '"yesterday" is no day. Write it as 2026-01-31'),
        ("--as-of", "2026-02-30", '"2026-02-30" is no day'),
        ("--as-of", "9999-12-31", '"9999-12-31" is no day'),
    ],
)
def test_a_question_that_names_what_is_not_there_is_refused_with_what_there_is(
    two: Path, handoff: Handoff, option: str, value: str, says: str
) -> None:
    told = handoff("funnel", "--workspace", two, option, value, "--json")
    assert told.code == 2
    assert set(told.json) == {"error", "hint", "code"}
    assert says in f"{told.json['error']} {told.json['hint']}"
    words = handoff("funnel", "--workspace", two, option, value)
    assert words.code == 2
    assert told.json["error"] in words.out
    assert "Traceback" not in words.out + words.err


def test_a_period_that_ends_before_it_begins_is_refused(two: Path, handoff: Handoff) -> None:
    told = handoff("funnel", "--workspace", two, "--start", "2026-02-01", "--end", "2026-01-01", "--json")
    assert (told.code, told.json["code"]) == (2, "QueryInvalid")


@pytest.mark.parametrize("arguments", [("--policy", "hopeful"), ("--start", "soon"), ("--colour",)])
def test_an_option_that_does_not_exist_ends_with_code_2(
    two: Path, handoff: Handoff, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as ended:
        handoff("funnel", "--workspace", two, *arguments)
    assert ended.value.code == 2


def test_without_leads_there_is_no_funnel_and_that_is_said(tmp_path: Path, handoff: Handoff) -> None:
    told = handoff("funnel", "--workspace", tmp_path / "typo", "--json")
    assert (told.code, told.json["code"]) == (2, "NotYet")
    assert "typo" in told.json["error"]
    assert not (tmp_path / "typo").exists(), "a slip of the pen makes no workspace"
    people = write(tmp_path, "users.csv", "Id,Name,UserRole,IsActive\nu1,Ada,North,true\n")
    assert handoff("import", people).code == 0
    assert handoff("funnel", "--json").json["code"] == "NotYet"


# --- the instant ------------------------------------------------------------------------------------------------------


def test_as_of_an_earlier_day_leaves_later_events_out(two: Path, handoff: Handoff) -> None:
    def won(*moment: str) -> int:
        return int(handoff("funnel", "--workspace", two, *moment, "--json").json["stages"][-1]["entered"])

    assert won() == 1
    assert won("--as-of", "2026-02-14") == 0
    assert won("--as-of", "2026-02-15") == 1
    assert won("--as-of", "2026-02-14T23:00:00-02:00") == 1


def test_a_row_dated_2062_does_not_move_the_instant(tmp_path: Path, two: Path, handoff: Handoff) -> None:
    file = write(tmp_path, "leads.csv", HEAD + TWO + "L3,c@x.example,Web,2062-01-15,\n")
    told = handoff("import", file, "--as-of", "2026-07-01", "--json")
    assert told.files["leads.csv"]["future"] == 1
    answer = handoff("funnel", "--json").json
    assert answer["as_of"] == handoff("funnel", "--workspace", two, "--json").json["as_of"]
    assert answer["anomalies"]["future"] == {"leads": 1, "examples": ["L3"]}
    assert answer["stages"][0]["entered"] == 2


def test_the_day_of_an_export_ends_in_the_zone_of_the_data(tmp_path: Path, handoff: Handoff) -> None:
    """Half past eleven in the evening in Los Angeles is the next day in UTC, and was not in the future."""
    with Workspace(tmp_path / "workspace") as here:
        here.state("zone", "America/Los_Angeles", at=AT)
    file = write(tmp_path, "leads.csv", "Lead ID,MQL date\nL1,2026-01-15 23:30:00\nL2,2026-01-14 10:00:00\n")
    told = handoff("import", file, "--workspace", tmp_path / "workspace", "--as-of", "2026-01-15", "--json")
    assert told.files["leads.csv"]["future"] == 0


# --- questions --------------------------------------------------------------------------------------------------------

WHICH = "Lead ID,MQL date,Won date\nL1,03/04/2026,05/06/2026\nL2,01/02/2026,\n"


def asked(handoff: Handoff, file: Path) -> list[dict[str, Any]]:
    told = handoff("import", file, "--json")
    assert told.code == 3
    result = told.files[file.name]
    assert set(result) == READING_KEYS | {"error", "hint"}
    questions: list[dict[str, Any]] = result["questions"]
    return questions


def test_dates_that_fit_both_orders_are_asked_about_and_never_guessed(tmp_path: Path, handoff: Handoff) -> None:
    file = write(tmp_path, "which.csv", WHICH)
    questions = asked(handoff, file)
    assert [question["id"] for question in questions] == ["date-order:MQL date", "date-order:Won date"]
    for question in questions:
        assert set(question) == {"id", "text", "examples", "options", "proposed"}
        assert question["proposed"] is None
        assert [set(option) for option in question["options"]] == [{"value", "label"}] * 2
    assert questions[0]["examples"] == ["03/04/2026", "01/02/2026"]
    checked = handoff("check", file, "--json")
    assert checked.code == 3
    assert checked.files["which.csv"]["undecided"] is True
    assert checked.files["which.csv"]["questions"] == questions
    words = handoff("import", file)
    assert words.code == 3
    assert "--answer 'date-order:MQL date=day-first'" in words.out
    assert handoff("funnel", "--json").code == 2, "nothing was imported"


@pytest.mark.parametrize(("order", "january"), [("day-first", 0), ("month-first", 1)])
def test_an_answer_on_the_command_line_decides(tmp_path: Path, handoff: Handoff, order: str, january: int) -> None:
    file = write(tmp_path, "which.csv", WHICH)
    answers = [f"--answer={question['id']}={order}" for question in asked(handoff, file)]
    told = handoff("import", file, *answers, "--json")
    assert told.code == 0
    period = ("--start", "2026-01-01", "--end", "2026-01-31")
    assert handoff("funnel", *period, "--json").json["stages"][0]["entered"] == january


def test_a_mapping_file_decides_the_same(tmp_path: Path, handoff: Handoff) -> None:
    file = write(tmp_path, "which.csv", WHICH)
    answers = {question["id"]: "day-first" for question in asked(handoff, file)}
    mapping = write(tmp_path, "mapping.json", json.dumps({"answers": answers}))
    assert handoff("import", file, "--mapping", mapping, "--json").code == 0
    february = handoff("funnel", "--start", "2026-02-01", "--end", "2026-02-28", "--json").json
    assert february["stages"][0]["entered"] == 1
    again = handoff("import", file, "--json")
    assert again.code == 0, "the answer is remembered for files of this shape"
    assert again.files["which.csv"]["already_imported"] is True


def test_a_mapping_file_may_name_columns_and_formats(tmp_path: Path, handoff: Handoff) -> None:
    file = write(tmp_path, "odd.csv", "Nummer,Da,Fort\nL1,03/04/2026,\nL2,04/04/2026,05/05/2026\n")
    mapping = write(
        tmp_path,
        "mapping.json",
        json.dumps(
            {
                "table": "leads",
                "columns": {"Nummer": "lead_id", "Da": "stage:MQL", "Fort": "stage:Won"},
                "formats": {"Da": "31/12/2026", "Fort": "31/12/2026"},
            }
        ),
    )
    told = handoff("import", file, "--mapping", mapping, "--json")
    assert told.code == 0, told.out
    assert [stage["entered"] for stage in handoff("funnel", "--json").json["stages"]] == [2, 1, 1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "cannot be read"),
        ("[]", "mapping"),
        ('{"tabel": "leads"}', 'Did you mean "table"?'),
        ('{"columns": {"Lead-Id": "lead_id"}}', 'Did you mean "Lead ID"?'),
        ('{"columns": {"Email": "lead_idd"}}', 'Did you mean "lead_id"?'),
        ('{"formats": {"MQL date": "sometimes"}}', "sometimes"),
        ('{"table": "leeds"}', 'Did you mean "leads"?'),
    ],
)
def test_a_wrong_mapping_is_refused_with_what_was_probably_meant(
    tmp_path: Path, handoff: Handoff, text: str, says: str
) -> None:
    file, mapping = write(tmp_path, "leads.csv", HEAD + TWO), write(tmp_path, "mapping.json", text)
    told = handoff("import", file, "--mapping", mapping, "--json")
    assert told.code == 2
    assert says in told.out.replace('\\"', '"')
    assert "Traceback" not in told.err


def test_a_mapping_file_that_is_not_there_is_named(tmp_path: Path, handoff: Handoff) -> None:
    told = handoff("import", write(tmp_path, "leads.csv", HEAD + TWO), "--mapping", tmp_path / "none.json", "--json")
    assert told.code == 2
    assert "none.json" in told.json["error"]


@pytest.mark.parametrize("answer", ["no equals sign", "date-order:MQL date=sideways"])
def test_an_answer_that_is_none_is_refused(tmp_path: Path, handoff: Handoff, answer: str) -> None:
    told = handoff("import", write(tmp_path, "which.csv", WHICH), "--answer", answer, "--json")
    assert told.code == 2
    assert told.json.get("error") or told.files["which.csv"]["error"]


# --- several files, and nothing written -------------------------------------------------------------------------------


def test_a_refused_file_does_not_keep_the_others_out(tmp_path: Path, handoff: Handoff) -> None:
    good, late = write(tmp_path, "good.csv", HEAD + TWO), write(tmp_path, "late.csv", HEAD + "L9,,,2026-01-20,\n")
    bad, which = write(tmp_path, "bad.csv", ""), write(tmp_path, "which.csv", WHICH)
    told = handoff("import", bad, good, tmp_path / "none.csv", late, "--json")
    assert told.code == 2
    assert [result["file"] for result in told.json["files"]] == ["bad.csv", "good.csv", "none.csv", "late.csv"]
    assert ["error" in result for result in told.json["files"]] == [True, False, True, False]
    assert handoff("funnel", "--json").json["leads"] == 3
    assert handoff("import", which, bad, "--json").code == 3
    assert handoff("import", bad, which, good, "--json").code == 3


def test_importing_again_says_so_and_changes_nothing(tmp_path: Path, handoff: Handoff) -> None:
    file = write(tmp_path, "good.csv", HEAD + TWO)
    first = handoff("import", file, "--json").files["good.csv"]
    again = handoff("import", file, "--json").files["good.csv"]
    assert (first["already_imported"], again["already_imported"]) == (False, True)
    assert first["import"] == again["import"]
    assert "already imported, nothing changed" in handoff("import", file).out


def test_check_writes_nothing_at_all(tmp_path: Path, home: Path, handoff: Handoff) -> None:
    file = write(tmp_path, "good.csv", HEAD + TWO)
    assert handoff("check", file, "--json").code == 0
    assert handoff("check", file, "--workspace", tmp_path / "new").code == 0
    assert not home.exists()
    assert not (tmp_path / "new").exists(), "not even an empty workspace"
    handoff("import", file, "--workspace", tmp_path / "mine")
    before = content(tmp_path / "mine"), content(home)
    other = write(tmp_path, "other.csv", HEAD.replace("Won", "SQL") + TWO)
    assert handoff("check", other, "--workspace", tmp_path / "mine").code == 0
    assert (content(tmp_path / "mine"), content(home)) == before


def test_check_takes_the_answers_that_an_import_would_take(tmp_path: Path, handoff: Handoff) -> None:
    file = write(tmp_path, "which.csv", WHICH)
    told = handoff("check", file, "--answer", "date-order:MQL date=day-first", "--json")
    assert told.code == 0
    (question,) = told.files["which.csv"]["questions"]
    assert question["id"] == "date-order:Won date"
    assert question["proposed"] == "day-first", "one file is written in one order"


def test_while_somebody_else_imports_the_command_says_who_and_ends_with_code_2(
    tmp_path: Path, handoff: Handoff
) -> None:
    file = write(tmp_path, "good.csv", HEAD + TWO)
    long = NewBatch.model_validate({"file_name": "long.csv", "sha256": "0", "size_bytes": 1, "shape": "leads"})
    with Workspace(tmp_path / "mine") as other, other.store.begin(long, at=AT):
        told = handoff("import", file, "--workspace", tmp_path / "mine", "--json")
    assert told.code == 2
    assert told.files["good.csv"]["code"] == WorkspaceBusy.__name__
    assert "has been writing to this workspace" in told.files["good.csv"]["error"]


def test_a_folder_that_can_be_no_workspace_is_refused(tmp_path: Path, handoff: Handoff) -> None:
    file = write(tmp_path, "good.csv", HEAD + TWO)
    told = handoff("import", file, "--workspace", file, "--json")
    assert told.code == 2
    assert "Choose another folder" in told.json["hint"]


# --- files that are not as they should be -----------------------------------------------------------------------------

Bad = dict[str, tuple[bytes, int, str, dict[str, int]]]
GOOD = {"accepted": 2}
BAD: Bad = {
    # name: bytes, exit code, words of the way out, some of the row classes
    "empty": (b"", 2, "Export it again", {}),
    "blank lines": (b"  \n \n", 2, "Export it again", {}),
    "header only": (HEAD.encode(), 2, "at least one row", {}),
    "no header": (TWO.encode(), 2, "Add a first row that names the columns", {}),
    "web page": (b"<!DOCTYPE html>\n<html><body>Please log in</body></html>\n", 2, "Log in, export the list again", {}),
    "json": (b'[{"Lead ID": "L1"}, {"Lead ID": "L2"}]\n', 2, "Export the list as CSV", {}),
    "binary": (bytes(range(256)) * 40, 2, "Export the list as CSV", {}),
    "workbook": (b"PK\x03\x04" + bytes(range(200)) * 20, 2, "save the sheet as CSV", {}),
    "semicolons": ((HEAD + TWO).replace(",", ";").encode(), 0, "", GOOD),
    "tabs": ((HEAD + TWO).replace(",", "\t").encode(), 0, "", GOOD),
    "unknown delimiter": ((HEAD + TWO).replace(",", "~").encode(), 2, "Export with a comma or a semicolon", {}),
    "ragged": (
        (HEAD + TWO + "L3,c@x.example\nL4,d@x.example,Web,2026-01-18,,more,more\n").encode(),
        *(0, "mend the row and send it again", {**GOOD, "quarantined": 2}),
    ),
    "open quote": (
        (HEAD + TWO + 'L3,"c@x.example,Web,2026-01-18,\nL4,d@x.example,Web,2026-01-19,\n').encode(),
        *(0, "close or double the mark", {"accepted": 3, "quarantined": 1}),
    ),
    "utf-16": ((HEAD + TWO).encode("utf-16"), 0, "export as UTF-8", GOOD),
    "cp1252": ((HEAD + TWO + "L3,,Köln – früh,2026-01-18,\n").encode("cp1252"), 0, "export as UTF-8", {"accepted": 3}),
    "zero byte": (
        (HEAD + TWO + "L3,c\0@x.example,Web,2026-01-18,\n").encode(),
        *(0, "Take it out and send the row again", {**GOOD, "quarantined": 1}),
    ),
    "two id columns": (b"Lead ID,Lead ID,MQL date\nL1,K1,2026-01-15\n", 3, "Answer the questions", {}),
    "totals row": ((HEAD + TWO + "Grand Total (2 records),,,,\n").encode(), 0, "is no lead", {**GOOD, "footer": 1}),
    "impossible dates": (
        (HEAD + TWO + "L3,,Web,2026-02-31,\nL4,,Web,never,\n").encode(),
        *(0, "mend it and send the row again", {"accepted": 4}),
    ),
    "either month": (WHICH.encode(), 3, "which number comes first", {}),
    "missing ids": (
        (HEAD + TWO + ",c@x.example,Web,2026-01-18,\n  ,,Web,2026-01-18,\n").encode(),
        *(0, "Fill in the id", {**GOOD, "quarantined": 2}),
    ),
    "one id twice": (
        (HEAD + TWO + "L1,other@x.example,Partner,2026-01-15,\n" + TWO.splitlines()[1] + "\n").encode(),
        *(0, "Decide which of the two is right", {**GOOD, "quarantined": 1, "identical": 1}),
    ),
    "formulas": ((HEAD + TWO + "L3,=cmd|' /C calc'!A0,+1-2,2026-01-18,\n").encode(), 0, "", {"accepted": 3}),
    "endless cell": (
        (HEAD + TWO + f"L3,{'x' * 1_500_000},Web,,\n").encode(),
        0,
        "Shorten it",
        {**GOOD, "quarantined": 1},
    ),
    "report": (
        ("Leads of 2026\n\n" + HEAD + TWO + "\n" + HEAD + "Copyright (c) 2026 Example\n").encode(),
        *(0, "footer", {**GOOD, "preamble": 1, "repeated_headers": 1, "blank": 2, "footer": 1}),
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_not_as_it_should_be_gets_a_sentence_with_a_way_out(
    tmp_path: Path, handoff: Handoff, name: str
) -> None:
    data, code, way_out, classes = BAD[name]
    file = tmp_path / f"{name}.csv"
    file.write_bytes(data)
    told = handoff("import", file, "--json")
    result = told.files[file.name]
    assert told.code == code
    if code == 0:
        rows = result["rows"]
        assert rows.pop("total") == sum(rows.values())
        assert {key: number for key, number in rows.items() if number} == {"header": 1, **classes}
        set_aside = sum(kind["times"] for kind in result["problems"] if kind["set_aside"])
        assert set_aside == rows["quarantined"]
        assert result["made"]["leads"] == rows["accepted"]
    else:
        assert result["error"]
        assert result["hint"]
        assert handoff("funnel", "--json").code == 2, "nothing of it was imported"
    words = handoff("import", file)
    assert words.code == code, words.out
    assert way_out in words.out
    assert file.name in words.out
    assert "Traceback" not in words.out + words.err


def test_text_that_looks_like_a_formula_is_kept_as_it_stands(tmp_path: Path, handoff: Handoff) -> None:
    file = tmp_path / "formulas.csv"
    file.write_bytes(BAD["formulas"][0])
    handoff("import", file)
    answer = handoff("funnel", "--by", "source", "--json").json
    assert {part["segment"] for part in answer["segments"]} == {"Web", "Fair", "+1-2"}


# --- the program itself -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_program_run_by_a_schedule_prints_only_json_and_never_a_traceback(tmp_path: Path, home: Path) -> None:
    """As a program of its own, with a terminal that knows ASCII only, and files read in a further process."""
    leads = write(tmp_path, "größe.csv", HEAD + TWO.replace("Web", "Köln → 東京"))
    bad = tmp_path / "bad.csv"
    bad.write_bytes(bytes(range(256)) * 40)
    environment = {**os.environ, places.HOME: str(home), "PYTHONIOENCODING": "ascii"}

    def program(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
        command = [sys.executable, "-m", "core.cli", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False, timeout=120)

    took = program("import", str(leads), str(bad), "--json")
    assert took.returncode == 2
    assert [result.get("code") for result in json.loads(took.stdout)["files"]] == [None, "NOT_TABULAR"]
    assert took.stderr == b""
    told = program("funnel", "--by", "source", "--json")
    assert told.returncode == 0
    assert {part["segment"] for part in json.loads(told.stdout)["segments"]} == {"Köln → 東京", "Fair"}
    assert told.stderr == b""
    words = program("funnel", "--where", "source=Köln", "--by", "größe")
    assert words.returncode == 2
    assert b"These data have no column" in words.stdout
    assert words.stderr == b""


def test_demo_opens_the_sample_company_and_never_makes_it_the_last_workspace(
    sample: Path, home: Path, handoff: Handoff, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[Any] = []

    def serve(folder: Path, **how: Any) -> int:
        served.append((folder, how))
        return 0

    monkeypatch.setattr(cli, "serve", serve)
    places.home().mkdir()
    places.demo_folder().symlink_to(sample, target_is_directory=True)
    told = handoff("demo", "--no-browser", "--port", 8765)
    assert told.code == 0
    assert told.out == "", "it was imported before"
    assert served == [(places.demo_folder(), {"port": 8765, "browser": False})]
    assert places.last_folder() == home / "workspace"
    with Workspace(sample) as here:
        assert len(here.live_batches()) == 5


def test_a_demo_that_was_interrupted_imports_the_rest(
    tmp_path: Path, handoff: Handoff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "serve", lambda folder, **how: 0)
    folder = tmp_path / "demo"
    with Workspace(folder) as here:
        for name in ("leads.csv", "users.csv"):
            here.add(ROOT / "sample_data" / name, at=AT)
    assert handoff("demo", "--workspace", folder).code == 0
    with Workspace(folder) as here:
        names = sorted(batch.file_name for batch in here.live_batches())
    assert names == sorted(path.name for path in (ROOT / "sample_data").glob("*.csv"))


def test_run_opens_the_last_workspace_and_remembers_a_named_one(
    tmp_path: Path, home: Path, handoff: Handoff, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[Path] = []

    def serve(folder: Path, **how: Any) -> int:
        served.append(folder)
        return 0

    monkeypatch.setattr(cli, "serve", serve)
    assert handoff("run").code == 0
    assert handoff("run", "--workspace", tmp_path / "mine").code == 0
    assert handoff("run").code == 0
    assert served == [home / "workspace", tmp_path / "mine", tmp_path / "mine"]


# --- why rows are set aside -------------------------------------------------------------------------------------------

WORN = (
    "Lead ID,Email,Created Date,MQL date\nL1,a@x.example,2026-01-15,31.02.2026\nL2,b@x.example,2026-01-16,2026-01-20\n"
    "L3,c@x.example,2026-01-17,2026-01-21\nL4,d@x.example\n,e@x.example,2026-01-15,2026-01-20\n"
)
PROBLEM_KEYS = {"code", "column", "set_aside", "times", "first_line", "raw", "sentence"}


def test_a_check_says_why_rows_are_set_aside(tmp_path: Path, handoff: Handoff) -> None:
    file = write(tmp_path, "worn.csv", WORN)
    checked = handoff("check", file, "--json").files["worn.csv"]
    assert {key for kind in checked["problems"] for key in kind} == PROBLEM_KEYS
    found = {kind["code"]: kind for kind in checked["problems"]}
    assert (found["RAGGED_ROW"]["first_line"], found["RAGGED_ROW"]["set_aside"]) == (5, True)
    assert (found["BAD_DATE"]["column"], found["BAD_DATE"]["raw"]) == ("MQL date", "31.02.2026")
    assert found["MISSING_ID"]["raw"] == ",e@x.example,2026-01-15,2026-01-20"
    assert handoff("import", file, "--json").files["worn.csv"]["problems"] == checked["problems"]


def test_the_words_of_a_check_say_it_too(tmp_path: Path, handoff: Handoff) -> None:
    told = handoff("check", write(tmp_path, "worn.csv", WORN)).out
    assert "utf-8, comma, header on line 1" in told
    assert "6 rows in the file = 1 header + 3 accepted + 2 quarantined" in told
    assert "Lead ID → lead_id" in told
    assert "MQL date → stage:MQL (2026-12-31)" in told
    assert 'Line 2, "MQL date": 31.02.2026' in told
    assert "BAD_DATE, 1 in all." in told
    assert "RAGGED_ROW, 1 in all, set aside." in told


def test_an_undecided_import_says_what_a_check_says(tmp_path: Path, handoff: Handoff) -> None:
    file = write(tmp_path, "worn.csv", "Lead ID,Email,Created Date\nL1,a@x.example,03/04/2026\nL2\n")
    checked, told = handoff("check", file, "--json"), handoff("import", file, "--json")
    assert checked.code == told.code == 3
    said = told.files["worn.csv"]
    assert set(said) == READING_KEYS | {"error", "hint"}
    assert {key: said[key] for key in READING_KEYS} == checked.files["worn.csv"]
    assert [kind["code"] for kind in said["problems"]] == ["RAGGED_ROW"]
    assert "RAGGED_ROW" in handoff("import", file).out


def test_the_readme_names_every_key_of_a_problem() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {key for key in PROBLEM_KEYS | READING_KEYS if f"`{key}`" not in readme} == set()
