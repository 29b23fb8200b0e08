"""Reading in a process of its own gives the same, and what it cannot bear is a refusal, not a crash."""

from typing import TYPE_CHECKING

import pytest

from core.errors import FileRefused, MappingInvalid
from core.intake import Limits, Mapping, read
from core.settings import Settings

if TYPE_CHECKING:
    from tests.intake.conftest import Desk

CONTENT = "All leads\nLead ID,Email,Status,Created Date\n" + "".join(
    f"L{number},a{number}@b.org,MQL,2026-01-{number % 28 + 1:02d}\n" for number in range(200)
)


def test_it_gives_the_same(desk: "Desk") -> None:
    told: list[tuple[float, str]] = []
    here = desk.read(CONTENT)
    apart = read(
        desk.folder / "file.csv",
        settings=Settings(),
        staging=desk.folder / "staging",
        now=1_800_000_000,
        progress=lambda share, what: told.append((share, what)),
    )
    assert apart == here
    assert told[0] == (0.0, "looking at the file")
    assert told[-1] == (1.0, "done")
    assert [share for share, _ in told] == sorted(share for share, _ in told)


def test_refusals_come_through(desk: "Desk") -> None:
    with pytest.raises(FileRefused) as refused:
        desk.read("<html></html>", apart=True)
    assert refused.value.code == "NOT_TABULAR"
    with pytest.raises(MappingInvalid, match="Did you mean"):
        desk.read(CONTENT, mapping=Mapping(columns={"Emial": "email"}), apart=True)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(resident=20 << 20), "20 MB of memory"),
        (Limits(seconds=0.01), "seconds"),
        (Limits(address=900 << 20), "memory|without an answer"),
    ],
)
def test_too_much_is_refused(
    desk: "Desk", limits: Limits, words: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    path = desk.write("Lead ID,Email,Note\n" + "".join(f"L{at},a@b.org,{'x' * 2000}\n" for at in range(60_000)))
    with pytest.raises(FileRefused, match=words) as refused:
        read(path, settings=Settings(), staging=None, now=1_800_000_000, limits=limits)
    assert refused.value.code == "UNSAFE"
    assert "could not be read safely" in refused.value.message
    capfd.readouterr()
