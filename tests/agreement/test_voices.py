"""A question or an objection stays on the list until a signed version answers it, or somebody says why not."""

from __future__ import annotations

from typing import Any

import pytest

from core.agreement import Agreement, Person, Spoken
from core.definition.comparing import WHOLE, Part
from core.errors import AgreementRefused, StoreError
from tests.agreement.told import ADA, BEN, DAY, NOW, agreed, begun, proposed, signed

BIG = Part("criterion", "big")


def asked(agreement: Agreement, text: str = "Why 50?", about: Part = BIG, **more: Any) -> Spoken:
    return agreement.leave_voice(
        "classic", 1, **{"kind": "question", "text": text, "by": BEN, "at": NOW, "about": about, **more}
    )


def stands(agreement: Agreement) -> list[str]:
    return [voice.stands for voice in agreement.voices("classic", at=NOW)]


def on_the_list(agreement: Agreement) -> list[str]:
    return [voice.voice.text for voice in agreement.voices("classic", at=NOW, open_only=True)]


@pytest.mark.parametrize(
    ("about", "title"),
    [
        (WHOLE, "The whole agreement"),
        (Part("stage", "mql"), 'Stage "MQL"'),
        (BIG, 'Criterion "Criterion big"'),
        (Part("reason", "no_budget"), 'Reason "No budget"'),
        (Part("clock", "verdict"), 'Clock "Verdict"'),
    ],
    ids=lambda value: value.kind if isinstance(value, Part) else "",
)
def test_anybody_leaves_a_voice_on_a_part_with_leads_as_examples(agreement: Agreement, about: Part, title: str) -> None:
    agreed(agreement)
    left = asked(
        agreement, "  Why?  ", about, kind="objection", leads=["L1", " L2", "L1", ""], by=Person(" Cleo ", "sales")
    )
    assert (left.title, left.part, left.stands, left.open) == (title, about, "open", True)
    voice = left.voice
    assert (voice.kind, voice.text, voice.lead_ids, voice.name, voice.side) == (
        "objection",
        "Why?",
        ["L1", "L2"],
        "Cleo",
        "sales",
    )
    assert (voice.account, voice.version, voice.left_at) == (None, 1, NOW)
    assert agreement.voices("classic", at=NOW) == (left,)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"text": " "}, "no_text"),
        ({"text": "x" * 1_000_000}, "too_long"),
        ({"about": Part("criterion", "bigg")}, "no_part"),
        ({"about": Part("exit", "lost")}, "no_part"),
        ({"about": Part("rule", "")}, "no_part"),
        ({"leads": [str(number) for number in range(101)]}, "leads"),
        ({"by": Person("", "sales")}, "nameless"),
    ],
)
def test_a_voice_that_says_nothing_or_of_nothing_is_refused(
    agreement: Agreement, more: dict[str, Any], code: str
) -> None:
    agreed(agreement)
    with pytest.raises(AgreementRefused) as told:
        asked(agreement, **more)
    assert told.value.code == code
    assert agreement.voices("classic", at=NOW) == ()


def test_a_word_that_is_nearly_right_is_named(agreement: Agreement) -> None:
    agreed(agreement)
    with pytest.raises(AgreementRefused, match='Did you mean "big"'):
        asked(agreement, about=Part("criterion", "bigg"))


def test_a_version_closes_the_voices_that_it_answers_once_both_have_signed_it(agreement: Agreement) -> None:
    agreed(agreement, 50)
    first, second = asked(agreement, "Why 50?"), asked(agreement, "Why so slow?", Part("clock", "verdict"))
    draft = begun(agreement, 40)
    version = agreement.propose(draft.id, seen=draft.revision, by=ADA, at=NOW, closes=[first.voice.id, first.voice.id])
    assert stands(agreement) == ["pending", "open"]
    assert on_the_list(agreement) == ["Why 50?", "Why so slow?"], "nothing is settled by proposing"
    signed(agreement, version, ADA)
    assert stands(agreement) == ["pending", "open"]
    signed(agreement, version, BEN)
    assert stands(agreement) == ["changed", "open"]
    (answer,) = agreement.voices("classic", at=NOW)[0].answers
    assert (answer.outcome, answer.version, answer.name) == ("changed", 2, "Ada Reid")
    assert on_the_list(agreement) == ["Why so slow?"]
    third = agreed(agreement, 30)
    assert (third.number, stands(agreement)) == (3, ["changed", "open"]), (
        "a superseded version has changed it all the same"
    )
    assert second.voice.version == 1


def test_what_was_withdrawn_before_it_was_signed_answers_nothing(agreement: Agreement) -> None:
    agreed(agreement, 50)
    voice = asked(agreement)
    draft = begun(agreement, 40)
    version = agreement.propose(draft.id, seen=draft.revision, by=ADA, at=NOW, closes=[voice.voice.id])
    agreement.withdraw("classic", version.number, by=ADA, at=NOW)
    assert stands(agreement) == ["open"]
    again = agreement.propose(draft.id, seen=draft.revision, by=ADA, at=NOW)
    assert (again.number, stands(agreement)) == (2, ["pending"])
    proposed(agreement, 30)
    assert stands(agreement) == ["open"], "overtaken before it was signed"


def test_it_stays_as_it_is_with_a_reason_and_can_be_asked_again(agreement: Agreement) -> None:
    agreed(agreement)
    number = asked(agreement).voice.id
    with pytest.raises(AgreementRefused) as told:
        agreement.answer_voice(number, outcome="kept", by=ADA, at=NOW)
    assert told.value.code == "no_why"
    kept = agreement.answer_voice(number, outcome="kept", why="Smaller ones never bought.", by=ADA, at=NOW)
    assert (kept.stands, kept.open) == ("kept", False)
    again = agreement.answer_voice(number, outcome="reopened", why="Two did.", by=BEN, at=NOW + DAY)
    assert again.open
    assert [(one.outcome, one.why, one.name) for one in again.answers] == [
        ("kept", "Smaller ones never bought.", "Ada Reid"),
        ("reopened", "Two did.", "Ben Okoye"),
    ]


def test_only_a_later_version_that_is_there_changes_what_was_said(agreement: Agreement) -> None:
    agreed(agreement, 50)
    number = asked(agreement).voice.id
    for version in (None, 1):
        with pytest.raises(AgreementRefused) as told:
            agreement.answer_voice(number, outcome="changed", version=version, by=ADA, at=NOW)
        assert told.value.code == "not_later"
    with pytest.raises(StoreError, match="no version 7"):
        agreement.answer_voice(number, outcome="changed", version=7, by=ADA, at=NOW)
    with pytest.raises(StoreError, match="no voice number 99"):
        agreement.answer_voice(99, outcome="kept", why="No.", by=ADA, at=NOW)
    agreed(agreement, 40)
    assert agreement.answer_voice(number, outcome="changed", version=2, by=ADA, at=NOW).stands == "changed"


def test_a_proposal_that_names_a_voice_that_is_not_there_is_not_made(agreement: Agreement) -> None:
    draft = begun(agreement, 40)
    with pytest.raises(StoreError, match="no voice number 5"):
        agreement.propose(draft.id, seen=draft.revision, by=ADA, at=NOW, closes=[5])
    assert agreement.versions("classic", at=NOW) == ()
