"""A version is signed by two people of two sides, to exactly what they saw, and is in force from a day on."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from core.agreement import Agreement, Person, Version
from core.agreement.standing import spans
from core.definition.templates import CLASSIC, THREE_STAGES
from core.errors import AgreementRefused, DraftMoved, StoreError
from core.store import Book, Proposal, Signature
from tests.agreement.told import ADA, BEN, DAY, NOW, agreed, begun, bigger, proposed, signed


def refused(code: str) -> pytest.RaisesExc[AgreementRefused]:
    return pytest.raises(AgreementRefused, check=lambda error: error.code == code and bool(error.hint))


def states(agreement: Agreement, at: datetime = NOW) -> dict[int, str]:
    return {version.number: version.state for version in agreement.versions("classic", at=at)}


# The life of a version


def test_a_draft_becomes_what_is_measured_by_once_both_sides_have_signed(agreement: Agreement) -> None:
    here = agreement.workspace
    here.choose(THREE_STAGES, at=NOW, by_person=False)
    before = here.store.version()
    version = proposed(agreement)
    assert (version.state, version.missing, version.number) == ("proposed", ("marketing", "sales"), 1)
    assert signed(agreement, version, BEN).missing == ("marketing",)
    assert here.store.version() == before, "one signature changes no answer"
    assert here.definition().id == THREE_STAGES.id
    both = signed(agreement, version, ADA, NOW + DAY)
    assert (both.state, both.agreed_at, both.starts_at, both.until) == ("in_force", NOW + DAY, NOW + DAY, None)
    assert [(one.side, one.name, one.content_hash) for one in both.signatures] == [
        ("marketing", "Ada Reid", version.content_hash),
        ("sales", "Ben Okoye", version.content_hash),
    ]
    assert here.store.version() != before
    assert here.definition() == version.definition
    assert here.definition_chosen()


def test_what_is_proposed_stands_whatever_becomes_of_the_draft(agreement: Agreement) -> None:
    draft = begun(agreement, 50)
    version = agreement.propose(draft.id, seen=draft.revision, by=ADA, at=NOW, note="more budget")
    later = agreement.save(draft.id, bigger(draft.definition, 99), seen=draft.revision, at=NOW, by="Ada Reid")
    assert later.revision == draft.revision + 1
    kept = agreement.version("classic", version.number, at=NOW)
    assert (kept.definition, kept.content_hash, kept.note) == (draft.definition, draft.content_hash, "more budget")
    assert signed(agreement, kept, ADA).state == "proposed"


def test_a_draft_is_proposed_only_as_it_was_seen(agreement: Agreement) -> None:
    draft = begun(agreement, 50)
    other = agreement.save(draft.id, bigger(draft.definition, 99), seen=draft.revision, at=NOW, by="Ben")
    with pytest.raises(DraftMoved) as told:
        agreement.propose(draft.id, seen=draft.revision, by=ADA, at=NOW)
    assert (told.value.mine, told.value.theirs) == (draft.definition, other.definition)
    assert agreement.versions("classic", at=NOW) == ()


def test_what_an_import_proposed_can_be_signed_as_it_stands(agreement: Agreement) -> None:
    agreement.workspace.choose(CLASSIC, at=NOW, by_person=False)
    assert states(agreement) == {1: "saved"}
    draft = agreement.begin_from_version("classic", 1, at=NOW, by="Ada Reid")
    version = agreement.propose(draft.id, seen=1, by=ADA, at=NOW)
    assert (version.number, draft.base_version) == (1, 1)
    signed(agreement, version, ADA)
    assert signed(agreement, version, BEN).state == "in_force"
    with refused("nothing_new"):
        agreement.propose(draft.id, seen=1, by=BEN, at=NOW)


# Who may sign what


def test_one_person_cannot_sign_for_both_sides_however_the_name_is_written(agreement: Agreement) -> None:
    version = proposed(agreement)
    signed(agreement, version, Person("Ada", "marketing"))
    for name in ("Ada", "ada ", "  A d a", "ＡＤＡ"):
        with refused("same_person"):
            signed(agreement, version, Person(name, "sales"))
    assert signed(agreement, version, Person("Adam", "sales")).state == "in_force"


def test_each_side_signs_once(agreement: Agreement) -> None:
    version = proposed(agreement)
    signed(agreement, version, ADA)
    for who in (ADA, Person("Cleo", "marketing")):
        with refused("already_signed"):
            signed(agreement, version, who)
    signed(agreement, version, BEN)
    with refused("already_signed"):
        signed(agreement, version, Person("Cleo", "sales"))


def test_a_signature_is_for_what_the_signer_saw(agreement: Agreement) -> None:
    version = proposed(agreement, 50)
    for other in (begun(agreement, 99).content_hash, "", version.content_hash[:-1]):
        with refused("other_content"):
            agreement.sign("classic", version.number, by=ADA, content_hash=other, at=NOW)
    assert agreement.version("classic", version.number, at=NOW).signatures == ()


def test_who_is_known_signs_under_the_own_name_and_for_the_own_side(staffed: Agreement) -> None:
    version = proposed(staffed)
    for who, code in (
        (Person("Ben Okoye", "marketing"), "other_side"),
        (Person("ada reid", "sales"), "other_side"),
        (Person("0055g000000k9b2AAA", "marketing"), "other_side"),
        (Person("Lead Robot", "marketing"), "no_person"),
        (Person("unassigned leads queue", "sales"), "no_person"),
        (Person(" - ", "sales"), "nameless"),
        (Person("x" * 201, "sales"), "nameless"),
    ):
        with refused(code):
            signed(staffed, version, who)
    both = signed(staffed, version, Person("ada  REID", "marketing"))
    assert (both.signatures[0].name, both.signatures[0].person_id) == ("Ada Reid", "0055g000000k9b1AAA")


def test_people_are_told_apart_by_id_where_both_are_known(staffed: Agreement) -> None:
    version = proposed(staffed)
    signed(staffed, version, Person("Cleo Hahn", "marketing"))
    with refused("same_person"):
        signed(staffed, version, Person("Cleo", "sales", person_id="0055g000000k9b3AAA"))
    other = proposed(staffed, 60)
    signed(staffed, other, Person("Dan Cox", "marketing", person_id="0055g000000k9b4AAA"))
    with refused("same_person"):
        signed(staffed, other, Person("Dan Cox", "sales"))  # Which of the two, nobody can say.
    assert signed(staffed, other, Person("Dan Cox", "sales", person_id="0055g000000k9b5AAA")).state == "in_force"


def test_the_record_says_whether_a_login_stands_behind_a_signature(agreement: Agreement) -> None:
    version = proposed(agreement)
    signed(agreement, version, ADA)
    both = signed(agreement, version, Person("Ben", "sales", account="ben@example.com"))
    assert [signature.account for signature in both.signatures] == [None, "ben@example.com"]


# What cannot be signed any more, and what can be taken back


def test_a_newer_proposal_supersedes_an_open_one_and_only_that(agreement: Agreement) -> None:
    first = agreed(agreement, 50)
    second, third = proposed(agreement, 60), proposed(agreement, 70)
    assert states(agreement) == {1: "in_force", 2: "superseded", 3: "proposed"}
    with refused("not_open"):
        signed(agreement, second, ADA)
    agreement.withdraw("classic", third.number, by=BEN, at=NOW)
    assert states(agreement) == {1: "in_force", 2: "superseded", 3: "withdrawn"}, "what was superseded does not return"
    with refused("not_open"):
        signed(agreement, third, ADA)
    with refused("in_force"):
        agreement.withdraw("classic", first.number, by=BEN, at=NOW)


def test_a_withdrawn_version_can_be_proposed_again_and_its_old_signatures_do_not_count(agreement: Agreement) -> None:
    draft = begun(agreement)
    version = agreement.propose(draft.id, seen=2, by=ADA, at=NOW)
    signed(agreement, version, ADA)
    gone = agreement.withdraw("classic", 1, by=BEN, at=NOW, why="Not yet.")
    assert gone.proposal is not None
    assert (gone.state, gone.proposal.withdrawn_by, gone.proposal.withdrawn_why) == (
        "withdrawn",
        "Ben Okoye",
        "Not yet.",
    )
    again = agreement.propose(draft.id, seen=2, by=ADA, at=NOW)
    assert (again.number, again.missing) == (1, ("marketing", "sales"))


def test_a_signature_is_taken_back_by_whoever_gave_it_while_it_is_not_in_force(agreement: Agreement) -> None:
    later = date(2026, 3, 20)
    version = agreed(agreement, starts=later)
    assert version.state == "signed"
    here = agreement.workspace
    counted = here.store.version()
    with refused("not_signer"):
        agreement.withdraw_signature("classic", 1, by=Person("Cleo", "sales"), at=NOW)
    with refused("not_signer"):
        agreement.withdraw_signature("classic", 1, by=Person("Ben Okoye", "marketing"), at=NOW)
    back = agreement.withdraw_signature("classic", 1, by=Person("ben okoye", "sales"), at=NOW, why="Wait.")
    assert (back.state, back.missing, back.starts_at) == ("proposed", ("sales",), None)
    assert here.store.version() != counted
    assert not agreement.settle(at=NOW + 60 * DAY)
    both = signed(agreement, back, Person("Cleo", "sales"))
    assert both.state == "signed"
    started = NOW + 30 * DAY
    agreement.settle(at=started)
    with refused("in_force"):
        agreement.withdraw_signature("classic", 1, by=ADA, at=started)
    with here.store.book() as book:
        kept = [(one.name, one.withdrawn_why) for one in book.signatures("classic")]
    assert kept == [("Ada Reid", ""), ("Ben Okoye", "Wait."), ("Cleo", "")], "nothing is deleted"


# In force from a day


def test_what_is_signed_for_a_day_to_come_begins_on_that_day_in_the_zone_of_the_data(agreement: Agreement) -> None:
    here = agreement.workspace
    here.state("zone", "America/New_York", at=NOW)
    here.choose(THREE_STAGES, at=NOW)
    version = agreed(agreement, starts=date(2026, 3, 5))
    begins = datetime(2026, 3, 5, 5, tzinfo=UTC)
    assert (version.state, version.starts_at) == ("signed", begins)
    assert agreement.in_force("classic", at=begins - timedelta(seconds=1)) is None
    assert not agreement.settle(at=begins - timedelta(seconds=1))
    assert here.definition().id == THREE_STAGES.id
    before = here.store.version()
    assert agreement.settle(at=begins)
    assert here.definition() == version.definition
    assert here.store.version() != before
    assert not agreement.settle(at=begins), "once is enough"
    assert agreement.version("classic", 1, at=begins).state == "in_force"


def test_who_chose_another_version_since_is_left_with_it(agreement: Agreement) -> None:
    here = agreement.workspace
    agreed(agreement, starts=date(2026, 3, 5))
    here.choose(THREE_STAGES, at=NOW + DAY)
    assert agreement.settle(at=NOW + 4 * DAY), "chosen before it came into force"
    here.choose(THREE_STAGES, at=NOW + 5 * DAY)
    assert not agreement.settle(at=NOW + 6 * DAY)
    assert here.definition().id == THREE_STAGES.id
    second = agreed(agreement, 70, at=NOW + 7 * DAY)
    assert here.definition() == second.definition, "the next agreement counts again"


def test_of_two_agreements_of_one_instant_the_later_one_is_measured_by(agreement: Agreement) -> None:
    first, second = agreed(agreement, 50), agreed(agreement, 60)
    assert first.starts_at == second.starts_at
    assert agreement.workspace.definition() == second.definition
    assert not agreement.settle(at=NOW)


def test_an_import_does_not_take_the_place_of_what_is_agreed(agreement: Agreement) -> None:
    here = agreement.workspace
    agreed(agreement, starts=date(2026, 3, 5))
    here.choose(THREE_STAGES, at=NOW + 10 * DAY, by_person=False)
    assert agreement.settle(at=NOW + 11 * DAY)
    assert here.definition().id == "classic"


def test_only_the_first_agreement_reaches_back(agreement: Agreement) -> None:
    first = agreed(agreement, 50, starts=date(2020, 1, 1))
    assert (first.state, first.starts_at) == ("in_force", datetime(2020, 1, 1, tzinfo=UTC))
    assert agreement.workspace.definition() == first.definition
    with refused("past"):
        proposed(agreement, 60, starts=date(2026, 3, 1))
    assert states(agreement) == {1: "in_force"}
    today = agreed(agreement, 55, starts=NOW.date())
    assert (today.state, today.starts_at) == ("in_force", NOW), "today is not over, and begins with the signatures"
    second = proposed(agreement, 60, starts=date(2026, 3, 3))
    signed(agreement, second, ADA)
    both = signed(agreement, second, BEN, NOW + 5 * DAY)
    assert both.starts_at == NOW + 5 * DAY, "the day had passed when the second side signed"
    for at, number in (
        (datetime(2020, 1, 1, tzinfo=UTC), 1),
        (NOW - timedelta(seconds=1), 1),
        (NOW + 5 * DAY - timedelta(seconds=1), 2),
        (NOW + 5 * DAY, 3),
    ):
        found = agreement.in_force("classic", at=at)
        assert found is not None
        assert found.number == number
    assert agreement.in_force("classic", at=datetime(2019, 12, 31, tzinfo=UTC)) is None
    assert states(agreement, NOW + 6 * DAY) == {1: "superseded", 2: "superseded", 3: "in_force"}


def test_of_two_agreements_on_one_day_the_later_one_holds(agreement: Agreement) -> None:
    agreed(agreement, 50)
    agreed(agreement, 60, starts=date(2026, 5, 1))
    third = agreed(agreement, 70, starts=date(2026, 4, 1))
    assert states(agreement) == {1: "in_force", 2: "superseded", 3: "signed"}
    assert [one.number for one in agreement.timeline("classic", at=NOW)] == [1, 3]
    agreement.withdraw_signature("classic", third.number, by=BEN, at=NOW)
    assert states(agreement) == {1: "in_force", 2: "signed", 3: "proposed"}


def random_life(seed: int) -> tuple[list[Proposal], list[Signature], list[tuple[int, datetime]], datetime]:
    """Proposals and signatures at random; each version that both sides signed, with the start that it must get."""
    chance, at = random.Random(seed), NOW
    proposals: list[Proposal] = []
    signatures: list[Signature] = []
    told: list[tuple[int, datetime]] = []
    for number in range(1, 8):
        at += chance.choice((timedelta(0), timedelta(hours=5), 3 * DAY))
        wanted = chance.choice((None, at + chance.choice((-9, 1, 2, 9)) * DAY))
        withdrawn = chance.random() < 0.2
        facts = {"id": number, "definition_id": "ours", "version": number, "proposed_at": at, "proposed_by": "Ada"}
        proposals.append(
            Proposal.model_validate({**facts, "starts_at": wanted, "withdrawn_at": at if withdrawn else None})
        )
        signed_by = []
        for side in chance.sample(["marketing", "sales"], k=chance.choice((1, 2, 2, 2))):
            at += chance.choice((timedelta(0), timedelta(hours=1), 4 * DAY))
            back = chance.random() < 0.1
            facts = {"id": len(signatures), "proposal_id": number, "side": side, "name": side, "content_hash": ""}
            signatures.append(
                Signature.model_validate({**facts, "signed_at": at, "withdrawn_at": at if back else None})
            )
            signed_by += [] if back else [side]
        if len(signed_by) == 2 and not withdrawn:
            told.append((number, wanted or at) if not told else (number, max(wanted or at, at)))
    return proposals, signatures, told, at


@pytest.mark.parametrize("seed", range(60))
def test_after_the_first_one_version_is_in_force_at_any_instant(seed: int) -> None:
    """Against a reading that looks at every agreement anew for every instant."""
    proposals, signatures, told, last = random_life(seed)
    found = spans(proposals, signatures)
    assert [span.starts_at for span in found] == sorted({span.starts_at for span in found})
    when = NOW - 20 * DAY
    while when < last + 20 * DAY:
        held = [number for number, begins in told if begins <= when]
        now = [one.proposal.version for one in found if one.starts_at <= when and (not one.until or when < one.until)]
        assert now == held[-1:]
        when += timedelta(hours=7)


# Nothing is half done


@pytest.mark.parametrize("write", ["sign", "use", "save_version", "propose", "answer"])
def test_what_fails_in_the_middle_leaves_everything_as_it_was(
    agreement: Agreement, write: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice_of = agreed(agreement, 50)
    voice = agreement.leave_voice("classic", voice_of.number, kind="question", text="Why?", by=BEN, at=NOW)
    draft = begun(agreement, 60)

    def life() -> Version:
        version = agreement.propose(draft.id, seen=draft.revision, by=ADA, at=NOW, closes=[voice.voice.id])
        signed(agreement, version, ADA)
        return signed(agreement, version, BEN, NOW + DAY)

    def everything() -> list[object]:
        with agreement.workspace.store.book() as book:
            seen = [
                book.versions("classic"),
                book.proposals("classic"),
                book.signatures("classic"),
                book.answers("classic"),
            ]
        return [*seen, agreement.workspace.store.version(), agreement.workspace.store.in_use()]

    real, before = getattr(Book, write), [everything()]

    def broken(*args: object, **more: object) -> object:
        real(*args, **more)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if write in ("sign", "use"):
            version = agreement.propose(draft.id, seen=draft.revision, by=ADA, at=NOW)
            signed(agreement, version, ADA)
            before[0] = everything()
            patch.setattr(Book, write, broken)
            with pytest.raises(KeyboardInterrupt):
                signed(agreement, version, BEN, NOW + DAY)
        else:
            patch.setattr(Book, write, broken)
            with pytest.raises(KeyboardInterrupt):
                life()
    assert everything() == before[0]


def test_of_two_who_sign_for_one_side_at_once_one_is_told(agreement: Agreement) -> None:
    version = proposed(agreement)

    def one(name: str) -> str:
        try:
            signed(agreement, version, Person(name, "sales"))
        except AgreementRefused as error:
            return error.code
        return "signed"

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(one, ["Ada", "Ben", "Cleo", "Dan", "Eva", "Finn"]))
    assert sorted(told) == ["already_signed"] * 5 + ["signed"]
    assert len(agreement.version("classic", 1, at=NOW).signatures) == 1


def test_of_two_who_propose_at_once_each_gets_a_version_and_one_stays_open(agreement: Agreement) -> None:
    drafts = [begun(agreement, 60 + number) for number in range(5)]
    with ThreadPoolExecutor(5) as pool:
        made = list(pool.map(lambda draft: agreement.propose(draft.id, seen=draft.revision, by=ADA, at=NOW), drafts))
    assert sorted(version.number for version in made) == [1, 2, 3, 4, 5]
    assert sorted(states(agreement).values()) == ["proposed", *["superseded"] * 4]


# What is not there is said


def test_what_is_not_there_is_said(agreement: Agreement) -> None:
    agreed(agreement)
    with pytest.raises(StoreError, match="no version 9"):
        agreement.version("classic", 9, at=NOW)
    with pytest.raises(StoreError, match="no version 1"):
        agreement.sign("nothing", 1, by=ADA, content_hash="", at=NOW)
    with pytest.raises(StoreError, match="no draft number 99"):
        agreement.propose(99, seen=1, by=ADA, at=NOW)
    with refused("too_long"):
        agreement.propose(begun(agreement, 77).id, seen=2, by=ADA, at=NOW, note="x" * 1_000_000)
    assert agreement.timeline("nothing", at=NOW) == ()
    assert agreement.in_force("nothing", at=NOW) is None
