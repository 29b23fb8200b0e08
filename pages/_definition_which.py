"""Which version, draft or template is looked at; what is in use unless somebody chooses otherwise."""

from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from core.agreement import STATES, Agreement, Version
from core.definition import TEMPLATES, Definition, with_post_sale
from core.version_words import signed_by, version_headline
from core.workspace import Workspace
from pages._funnel_controls import BOUND, named
from pages._ui import links, now

IN_USE = "in-use"


@dataclass(frozen=True)
class Which:
    """What is looked at, how it stands in a sentence, and who signed it."""

    key: str
    definition: Definition
    title: str
    signed: str = ""

    @property
    def used(self) -> bool:
        """Are leads measured by it?"""
        return self.key == IN_USE


def templates() -> dict[str, Definition]:
    """Id → template, each with its post-sale form."""
    forms = [form for one in TEMPLATES for form in (one, with_post_sale(one))]
    return {form.id: form for form in forms}


def in_use(agreement: Agreement, *, at: datetime) -> Version | None:
    """The version that leads are measured by now, however it stands; None before any was chosen."""
    used = agreement.workspace.store.in_use()
    return None if used is None else agreement.version(used.definition_id, used.version, at=at)


def chosen(here: Workspace) -> Which:
    """The choice, drawn as a select box and bound to the URL as `which`."""
    agreement, at = Agreement(here), now()
    used = in_use(agreement, at=at)
    names = {IN_USE: "What is used now"}
    name = here.definition().id if used is None else used.definition_id
    for version in agreement.versions(name, at=at):
        names[f"v{version.number}"] = f"Version {version.number}: {STATES[version.state]}"
    for draft in agreement.drafts():
        names[f"draft-{draft.id}"] = f"Draft {draft.id} of {draft.saved_by or 'somebody'}: {draft.definition.name}"
    names |= {f"template-{one}": f"Template: {form.name}" for one, form in templates().items()}
    links({"which": names})
    key = st.selectbox(
        "Which", list(names), 0, named(names), key="which", width=420, label_visibility="collapsed", **BOUND
    )
    zone = here.settings.tz
    kind, _, own = key.partition("-")
    if kind == "template":
        return Which(key, templates()[own], "A template: a starting offer that nobody has signed")
    if kind == "draft":
        draft = agreement.draft(int(own))
        return Which(key, draft.definition, f"Draft {draft.id}: being written, proposed by nobody")
    if key != IN_USE:
        version = agreement.version(name, int(key.removeprefix("v")), at=at)
        return Which(key, version.definition, version_headline(version, zone), signed_by(version, zone))
    return Which(
        key, here.definition(), version_headline(used, zone, used=True), "" if used is None else signed_by(used, zone)
    )
