"""The yearly score of a department (Article 23): a pure function of one canonical document.

`read` checks a document, `compute` gives the result document, `sha256` is what is
printed on the paper; `from_base` produces the document from the database, `verify`
recomputes a frozen one, `formula` says the rules in words.
"""

from metrics.score.canonical import NotJson, canonical, parse, sha256
from metrics.score.compute import FORMULA_VERSION, Ranked, Scored, Year, compute, score_year
from metrics.score.document import Document, InputRefused, read
from metrics.score.freezing import too_early
from metrics.score.inputs import freeze_of, from_base, inputs, of_department
from metrics.score.judged import Judged, judged_of, rules_of
from metrics.score.rules import CHARACTERISTICS, DEFAULT_RULES, PARTS, Rules
from metrics.score.standing import Place, Standing, document_of, placed, standing
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
    "Place",
    "Ranked",
    "Rules",
    "Scored",
    "Standing",
    "Verdict",
    "Year",
    "canonical",
    "compute",
    "document_of",
    "freeze_of",
    "from_base",
    "inputs",
    "judged_of",
    "of_department",
    "parse",
    "placed",
    "read",
    "rules_of",
    "score_year",
    "sha256",
    "standing",
    "too_early",
    "verify",
]
