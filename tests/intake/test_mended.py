"""What was set aside is downloaded, mended and sent again, and is then the same kind of file."""

import csv
import io
from typing import TYPE_CHECKING

import pytest

from core.export import csv_bytes
from core.intake.mended import WRONG, header_to_mend, to_mend
from core.intake.recognise import unique_names

if TYPE_CHECKING:
    from tests.intake.conftest import Desk

FILES = {
    "comma": "Lead ID,Email,Company,Created Date\nL1,a@example.org,Acme,2026-01-15\n"
    ",b@example.org,=1+1,2026-01-16\nL3,c@example.org\n",
    "semicolon": "Lead ID;Email;Email;;Created Date\nL1;a@example.org;;x;15.01.2026\n"
    ';b@example.org;;"a ""b"";c";16.01.2026\nL3;c@example.org\n',
}


@pytest.mark.parametrize("case", FILES)
def test_what_was_set_aside_comes_back_mended(desk: "Desk", case: str) -> None:
    said = {"duplicate-header:Email": "2"} if case == "semicolon" else {}
    first = desk.read(FILES[case], answers=said)
    assert first.counts.quarantined == 2
    names = tuple(first.mapping.columns)
    data = csv_bytes(to_mend(desk.table(first, "problems"), names), headings=header_to_mend(names))
    cells = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    header = next(csv.reader([FILES[case].split("\n")[0]], delimiter="," if case == "comma" else ";"))
    assert cells[0] == [*header, WRONG]
    assert all(len(row) == len(header) + 1 and len(row[-1]) > 30 for row in cells)
    assert cells[2][0] == ("L3,c@example.org" if case == "comma" else "L3;c@example.org")
    assert cells[1][2 if case == "comma" else 3] == ("'=1+1" if case == "comma" else 'a "b";c')

    cells[1][0] = "L2"
    cells[2][:2] = ["L3", "c@example.org"]
    out = io.StringIO()
    csv.writer(out).writerows(cells)
    again = desk.read("\ufeff" + out.getvalue(), name="mended.csv", answers=said)
    assert (again.fingerprint, again.shape) == (first.fingerprint, first.shape)
    assert [column.name for column in again.columns] == list(unique_names(header))
    assert (again.counts.accepted, again.counts.quarantined) == (2, 0)
    leads = desk.table(again, "leads")
    assert leads["lead_id"].tolist() == ["L2", "L3"]
    if case == "comma":
        assert leads["company"].iloc[0] == "=1+1"


def test_any_other_file_keeps_its_last_column_and_its_apostrophes(desk: "Desk") -> None:
    reading = desk.read("Lead ID,Email,Company\nL1,a@example.org,'=1\n")
    assert desk.table(reading, "leads")["company"].tolist() == ["'=1"]
