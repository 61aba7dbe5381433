"""The yearly score of a department (Article 23): a pure function of one canonical document.

`read` checks a document, `compute` gives the result document, `sha256` is what is
printed on the paper; `from_base` produces the document from the database, `verify`
recomputes a frozen one, `formula` says the rules in words.
"""

from metrics.score.canonical import NotJson, canonical, parse, sha256
from metrics.score.compute import FORMULA_VERSION, Ranked, Scored, Year, compute, score_year
from metrics.score.document import Document, InputRefused, read
from metrics.score.freezing import too_early
from metrics.score.inputs import Judged, freeze_of, from_base, inputs, of_department
from metrics.score.rules import CHARACTERISTICS, DEFAULT_RULES, PARTS, Rules
from metrics.score.verify import Verdict, verify

__all__ = [
    "CHARACTERISTICS",
    "DEFAULT_RULES",
    "FORMULA_VERSION",
    "PARTS",
    "Document",
    "InputRefused",
    "Judged",
    "NotJson",
    "Ranked",
    "Rules",
    "Scored",
    "Verdict",
    "Year",
    "canonical",
    "compute",
    "freeze_of",
    "from_base",
    "inputs",
    "of_department",
    "parse",
    "read",
    "score_year",
    "sha256",
    "too_early",
    "verify",
]
