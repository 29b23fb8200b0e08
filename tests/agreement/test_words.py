"""How versions and voices stand, in sentences that both sides read alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from core.agreement import Agreement
from core.agreement_words import became, headline, measured_by, proposed, signed, stands, term, voices_headline
from tests.agreement import told
from tests.agreement.told import ADA, BEN, DAY, NOW, agreed


def title(agreement: Agreement, at: datetime = NOW) -> str:
    return headline(agreement.versions("classic", at=at), UTC)


def test_the_title_says_what_is_asked_of_whom(agreement: Agreement) -> None:
    assert title(agreement) == "Nothing has been agreed yet"
    first = told.proposed(agreement, 10)
    assert title(agreement) == "Version 1 waits for marketing and sales; nothing is in force yet"
    told.signed(agreement, first, BEN)
    assert title(agreement) == "Version 1 waits for marketing; nothing is in force yet"
    told.signed(agreement, first, ADA)
    assert title(agreement) == "Version 1 is in force since 2 Mar 2026, signed by Ada Reid and Ben Okoye"
    agreed(agreement, 50, starts=NOW.date() + timedelta(days=7))
    said = "Version 2 is signed by both sides and begins on 9 Mar 2026; version 1 is in force until then"
    assert title(agreement) == said
    assert title(agreement, NOW + 8 * DAY).startswith("Version 2 is in force since 9 Mar 2026")
    third = told.proposed(agreement, 99, at=NOW + 8 * DAY)
    assert title(agreement, NOW + 8 * DAY) == "Version 3 waits for marketing and sales; version 2 is in force"
    agreement.withdraw("classic", third.number, by=BEN, at=NOW + 9 * DAY, why="Not now")
    assert title(agreement, NOW + 9 * DAY).startswith("Version 2 is in force")


def test_each_version_says_how_it_stands(agreement: Agreement) -> None:
    agreed(agreement, 10)
    waiting = told.proposed(agreement, 50, starts=date(2026, 4, 1))
    assert (stands(waiting), term(waiting, UTC)) == (
        "waits for marketing and sales",
        "from 1 Apr 2026, once both have signed",
    )
    agreement.withdraw("classic", 2, by=BEN, at=NOW, why="Not now")
    gone, force = agreement.versions("classic", at=NOW)
    assert (stands(gone), term(gone, UTC)) == ("taken off the table", "")
    assert proposed(gone, UTC) == "Ada Reid on 2 Mar 2026; withdrawn by Ben Okoye on 2 Mar 2026: Not now"
    assert (stands(force), term(force, UTC)) == ("in force", "from 2 Mar 2026")
    assert signed(force.signatures[0], UTC) == "Ada Reid, 2 Mar 2026, 09:00, not authenticated"
    assert measured_by(1, (gone, force)) == ""
    assert measured_by(2, (gone, force)).startswith("Every figure goes by version 2, which somebody has chosen since")
    assert measured_by(2, (gone,)) == "Every figure goes by version 2, which no two sides have signed."


def test_a_voice_says_what_became_of_it(agreement: Agreement) -> None:
    agreed(agreement, 10)
    assert voices_headline((), UTC) == "Nobody has asked anything yet"

    def ask() -> int:
        return agreement.leave_voice("classic", 1, kind="question", text="Why?", by=BEN, at=NOW).voice.id

    one, other = ask(), ask()
    every = agreement.voices("classic", at=NOW)
    assert voices_headline(every, UTC) == "2 questions are open, the oldest since 2 Mar 2026"
    assert became(every[0], UTC) == "waits for an answer"
    kept = agreement.answer_voice(one, outcome="kept", why="It works", by=ADA, at=NOW)
    assert became(kept, UTC) == "It stays as it is: It works (Ada Reid, 2 Mar 2026)"
    again = agreement.answer_voice(one, outcome="reopened", why="It does not", by=BEN, at=NOW)
    assert became(again, UTC) == "Asked again: It does not (Ben Okoye, 2 Mar 2026)"
    draft = told.begun(agreement, 50)
    agreement.propose(draft.id, seen=draft.revision, by=ADA, at=NOW, closes=(one, other))
    assert {became(voice, UTC) for voice in agreement.voices("classic", at=NOW)} == {
        "Version 2 answers it, once both sides have signed it (Ada Reid, 2 Mar 2026)"
    }
    agreement.withdraw("classic", 2, by=BEN, at=NOW)
    assert became(agreement.voices("classic", at=NOW)[0], UTC).startswith("Version 2 was to answer it, and was not")
