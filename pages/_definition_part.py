"""One part of a draft: picked from a list at the left, its form at the right, what it means for the leads above it."""

from typing import Any

import streamlit as st

from core.definition import Definition
from core.definition.differing import KINDS
from core.definition.editing import (
    MODELS,
    Raw,
    asked_by,
    items,
    meeting_all,
    model_of,
    moved,
    replaced,
    with_new,
    without,
)
from core.definition.forms import kind_words
from core.definition.plain import qualification_words, validated_words
from core.report import Report
from core.words import things
from core.workspace import Workspace
from pages._definition_count import counted, qualifying
from pages._definition_data import columns, reached, types, values
from pages._definition_draft import Working
from pages._definition_form import Form, offered
from pages._funnel_controls import BOUND, named
from pages._ui import label, links, plain

SECTIONS = {
    "criterion": "Criteria",
    "stage": "Stages",
    "validated": "Sales says yes",
    "rule": "Points",
    "qualification": "Qualification",
    "reason": "Reasons for a no",
    "clock": "Clocks",
    "attention": "Contacts",
    "exit": "Ways out",
    "whole": "The whole",
}
WHOLE = ("name", "source", "hands_over_by", "contact_words", "machines", "ignored")
FIT = 14
"""So many parts stand in a list without scrolling."""
NEW = "_definition_new"


def show(here: Workspace, report: Report | None, mine: Working) -> None:
    """Draw it, and write what is changed into the working copy."""
    links({"part": SECTIONS})
    section = st.segmented_control(
        "Part",
        list(SECTIONS),
        default="criterion",
        required=True,
        format_func=named(SECTIONS),
        key="part",
        label_visibility="collapsed",
        **BOUND,
    )
    form = _form(report, mine, section)
    if section not in KINDS:
        _of_whole(here, report, mine, form, section)
        return
    left, right = st.columns([1, 2.6], gap="large")
    with left:
        key = _list(mine, section)
    with right:
        if key is None:
            st.caption("Nothing here yet: add the first at the left.")
        else:
            _part(here, report, mine, form, section, key)


def _form(report: Report | None, mine: Working, section: str) -> Form:
    raw = mine.raw
    return Form(
        f"d{mine.draft.id}r{mine.round}:{section}",
        {str(one["id"]): str(one.get("name") or one["id"]) for one in raw["criteria"]},
        {str(one["id"]): str(one.get("name") or one["id"]) for one in raw["stages"]},
        offered(columns(report)),
        lambda name: values(report, name),
        lambda what: types(report, what),
    )


def _name(kind: str, item: Raw, raw: Raw) -> str:
    stages = {one["id"]: one["name"] for one in raw["stages"]}
    return str(stages.get(item["stage"], item["stage"]) if kind == "attention" else item.get("name") or item["id"])


def _list(mine: Working, kind: str) -> str | None:
    """The parts of one kind, and what can be done with the list."""
    found = items(mine.raw, kind)
    names = {key: label(_name(kind, item, mine.raw)) for key, item in found.items()}
    chosen: str | None = None
    if names:
        place = f"edit_{kind}"
        fresh = st.session_state.pop(NEW, None)
        if fresh in names:
            st.session_state[place] = fresh
        if st.session_state.get(place) not in (None, *names):
            del st.session_state[place]
        if st.query_params.get(place) in names:
            # One that was taken out or renamed here is no broken link.
            links({place: names})
        with st.container(height=430 if len(names) > FIT else "content", border=False):
            chosen = st.radio(
                SECTIONS[kind], list(names), 0, named(names), key=place, label_visibility="collapsed", **BOUND
            )
    with st.container(horizontal=True, gap="small"):
        _add(mine, kind)
        if chosen is not None:
            _move(mine, kind, chosen, list(names))
    return chosen


def _add(mine: Working, kind: str) -> None:
    with (
        st.popover("Add", icon=":material/add:", key=f"add_{kind}_{mine.round}"),
        st.form(f"adding_{kind}", border=False, clear_on_submit=True),
    ):
        models = {kind_words(model): model for model in MODELS[kind]} if len(MODELS[kind]) > 1 else {}
        model = models[st.radio("Points", list(models))] if models else None
        if kind == "attention":
            taken = items(mine.raw, kind)
            stages = {s["id"]: str(s["name"]) for s in mine.raw["stages"] if s["id"] not in taken}
            name = st.selectbox("Stage", list(stages), 0, named(stages))
        else:
            name = st.text_input("Name", max_chars=200)
        if st.form_submit_button("Add it", type="primary") and name and name.strip():
            raw, key = with_new(mine.raw, kind, name, model)
            mine.put(raw)
            st.session_state[NEW] = key
            st.rerun()


def _move(mine: Working, kind: str, key: str, order: list[str]) -> None:
    place = order.index(key)
    for words, icon, by, ends in (("up", "arrow_upward", -1, 0), ("down", "arrow_downward", 1, len(order) - 1)):
        if st.button("", icon=f":material/{icon}:", disabled=place == ends, help=f"Move {words}", key=f"move_{words}"):
            mine.put(moved(mine.raw, kind, key, by))
            st.rerun()
    if st.button("", icon=":material/delete:", help="Take it out; Discard brings it back", key="take_out"):
        mine.put(without(mine.raw, kind, key))
        st.rerun()


def _part(here: Workspace, report: Report | None, mine: Working, form: Form, kind: str, key: str) -> None:
    item = items(mine.raw, kind)[key]
    head = st.container(gap="small")
    after = form.draw(model_of(kind, item), item, f":{key}")
    _written(mine, form, replaced(mine.raw, kind, key, after))
    with head:
        definition, wrong = mine.read()
        if wrong is not None:
            _wrong(wrong)
            return
        assert definition is not None, "what is not wrong can be read"
        part = KINDS[kind].items(definition)[key]
        if kind == "stage":
            _entered(report, here.definition(), key)
        else:
            st.markdown(plain(KINDS[kind].words(part, definition)))
        used = here.definition()
        other = KINDS[kind].items(used).get(key)
        before = None if other is None else asked_by(kind, other, used)
        counted(report, definition, asked_by(kind, part, definition), used, before, _titles(kind))


def _entered(report: Report | None, used: Definition, key: str) -> None:
    """How many leads a stage has; what it says stands in its form."""
    found = {} if report is None else reached(report)
    if key in found:
        name = next(stage.name for stage in used.stages if stage.id == key)
        said = f"{things(found[key], 'lead')} entered {name}, as things are used now. What is asked of them:"
        st.markdown(plain(said if used.stages[used.place(key)].criteria else said.partition(" What")[0]))


def _titles(kind: str) -> tuple[str, str, str]:
    if kind == "reason":
        return "It would hold", "It would not", "Cannot tell"
    return ("Get points", "Get none", "Cannot tell") if kind == "rule" else ("Meet it", "Do not", "Cannot tell")


def _of_whole(here: Workspace, report: Report | None, mine: Working, form: Form, section: str) -> None:
    """What the definition has beside its lists."""
    head = st.container(gap="small")
    only = WHOLE if section == "whole" else (section,)
    _written(mine, form, form.draw(Definition, mine.raw, "", only=only))
    with head:
        definition, wrong = mine.read()
        if wrong is not None:
            _wrong(wrong)
            return
        assert definition is not None, "what is not wrong can be read"
        used = here.definition()
        if section == "validated":
            st.markdown(plain(validated_words(definition)))
            counted(report, definition, meeting_all(definition.validated), used, meeting_all(used.validated))
        elif section == "qualification":
            st.markdown(plain(qualification_words(definition.qualification)))
            qualifying(report, definition, used)


def _written(mine: Working, form: Form, raw: Raw) -> None:
    """Keep what is written; where a name or the parts themselves changed, everything is drawn anew."""
    names: list[Any] = [[one.get("name") for one in of[KINDS[k].field]] for of in (mine.raw, raw) for k in MODELS]
    renamed = names[: len(MODELS)] != names[len(MODELS) :]
    mine.raw = raw
    if form.changed:
        mine.put(raw)
    if form.changed or renamed:
        st.rerun()


def _wrong(error: Any) -> None:
    st.error(f"**{plain(error.message)}** {plain(error.hint)}", icon=":material/error:")
