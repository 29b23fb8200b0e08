"""The made sample company: the year it lived, the exports it gives, and the leaks put into them."""

from core.samples.exports import SAMPLE_FOLDER, make
from core.samples.odds import SEED
from core.samples.readme import readme
from core.samples.truths import Plant, story

__all__ = ["SAMPLE_FOLDER", "SEED", "Plant", "make", "readme", "story"]
