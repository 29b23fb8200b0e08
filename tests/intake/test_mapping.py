"""What a person says about the columns wins; what cannot be meant is refused with the nearest right word."""

import pickle
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import MappingInvalid
from core.intake import Mapping, mapping_from
from core.intake.recognise import fingerprint, recognise, unique_names

if TYPE_CHECKING:
    from tests.intake.conftest import Desk

CONTENT = "Lead ID,Email,Company,Reached,Level,Created Date\nL1,a@b.org,Acme,2026-01-03,MQL,2026-01-02\n"


def test_a_hand_made_mapping_wins_and_may_be_partial(desk: "Desk") -> None:
    hand = Mapping(columns={"Level": "status", "Reached": "stage:SQL", "Company": "ignore"})
    reading = desk.read(CONTENT, mapping=hand)
    seen = {each.name: (each.field, each.how) for each in reading.columns}
    assert seen["Level"] == ("status", "by hand")
    assert seen["Reached"] == ("stage:SQL", "by hand")
    assert seen["Company"] == (None, "by hand")
    assert seen["Email"] == ("email", "name")
    assert set(desk.table(reading, "events")["name"]) == {"MQL", "SQL", "created"}
    assert reading.mapping.columns["Email"] == "email"


def test_a_field_goes_to_the_column_that_is_named(desk: "Desk") -> None:
    reading = desk.read(CONTENT, mapping=Mapping(columns={"Company": "lead_id", "Lead ID": "keep"}))
    leads = desk.table(reading, "leads")
    assert (leads["lead_id"].iloc[0], leads["x:lead id"].iloc[0]) == ("Acme", "L1")


def test_a_mapping_is_remembered_by_the_columns_of_a_file(desk: "Desk") -> None:
    first = desk.read(CONTENT, mapping=Mapping(columns={"Level": "status"}))
    memory: dict[str, dict[str, Any]] = {first.fingerprint: first.mapping.model_dump()}
    again = desk.read(CONTENT.replace("Level", "LEVEL").replace("L1,", "L2,"), remembered=memory)
    assert {each.name: (each.field, each.how) for each in again.columns}["LEVEL"] == ("status", "remembered")
    other = desk.read(CONTENT.replace("Level", "Rank"), remembered=memory)
    assert {each.name: each.field for each in other.columns}["Rank"] == "keep"


def test_another_table_can_be_stated(desk: "Desk") -> None:
    reading = desk.read("Who,Team\nAnn,East\n", mapping=Mapping(table="people", columns={"Who": "name"}))
    assert (reading.shape, reading.facts) == ("people", {"people": 1})


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        (Mapping(columns={"Emial": "email"}), 'column "Emial".*Did you mean "Email"'),
        (Mapping(columns={"Email": "e_mail"}), '"e_mail".*Did you mean "email"'),
        (Mapping(columns={"Email": "stage:"}), "no field of leads"),
        (Mapping(table="lead"), '"lead".*Did you mean "leads"'),
        (Mapping(columns={"Email": "company", "Company": "company"}), "both"),
        (Mapping(formats={"Created Date": "31/12/26"}), 'Did you mean "31/12/2026"'),
        (Mapping(formats={"Created Date": "1,234.5"}), "does not suit"),
    ],
)
def test_what_is_not_there_is_refused(desk: "Desk", mapping: Mapping, words: str) -> None:
    with pytest.raises(MappingInvalid, match=words):
        desk.read(CONTENT, mapping=mapping)


def test_a_mapping_file_is_strict() -> None:
    assert mapping_from({"columns": {"A": "email"}}) == Mapping(columns={"A": "email"})
    with pytest.raises(MappingInvalid, match=r'"column".*"columns"'):
        mapping_from({"column": {}})
    with pytest.raises(MappingInvalid, match="columns"):
        mapping_from({"columns": {"A": 3}})


def test_columns_of_one_name_are_asked(desk: "Desk") -> None:
    content = "Lead ID,email,Status,Email\nL1,a@b.org,MQL,x@y.org\n"
    asked = desk.read(content)
    [question] = asked.questions
    assert (question.id, question.proposed, asked.undecided) == ("duplicate-header:email", None, True)
    assert [value for value, _ in question.options] == ["2", "4"]
    for answer, mail in (("2", "a@b.org"), ("4", "x@y.org")):
        reading = desk.read(content, answers={question.id: answer})
        assert desk.table(reading, "leads")["email"].iloc[0] == mail
    alike = desk.read(content.replace("x@y.org", "a@b.org"))
    assert not alike.questions
    assert [each.code for each in alike.notices] == ["DUPLICATE_HEADER"]


def test_columns_of_one_name_that_nobody_needs_are_both_kept(desk: "Desk") -> None:
    leads = desk.table(desk.read("Lead ID,Email,Note,Note\nL1,a@b.org,x,y\n"), "leads")
    assert (leads["x:note"].iloc[0], leads["x:note (2)"].iloc[0]) == ("x", "y")


def test_a_file_that_says_nothing_is_asked_about(desk: "Desk") -> None:
    content = "Colour,Shape\nred,round\nred,square\nblue,round\n"
    asked = desk.read(content)
    assert [(each.id, each.proposed) for each in asked.questions] == [("table", None)]
    people = desk.read(content, answers={"table": "people", "id-column": "Shape"})
    assert people.shape == "people"
    assert people.counts.quarantined == 1


def test_whom_a_row_is_about_is_asked(desk: "Desk") -> None:
    content = "Email,First Name,Company,Lead Status\na@b.org,Ann,Acme,MQL\n"
    [question] = desk.read(content).questions
    assert (question.id, question.proposed) == ("id-column", None)
    reading = desk.read(content, answers={"id-column": "Email"})
    assert desk.table(reading, "leads")["lead_id"].tolist() == ["a@b.org"]
    with pytest.raises(MappingInvalid, match='Did you mean "Email"'):
        desk.read(content, answers={"id-column": "E-Mail"})


def test_a_reading_can_be_pickled(desk: "Desk") -> None:
    reading = desk.read(CONTENT)
    assert pickle.loads(pickle.dumps(reading)) == reading


def test_fingerprints_and_names() -> None:
    assert fingerprint(["Lead ID", "b"]) != fingerprint(["b", "Lead ID"])
    assert unique_names(["a", "A", "a", ""]) == ("a", "A", "a (2)", "column 4 (no name)")
    assert recognise(["Colour", "Shape"]).export is None
