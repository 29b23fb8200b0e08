"""The life of an agreement between marketing and sales: from a draft to what is in force, and what is asked about it.

agreement.py   the front door            standing.py   how each version stands; which was in force when
drafts.py      working copies            people.py     who signs, and for which side
signing.py     proposing and signing     voices.py     questions and objections
texts.py       what people write         judged.py     the leads of a report under it
"""

from core.agreement.agreement import Agreement
from core.agreement.drafts import Draft
from core.agreement.judged import Judged
from core.agreement.people import SIDES, SIGNERS, Person, Side
from core.agreement.standing import STATES, State, Version
from core.agreement.voices import STANDS, Spoken, Stands

__all__ = [
    "SIDES",
    "SIGNERS",
    "STANDS",
    "STATES",
    "Agreement",
    "Draft",
    "Judged",
    "Person",
    "Side",
    "Spoken",
    "Stands",
    "State",
    "Version",
]
