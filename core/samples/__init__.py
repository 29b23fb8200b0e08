"""The made sample company: the year it lived, the exports it gives, what it agreed on, and the leaks put in."""

from core.samples.agreed import agree
from core.samples.exports import SAMPLE_FOLDER, make
from core.samples.moved_in import move_in
from core.samples.odds import SEED
from core.samples.readme import readme
from core.samples.truths import Plant, story

__all__ = ["SAMPLE_FOLDER", "SEED", "Plant", "agree", "make", "move_in", "readme", "story"]
