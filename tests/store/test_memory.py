import pytest

from core.errors import StoreError
from core.settings import settings_from
from core.store import Store
from tests.store.imports import AT


def test_a_mapping_is_remembered_for_files_of_its_columns(store: Store) -> None:
    assert store.mapping_for("abc") is None
    store.remember_mapping("abc", {"Email": "email"}, at=AT)
    store.remember_mapping("abc", {"Email": None, "nested": {"a": [1]}}, at=AT)
    assert store.mapping_for("abc") == {"Email": None, "nested": {"a": [1]}}


def test_settings_are_stated_and_taken_back(store: Store) -> None:
    assert store.state_settings() == {}
    store.put_setting("zone", "Europe/Berlin", at=AT)
    store.put_setting("mature_days", 30, at=AT)
    assert settings_from(store.state_settings()).mature_days == 30
    store.put_setting("mature_days", None, at=AT)
    assert store.state_settings() == {"zone": "Europe/Berlin"}


def test_definitions_are_versions(store: Store) -> None:
    assert store.save_definition({"a": 1}, definition_id="main", content_hash="h1", at=AT) == 1
    assert store.save_definition({"a": 1}, definition_id="main", content_hash="h1", at=AT) == 1
    assert store.save_definition({"a": 2}, definition_id="main", content_hash="h2", at=AT, note="why") == 2
    assert store.save_definition({"a": 1}, definition_id="main", content_hash="h1", at=AT) == 3
    assert store.save_definition({}, definition_id="other", content_hash="h", at=AT) == 1
    assert [version.version for version in store.definitions("main")] == [3, 2, 1]
    assert store.definitions("main")[1].note == "why"
    assert len(store.definitions()) == 4
    assert store.definitions("nobody's") == ()


def test_one_definition_is_in_use(store: Store) -> None:
    assert (store.in_use(), store.chosen_by()) == (None, None)
    for content in ("h1", "h2"):
        store.save_definition({"is": content}, definition_id="main", content_hash=content, at=AT)
    store.use_definition("main", 2, at=AT, chosen_by="import")
    store.use_definition("main", 1, at=AT, chosen_by="person")
    used = store.in_use()
    assert used is not None
    assert (used.version, used.definition, used.saved_at, store.chosen_by()) == (1, {"is": "h1"}, AT, "person")
    with pytest.raises(StoreError, match="no version 9"):
        store.use_definition("main", 9, at=AT, chosen_by="person")
    with pytest.raises(ValueError):
        store.use_definition("main", 1, at=AT, chosen_by="ghost")  # type: ignore[arg-type]


def test_label_answers_are_kept_and_taken_back(store: Store) -> None:
    store.answer_label("SAL", "accepted", at=AT)
    store.answer_label("Junk", "ignore", at=AT)
    store.answer_label("SAL", "mql", at=AT)
    assert store.label_answers() == {"Junk": "ignore", "SAL": "mql"}
    store.answer_label("SAL", None, at=AT)
    store.answer_label("never", None, at=AT)
    assert store.label_answers() == {"Junk": "ignore"}


def test_the_version_moves_with_what_answers_depend_on_and_only_with_that(store: Store) -> None:
    seen = [store.version()]

    def moved() -> bool:
        seen.append(store.version())
        return seen[-1] not in seen[:-1]

    store.remember_mapping("abc", {}, at=AT)
    store.save_definition({}, definition_id="main", content_hash="h", at=AT)
    assert not moved()
    store.put_setting("zone", "UTC", at=AT)
    assert moved()
    store.use_definition("main", 1, at=AT, chosen_by="import")
    assert moved()
    store.answer_label("SAL", "accepted", at=AT)
    assert moved()
    store.answer_label("SAL", None, at=AT)
    assert not moved()
