"""Days a department has: of the year it exists in, of a category it answers for (其日期, 4.1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from metrics.score.document import Department, Document


@dataclass(frozen=True, slots=True)
class Span:
    """From `first` to `last`, both inclusive; never empty."""

    first: dt.date
    last: dt.date

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def cut(self, first: dt.date | None, last: dt.date | None) -> Span | None:
        """What lies between `first` and `last` (inclusive; None = open); None if nothing does."""
        start, end = max(self.first, first or self.first), min(self.last, last or self.last)
        return Span(start, end) if start <= end else None


@dataclass(frozen=True, slots=True)
class Term:
    """A department's part in the year: the days it exists, and the day its facts are frozen on."""

    year: int
    exists: Span | None
    freeze: dt.date

    @classmethod
    def of(cls, document: Document, department: Department) -> Term:
        """One abolished in the year (or before it) is frozen on its last day, if that is earlier."""
        whole = Span(document.first, document.last)
        ends = department.valid_to
        freeze = min(document.freeze, ends) if ends and ends <= document.last else document.freeze
        return cls(document.year, whole.cut(department.valid_from, ends), freeze)

    def has(self, day: dt.date) -> bool:
        """Whether the department exists on `day` of the year."""
        return self.exists is not None and day in self.exists

    def known(self, day: dt.date | None) -> bool:
        """Whether something of `day` was there at the freeze; None = it never happened."""
        return day is not None and day <= self.freeze
