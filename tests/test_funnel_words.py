"""What `handoff funnel` says in words, on data whose numbers are known."""

import re
from pathlib import Path

from tests.conftest import Handoff


def numbers(line: str) -> list[str]:
    return re.split(r"  +", line.strip())


def line(said: str, name: str) -> list[str]:
    return numbers(next(row for row in said.splitlines() if row.startswith(name)))


def test_a_breakdown_names_every_group_with_its_numbers(handoff: Handoff, olist: Path) -> None:
    said = handoff("funnel", "--workspace", olist, "--by", "source").out
    assert line(said, "organic search") == ["organic search", "2,296", "271", "12 %", "271", "12 %"]
    assert line(said, "(not stated)") == ["(not stated)", "60", "14", "23 %", "14", "23 %"]
    groups = said.split("source  ")[1].split("\n\n")[0].splitlines()[1:]
    assert sum(int(numbers(row)[1].replace(",", "")) for row in groups) == 8000
    assert "842 won deals without an amount." in said
    assert "Won:" not in said  # Nothing is worth 0.00.


def test_people_without_a_lead_and_what_matches_nothing_are_said(handoff: Handoff, maven: Path) -> None:
    said = handoff("funnel", "--workspace", maven, "--by", "owner_name").out
    assert line(said, "Mei-Mei Johns") == ["Mei-Mei Johns", "0"]
    assert "Won: 10,005,534.00, currency not stated." in said
    assert 'product "GTXPro" matches nothing: 1,480 rows.' in said


def test_the_answer_comes_first_and_every_lead_is_accounted_for(handoff: Handoff, sample: Path) -> None:
    said = handoff("funnel", "--workspace", sample).out.splitlines()
    assert re.match(r"(Sales|Marketing) loses most leads at .+: [\d,]+ ", said[0])
    entered, explained = re.findall(r"[\d,]+", said[1].partition(":")[2])
    assert entered == explained == line("\n".join(said), "Raw")[1]


def test_a_stock_has_no_rates(handoff: Handoff, olist: Path) -> None:
    said = handoff("funnel", "--workspace", olist, "--by", "source", "--policy", "current").out
    assert "%" not in said.split("What stands out")[0]


def test_a_label_that_nobody_placed_is_asked_about(handoff: Handoff, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text(
        "Lead ID,Created Date,Lead Status\n" + "".join(f"L{n},2026-01-0{n},MQL\n" for n in range(1, 8))
        + "L8,2026-01-08,Zebra\n", encoding="utf-8",
    )  # fmt: skip
    assert handoff("import", file, "--workspace", tmp_path / "w").code == 0
    said = handoff("funnel", "--workspace", tmp_path / "w").out
    assert 'Which stage is "Zebra"? (1 row' in said
    assert "1 lead of which no stage is known" in said
