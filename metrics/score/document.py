"""The input document of a year's score: all the facts, and nothing that is not in it counts (4.4).

Names as the canonical document has them. Keys that are not named here stay in the
document and in its hash and are not read, except that one which looks like a
misspelling of a name that is missing is refused.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from metrics.score.rules import DEFAULT_RULES, Rules
from metrics.score.values import Amount, Count, Day

BatchState = Literal[
    "received", "quarantined", "rejected", "validated", "integrated", "published", "withdrawn",
    "reverted", "destroyed",
]  # fmt: skip
Kind = Literal["content", "incident", "falsified", "secret_leak"]


class Entry(BaseModel):
    """Base of every part of the document: immutable, unknown keys are not read."""

    model_config = ConfigDict(frozen=True, extra="ignore", ignored_types=(cached_property,))


class PlanVersion(Entry):
    """One version of the category's plan; `approved_on` null = never approved, counts for nothing."""

    version: Count
    quantity: Count
    approved_on: Day | None


class DueItem(Entry):
    """A candidate of the rhythm; realtime ones have `days` with `complete_days` instead of a receipt."""

    period: str
    ends_on: Day
    due_on: Day
    received_on: Day | None = None
    complete_days: Count | None = None
    days: Count | None = None

    @property
    def is_share(self) -> bool:
        """Whether it is a share of days with complete data, and not one delivery."""
        return self.days is not None


class Batches(Entry):
    """`count` batches that stood in one state at the freeze."""

    state: BatchState
    waiting_for: Literal["department", "operations"] | None = None
    count: Count


class Category(Entry):
    """A category while this department answers for it (`valid_from` to `valid_to`, inclusive)."""

    code: str
    valid_from: Day | None = None
    valid_to: Day | None = None
    weight: Amount = Fraction(1)
    plan_versions: tuple[PlanVersion, ...]
    integrated_keys: Count
    accepted_records: Count
    due_items: tuple[DueItem, ...]
    rows: Count
    characteristics: dict[str, tuple[Amount, Amount]]
    batches: tuple[Batches, ...]


class Obligation(Entry):
    """A reply to a circular, a correction, an answer to feedback; `done_on` null = not done."""

    kind: str
    due_on: Day
    done_on: Day | None = None


class Deduction(Entry):
    """A fact that takes points off once it is confirmed; null = not confirmed."""

    kind: Kind
    level: str | None = None
    category: str | None = None
    occurred_on: Day
    confirmed_on: Day | None = None


class Department(Entry):
    """One of the bodies of Article 8; `valid_to` inside the year = abolished on that day."""

    code: str
    order: Count
    valid_from: Day | None = None
    valid_to: Day | None = None
    plan_filed_on: Day | None = None
    categories: tuple[Category, ...]
    obligations: tuple[Obligation, ...] = ()
    deductions: tuple[Deduction, ...] = ()


class Document(Entry):
    """Everything a year's score depends on."""

    year: Annotated[int, Field(strict=True, ge=2000, le=2100)]
    freeze: Day
    rules: Rules | None = None
    departments: tuple[Department, ...]

    @property
    def rule_set(self) -> Rules:
        return self.rules or DEFAULT_RULES

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, 1, 1)

    @property
    def last(self) -> dt.date:
        return dt.date(self.year, 12, 31)


class InputRefused(ValueError):
    """The document cannot be scored; `problems` are Chinese sentences, all of them at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        lines = "\n".join(f"  {n}. {problem}" for n, problem in enumerate(problems, start=1))
        super().__init__(f"考核输入有 {len(problems)} 处问题，没有计算：\n{lines}")


def read(data: Any) -> Document:
    """The document in parsed JSON (`canonical.parse`), checked as a whole.

    Raises:
        InputRefused: with every problem that was found.
    """
    from metrics.score import problems  # it walks these models

    misspelled = problems.misspelled(Document, data)
    try:
        document = Document.model_validate(data)
    except ValidationError as error:
        raise InputRefused(misspelled + problems.sentences(error, data)) from None
    found = misspelled + problems.contradictions(document)
    if found:
        raise InputRefused(found)
    return document
