"""What the file alone does not decide, asked of a person."""

import streamlit as st

from core.intake import Question
from pages._data_reading import Upload
from pages._ui import plain


def show(upload: Upload, questions: tuple[Question, ...]) -> None:
    """One form per file; what is answered is read again at once."""
    with st.form(f"ask_{upload.id}"):
        given = {question.id: _question(upload, question) for question in questions}
        if st.form_submit_button("Use these answers", type="primary"):
            upload.answers = {**upload.answers, **{name: value for name, value in given.items() if value is not None}}
            st.rerun()


def _question(upload: Upload, question: Question) -> str | None:
    labels = dict(question.options)
    values = list(labels)
    chosen = upload.answers.get(question.id, question.proposed)
    index = values.index(chosen) if chosen in values else None
    key = f"answer_{upload.id}_{question.id}"
    if len(values) <= 4:
        value: str | None = st.radio(
            plain(question.text), values, index, format_func=lambda one: plain(labels[one]), key=key
        )
    else:
        value = st.selectbox(plain(question.text), values, index, format_func=labels.__getitem__, key=key)
    shown = f"In the file: {', '.join(map(plain, question.examples))}" if question.examples else ""
    said = (
        "Only you can say."
        if question.proposed is None
        else f"Taken if you say nothing: {plain(labels[question.proposed])}"
    )
    st.caption(f"{said} {shown}")
    return value
