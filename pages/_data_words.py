"""Words: which stage each label of the data stands for, and which definition is in use."""

import pandas as pd
import streamlit as st

from core.definition import IGNORED, TEMPLATES, Definition, named, with_post_sale
from core.workspace import Workspace
from pages._data_cached import labels, unanswered
from pages._data_told import rows_of
from pages._ui import now, plain

AT_ONCE = 25
"""So many words are asked at once, the most frequent first."""
WIDE = 720


def show(here: Workspace) -> None:
    """Draw the tab."""
    folder, version = str(here.folder), here.store.version()
    definition = here.definition()
    _ask(here, unanswered(folder, version), definition)
    _known(here, labels(folder, version), definition)
    _definition(here, definition)


def _meanings(definition: Definition) -> dict[str, str]:
    """Stage or way out → words for it."""
    stages = {stage.id: stage.name for stage in definition.stages}
    exits = {way.id: f"{way.name} (a way out)" for way in definition.exits}
    return {**stages, **exits, IGNORED: "no stage: ignore"}


def _ask(here: Workspace, asked: pd.DataFrame, definition: Definition) -> None:
    st.header("Which stage is this?", anchor=False)
    if asked.empty:
        st.markdown("Every word of your CRM has a meaning." if here.live_batches() else "No data yet.")
        return
    st.caption(
        "These words stand in your data where a stage is named. They are counted in no stage until you say which."
    )
    meanings = _meanings(definition)
    with st.form("words", width=WIDE):
        given: dict[str, str | None] = {}
        for name, rows in asked.head(AT_ONCE)[["name", "rows"]].itertuples(index=False):
            given[name] = st.selectbox(
                f"**{plain(name)}** in {rows_of(rows)}",
                list(meanings),
                None,
                format_func=meanings.__getitem__,
                placeholder="Not answered",
                key=f"word_{name}",
            )
        if st.form_submit_button("Save answers", type="primary"):
            for name, target in given.items():
                if target is not None:
                    here.answer_label(name, target, at=now())
            st.rerun()
    if len(asked) > AT_ONCE:
        st.caption(f"{len(asked) - AT_ONCE:,} more words follow after these.")


def _known(here: Workspace, found: pd.DataFrame, definition: Definition) -> None:
    meant = found[found["meaning"].notna()]
    if meant.empty:
        return
    meanings, answers = _meanings(definition), here.store.label_answers()
    with st.expander(f"{len(meant)} words have a meaning"):
        st.dataframe(
            pd.DataFrame(
                {
                    "Word in the data": meant["name"],
                    "Rows": meant["rows"],
                    "Means": meant["meaning"].map(lambda meaning: meanings.get(meaning, meaning)),
                    "Said by": meant["name"].map(lambda name: "you" if name in answers else "the definition"),
                }
            ),
            hide_index=True,
            alt="Words of the data and the stage each stands for",
        )
        if answers:
            name = st.selectbox(
                "Take an answer back", sorted(answers), None, placeholder="Choose a word", key="word_back"
            )
            if st.button("Take it back", disabled=name is None) and name is not None:
                here.answer_label(name, None, at=now())
                st.rerun()


def _definition(here: Workspace, definition: Definition) -> None:
    st.header("Which definition is in use?", anchor=False)
    whose = "Chosen by you" if here.definition_chosen() else "Proposed by the data"
    if here.store.in_use() is None:
        whose = "Until there are data"
    st.markdown(f"{whose}: {plain(definition.name)}. Nobody has signed it.")
    st.caption(" → ".join(plain(stage.name) for stage in definition.stages))
    forms = {form.id: form for template in TEMPLATES for form in (template, with_post_sale(template))}
    with st.form("definition", width=WIDE):
        chosen = st.selectbox(
            "Another definition",
            list(forms),
            list(forms).index(definition.id) if definition.id in forms else None,
            format_func=lambda name: forms[name].name,
        )
        if st.form_submit_button("Use this"):
            template = named(chosen) if chosen else None
            if template is not None:
                here.choose(template, at=now())
                st.rerun()
