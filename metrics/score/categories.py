"""One category of one department: what was promised, received, due and how good it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from data_access.due import DueItem as Credited
from data_access.plan_chain import PlanChain, PlanVersion, Stretch
from metrics.rounding import half_up, percent
from metrics.score.document import Batches, Category, Department, DueItem
from metrics.score.rules import CHARACTERISTICS, Rules
from metrics.score.spans import Span, Term

OTHERS, UNDER_ZERO, NOT_YET = "other_department", "zero_plan", "after_freeze"
"""Why a candidate is no due item of the department."""


@dataclass(frozen=True)
class Item:
    """A due item that counts, with its credit t_i (0..1, exact); `delay_days` None = never came."""

    given: DueItem
    credit: Fraction
    delay_days: int | None


@dataclass(frozen=True)
class Assessed:
    """A category's figures, rounded as 4.2 says. None = n/a.

    `quantity`: q_c, None without an approved version; `ratio`: r_c, None under a zero
    plan; `mean`: None where the category does not count for quality.
    """

    code: str
    spans: tuple[Span, ...]
    weight: Fraction
    stretches: tuple[tuple[Stretch, int], ...]
    quantity: Decimal | None
    is_zero: bool
    is_falsified: bool
    keys: int
    ratio: Decimal | None
    covered: bool
    items: tuple[Item, ...]
    dropped: tuple[tuple[DueItem, str], ...]
    rows: int
    characteristics: Mapping[str, Decimal | None]
    mean: Decimal | None
    batches: tuple[Batches, ...]

    @property
    def surplus(self) -> Decimal:
        """Records beyond the plan: shown, never moved to another category."""
        return max(Decimal(0), self.keys - self.quantity) if self.quantity is not None else Decimal(0)


def assess_all(
    department: Department, term: Term, rules: Rules, falsified: frozenset[str]
) -> tuple[Assessed, ...]:
    """The categories the department answers for on at least one day, in the document's order.

    One that was given away and taken back stands twice in the document and is one
    category with the days of both.
    """
    found: dict[str, list[tuple[Category, Span]]] = defaultdict(list)
    for category in department.categories:
        span = term.exists and term.exists.cut(category.valid_from, category.valid_to)
        if span:
            found[category.code].append((category, span))
    return tuple(_assess(entries, term, rules, code in falsified) for code, entries in found.items())


def _assess(entries: list[tuple[Category, Span]], term: Term, rules: Rules, is_falsified: bool) -> Assessed:
    first = entries[0][0]
    spans = tuple(span for _, span in entries)
    chain = chain_of(first, term)
    stretches = tuple(_in_force(chain, spans))
    quantity = half_up(sum((chain.quantity(s.first, s.last) for s in spans), Fraction(0)))
    is_zero = chain.is_planned and quantity == 0
    keys = sum(category.integrated_keys for category, _ in entries)
    items, dropped = _due(entries, chain, is_zero, term, rules)
    rows = sum(category.rows for category, _ in entries)
    characteristics = _characteristics(category for category, _ in entries)
    return Assessed(
        code=first.code,
        spans=spans,
        weight=first.weight,
        stretches=stretches,
        quantity=quantity if chain.is_planned else None,
        is_zero=is_zero,
        is_falsified=is_falsified,
        keys=keys,
        ratio=None if is_zero else _ratio(keys, quantity, is_falsified),
        covered=is_zero or any(category.accepted_records for category, _ in entries),
        items=items,
        dropped=dropped,
        rows=rows,
        characteristics=characteristics,
        mean=_mean(characteristics, rules) if rows and not is_zero else None,
        batches=tuple(batch for category, _ in entries for batch in category.batches),
    )


# ---------------------------------------------------------------- plan


def chain_of(category: Category, term: Term) -> PlanChain:
    """The versions approved by 31 December and by the department's freeze."""
    versions = [
        PlanVersion(v.version, v.quantity, v.approved_on)
        for v in category.plan_versions
        if v.approved_on is not None
    ]
    return PlanChain(term.year, versions, term.freeze)


def _in_force(chain: PlanChain, spans: tuple[Span, ...]) -> Iterable[tuple[Stretch, int]]:
    """Versions in force in the department's days, with the days of each."""
    for stretch in chain.stretches:
        cuts = [cut for span in spans if (cut := span.cut(stretch.first, stretch.last))]
        if cuts:
            yield Stretch(cuts[0].first, cuts[-1].last, stretch.version), sum(cut.days for cut in cuts)


def _ratio(keys: int, quantity: Decimal, is_falsified: bool) -> Decimal:
    """r_c: no promise and a falsified one are worth nothing, a surplus nothing more."""
    if is_falsified or quantity == 0:
        return half_up(0)
    return min(half_up(100), half_up(100 * Fraction(keys) / Fraction(quantity)))


# ---------------------------------------------------------------- due items


def _due(
    entries: list[tuple[Category, Span]], chain: PlanChain, is_zero: bool, term: Term, rules: Rules
) -> tuple[tuple[Item, ...], tuple[tuple[DueItem, str], ...]]:
    kept: list[Item] = []
    dropped: list[tuple[DueItem, str]] = []
    for category, span in entries:
        for item in category.due_items:
            if item.ends_on not in span:
                if category is entries[0][0] and not any(item.ends_on in other for _, other in entries):
                    dropped.append((item, OTHERS))
            elif is_zero or chain.is_zero_on(item.ends_on):
                dropped.append((item, UNDER_ZERO))
            elif item.due_on > term.freeze:
                dropped.append((item, NOT_YET))
            else:
                kept.append(_credited(category, item, term, rules))
    return tuple(kept), tuple(dropped)


def _credited(category: Category, item: DueItem, term: Term, rules: Rules) -> Item:
    due = Credited(
        category.code, item.period, item.ends_on, item.due_on, item.received_on, item.complete_days, item.days
    )
    delay = None if item.is_share else due.delay_days(term.freeze)
    return Item(item, due.credit(term.freeze, rules.limits.delay_days), delay)


# ---------------------------------------------------------------- quality


def _characteristics(categories: Iterable[Category]) -> dict[str, Decimal | None]:
    """Numerators and denominators of all its days summed first: percentages are never averaged."""
    sums = {name: (Fraction(0), Fraction(0)) for name in CHARACTERISTICS}
    for category in categories:
        for name, (numerator, denominator) in category.characteristics.items():
            sums[name] = (sums[name][0] + numerator, sums[name][1] + denominator)
    return {name: percent(numerator, denominator) for name, (numerator, denominator) in sums.items()}


def _mean(characteristics: Mapping[str, Decimal | None], rules: Rules) -> Decimal | None:
    present = {name: value for name, value in characteristics.items() if value is not None}
    weight = sum(rules.characteristics[name] for name in present)
    if weight == 0:
        return None
    return half_up(
        sum(rules.characteristics[name] * Fraction(value) for name, value in present.items()) / weight
    )
