import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.store import Store, decode_column, encode_column
from core.tables import LEDGER
from tests.store.imports import AT, import_leads, leads, new_batch, visible


@given(st.text())
def test_a_name_comes_back_and_holds_nothing_that_delta_forbids(name: str) -> None:
    encoded = encode_column(name)
    assert decode_column(encoded) == name
    assert not set(encoded) & set(" ,;{}()\n\t=")


@given(st.text(max_size=4), st.text(max_size=4))
def test_names_differ_in_more_than_case(one: str, other: str) -> None:
    assert (encode_column(one).lower() == encode_column(other).lower()) == (one == other)


def test_canonical_names_stay() -> None:
    assert all(encode_column(name) == name for table in LEDGER for name in table.names)


def test_extra_columns_join_over_time_whatever_their_names(store: Store) -> None:
    odd = ["x:a,b;{c}(d)\t=é\n", "x:100 %41", "x:Größe.cm", "x:größe.cm", 'x:"q`']
    import_leads(store, ["a"])
    import_leads(store, ["b"], columns={name: [f"in {name}"] for name in odd})
    import_leads(store, ["c"], columns={"x:new": ["late"]})
    rows = visible(store).set_index("lead_id")
    assert {name: rows.loc["b", name] for name in odd} == {name: f"in {name}" for name in odd}
    assert rows.loc["c", "x:new"] == "late"
    assert rows.loc["a", [*odd, "x:new"]].isna().all()


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (leads(["a"], colour=["red"]), "does not declare"),
        (leads(["a"], created_at=["ada@lead.example"]), "created_at is"),
        (leads(["a"], fit_score=["much"]), "fit_score is"),
        (leads(["a"]).drop(columns="line"), "line is missing"),
        (pd.concat([leads(["a"]), leads(["a"])], axis=1), None),
    ],
)
def test_rows_that_are_not_the_tables_are_refused_without_showing_them(
    store: Store, frame: pd.DataFrame, said: str | None
) -> None:
    with store.begin(new_batch(), at=AT) as writing:
        with pytest.raises(ValueError, match=said) as refused:
            writing.append("leads", frame)
        assert "ada@" not in str(refused.value)
        assert writing.append("leads", leads(["good"])) == 1, "the import can go on"
        with pytest.raises(ValueError, match="no table"):
            writing.append("nonsense", frame)
