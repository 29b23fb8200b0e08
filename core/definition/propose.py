"""Which template fits the stage words seen in an export?"""

from collections.abc import Iterable

from core.definition.frozen import fold
from core.definition.model import Definition
from core.definition.templates import TEMPLATES, with_post_sale


def named(template_id: str) -> Definition | None:
    """The template of that id, post-sale forms included, or None."""
    for template in TEMPLATES:
        for form in (template, with_post_sale(template)):
            if form.id == template_id:
                return form
    return None


def propose(labels: Iterable[str]) -> Definition:
    """The smallest template that names every stage label seen; the one that names most where none names all.

    `created` counts as a label only for choosing between equals: every system dates a record's creation, and that
    alone makes no stage. Nothing is signed by proposing.

    >>> propose(["MQL", "Won"]).id
    'three_stages'
    >>> propose(["MQL", "Sales Accepted", "Sales Qualified", "Opportunity", "Won", "Viable"]).id
    'classic'
    """
    seen = {fold(label) for label in labels}
    wanted = {word for word in seen if word not in (fold("created"), fold("lead created"))}
    forms = sorted([*TEMPLATES, *map(with_post_sale, TEMPLATES)], key=lambda form: len(form.stages))
    return max(forms, key=lambda form: _fit(form, wanted))


def _fit(form: Definition, wanted: set[str]) -> tuple[int, int, int]:
    known = form.labels()
    named_words = sum(word in known for word in wanted)
    # A word that is a stage's own name or short form tells more than one that is only a synonym of it; stages that
    # nothing in the data names are a cost.
    own = {fold(word) for stage in form.stages for word in (stage.id, stage.name, *stage.synonyms[:2])}
    return named_words, sum(word in own for word in wanted), -len(form.stages)
