"""What other weights would have made of past years: the same facts, other points, another order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from data_access.principal import Principal
from data_access.queries.plans import plan_basis
from metrics.score.compute import score_year
from metrics.score.document import Document, read
from metrics.score.life import checked_rules
from metrics.score.standing import Place, document_of, placed


@dataclass(frozen=True)
class Compared:
    """A department's place in a year as it was, and under the weights tried."""

    year: int
    before: Place
    after: Place

    @property
    def moved(self) -> int:
        """Places won (positive) or lost."""
        return self.before.rank - self.after.rank


def past(who: Principal, connection: Connection, year: int, as_of: dt.date, most: int) -> list[Document]:
    """The documents of `year` and the planned years before it, the newest first.

    Raises:
        Forbidden: whoever does not see every department.
    """
    who.require("office", "leader", "operations")
    return [
        read(document_of(who, connection, y, as_of))
        for y in range(year, year - most, -1)
        if plan_basis(who, connection, y, as_of).newest_version > 0
    ]


def compare(documents: Sequence[Document], weights: Mapping[str, str]) -> list[Compared]:
    """Every assessed department of each year, in the order of the weights tried.

    Raises:
        AssessmentRefused: the weights do not add to 100.
    """
    found = []
    for document in documents:
        before = {p.code: p for p in placed(score_year(document))}
        rules = checked_rules(document.rule_set.as_data() | {"weights": dict(weights)})
        tried = document.model_copy(update={"rules": rules})
        found += [Compared(document.year, before[p.code], p) for p in placed(score_year(tried))]
    return found
