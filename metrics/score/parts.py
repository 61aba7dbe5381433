"""The six parts of a department's score: 数量 覆盖 及时 质量 上架 配合 (4.1), and which have no base (4.3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from metrics.rounding import half_up
from metrics.score.categories import Assessed
from metrics.score.document import Department, Obligation
from metrics.score.rules import Rules
from metrics.score.spans import Term


@dataclass(frozen=True)
class Part:
    """One part: `value` 0..100 and `points`, both rounded; None = n/a.

    `numerator` and `denominator` are the exact sums the value is the per cent of;
    `reason` says why a part is n/a or has its value without a base.
    """

    key: str
    weight: Fraction
    value: Decimal | None
    numerator: Fraction
    denominator: Fraction
    reason: str | None = None

    @cached_property
    def points(self) -> Decimal | None:
        return None if self.value is None else half_up(self.weight * Fraction(self.value) / 100)


@dataclass(frozen=True)
class Done:
    """An obligation of the department's days, with its credit k_j (0..1, exact)."""

    given: Obligation
    credit: Fraction
    delay_days: int | None


def parts_of(categories: Sequence[Assessed], obligations: Sequence[Done], rules: Rules) -> tuple[Part, ...]:
    """All six, in their order. There is at least one category without a zero plan."""
    counted = [c for c in categories if not c.is_zero]
    timeliness = _timeliness(counted, rules)
    has_item = timeliness.denominator > 0
    return (
        _quantity(counted, rules),
        _share("coverage", rules, (Fraction(c.covered) for c in categories)),
        timeliness,
        _quality(counted, rules, has_item),
        _publishing(counted, rules, has_item),
        _cooperation(obligations, rules),
    )


def obligations_of(department: Department, term: Term, rules: Rules) -> tuple[Done, ...]:
    """Obligations due on a day the department existed and by its freeze."""
    return tuple(
        _done(obligation, term.freeze, rules.limits.obligation_days)
        for obligation in department.obligations
        if term.has(obligation.due_on) and term.known(obligation.due_on)
    )


def _done(obligation: Obligation, freeze: dt.date, limit: int) -> Done:
    if obligation.done_on is None or obligation.done_on > freeze:
        return Done(obligation, Fraction(0), None)
    delay = max(0, (obligation.done_on - obligation.due_on).days)
    return Done(obligation, max(Fraction(0), 1 - Fraction(delay, limit)), delay)


def _part(key: str, rules: Rules, numerator: Fraction, denominator: Fraction, per: int = 100) -> Part:
    value = half_up(per * numerator / denominator)
    return Part(key, rules.weights[key], value, numerator, denominator)


def _share(key: str, rules: Rules, credits: Iterable[Fraction]) -> Part:
    """100 · the mean of credits between 0 and 1, of which there is at least one."""
    given = list(credits)
    return _part(key, rules, sum(given, Fraction(0)), Fraction(len(given)))


def _without_base(key: str, rules: Rules, is_zero: bool, reason: str) -> Part:
    return Part(key, rules.weights[key], half_up(0) if is_zero else None, Fraction(0), Fraction(0), reason)


def _quantity(counted: Sequence[Assessed], rules: Rules) -> Part:
    ratios = [(c.weight, Fraction(c.ratio)) for c in counted if c.ratio is not None]
    total = sum((weight for weight, _ in ratios), Fraction(0))
    return _part("quantity", rules, sum((w * r for w, r in ratios), Fraction(0)), total, per=1)


def _timeliness(counted: Sequence[Assessed], rules: Rules) -> Part:
    credits = [item.credit for category in counted for item in category.items]
    if not credits:
        return _without_base("timeliness", rules, False, "no_due_item")
    return _share("timeliness", rules, credits)


def _quality(counted: Sequence[Assessed], rules: Rules, has_item: bool) -> Part:
    """Plain mean of the categories' means; nothing sent is 0 only where something was due."""
    means = [Fraction(c.mean) for c in counted if c.mean is not None]
    if not means:
        return _without_base("quality", rules, has_item, "no_rows")
    return _part("quality", rules, sum(means, Fraction(0)), Fraction(len(means)), per=1)


def _publishing(counted: Sequence[Assessed], rules: Rules, has_item: bool) -> Part:
    """A batch that waits for the operations team is nobody's fault here (4.5)."""
    batches = [batch for category in counted for batch in category.batches if batch.count]
    published = sum(b.count for b in batches if b.state == "published")
    integrated = sum(b.count for b in batches if b.state == "integrated" and b.waiting_for != "operations")
    if published + integrated == 0:
        if any(b.waiting_for == "operations" for b in batches):
            return _without_base("publishing", rules, False, "waiting_for_operations")
        return _without_base("publishing", rules, has_item, "no_batch")
    return _part("publishing", rules, Fraction(published), Fraction(published + integrated))


def _cooperation(obligations: Sequence[Done], rules: Rules) -> Part:
    if not obligations:
        weight = rules.weights["cooperation"]
        return Part("cooperation", weight, half_up(100), Fraction(0), Fraction(0), "none_due")
    return _share("cooperation", rules, (o.credit for o in obligations))
