"""Every indicator a second time, by plain loops over the made-up facts: slow, long-winded, independent.

Nothing of `metrics` or `data_access.due` is used here; where the two disagree, one is wrong.
Each function returns {department: [numerator, denominator]}; the sums give the city.
"""

from __future__ import annotations

import calendar
import datetime as dt
import statistics
from collections import defaultdict
from fractions import Fraction

import chinese_calendar

import catalog
from tests.metrics.made_up import CATEGORIES, YEAR, Facts

Pairs = dict[str, list[Fraction]]
DAYS = [dt.date(YEAR, 1, 1) + dt.timedelta(days=n) for n in range(365)]


def empty() -> Pairs:
    return defaultdict(lambda: [Fraction(0), Fraction(0)])


def add(pairs: Pairs, department: str, numerator, denominator) -> None:
    pairs[department][0] += numerator
    pairs[department][1] += denominator


def quantity_on(facts: Facts, code: str, day: dt.date, as_of: dt.date) -> int | None:
    known = [(on, n, q) for n, (c, q, on) in enumerate(facts.plans) if c == code and on <= as_of]
    if not known:
        return None
    begun = [k for k in known if k[0] <= day]
    return (begun[-1] if begun else known[0])[2]


def promised(facts: Facts, as_of: dt.date) -> dict[tuple[str, str], Fraction | None]:
    """q_c by department and category; None without a plan. Only departments that have begun."""
    if as_of in facts.promised:
        return facts.promised[as_of]
    found: dict[tuple[str, str], Fraction | None] = {}
    for category in CATEGORIES:
        for day in DAYS:
            department = facts.department(category.code, day)
            place = (department, category.code)
            if place not in found:
                if day > as_of:
                    break
                found[place] = None
            quantity = quantity_on(facts, category.code, day, as_of)
            if quantity is not None:
                found[place] = (found[place] or 0) + Fraction(quantity, 365)
    facts.promised[as_of] = found
    return found


def received(facts: Facts, as_of: dt.date, what: int = 3) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = defaultdict(int)
    for row in facts.deliveries:
        if row[2].year == YEAR and row[2] <= as_of:
            found[facts.department(row[0], row[2]), row[0]] += row[what]
    return found


def completion(facts: Facts, as_of: dt.date) -> Pairs:
    pairs, keys = empty(), received(facts, as_of)
    for place, quantity in promised(facts, as_of).items():
        add(pairs, place[0], min(Fraction(keys[place]), quantity or 0), quantity or 0)
    return pairs


def coverage(facts: Facts, as_of: dt.date) -> Pairs:
    pairs, rows = empty(), received(facts, as_of, 4)
    for place, quantity in promised(facts, as_of).items():
        add(pairs, place[0], rows[place] > 0 or quantity == 0, 1)
    return pairs


def workday(day: dt.date) -> dt.date:
    while not chinese_calendar.is_workday(day):
        day += dt.timedelta(days=1)
    return day


def month_end(month: int) -> dt.date:
    return dt.date(YEAR, month, calendar.monthrange(YEAR, month)[1])


def complete(facts: Facts, day: dt.date) -> bool:
    if day not in facts.readings:
        return False
    hours, venues = facts.readings[day]
    most = max(facts.readings.get(day - dt.timedelta(days=n), (0, 0))[1] for n in range(28))
    return venues >= Fraction(9, 10) * most and hours >= 12 * venues


def due(
    facts: Facts, as_of: dt.date
) -> list[tuple[str, str, dt.date, dt.date, dt.date | None, Fraction | None]]:
    """department, category, end of period, due date, receipt, share of a realtime month."""
    found = []
    for category in CATEGORIES:
        code = category.code
        first: dict[str, dt.date] = {}
        for c, period, day in facts.periods:
            if c == code and day <= as_of:
                first[period] = min(day, first.get(period, day))
        rows: list[tuple[dt.date, dt.date, dt.date | None, Fraction | None]] = []
        if category.due.startswith("next_month"):
            day_number = int(category.due.split(":")[1])
            months = list(range(1, 13))
            if category.rhythm == "event":
                months = [m for m in months if f"{YEAR}-{m:02d}" in first] or [12]
            for m in months:
                following = dt.date(YEAR + m // 12, m % 12 + 1, day_number)
                rows.append((month_end(m), workday(following), first.get(f"{YEAR}-{m:02d}"), None))
        elif category.due.startswith("next_quarter"):
            for q in range(1, 5):
                following = dt.date(YEAR + q // 4, q * 3 % 12 + 1, int(category.due.split(":")[1]))
                rows.append((month_end(3 * q), workday(following), first.get(f"{YEAR}-Q{q}"), None))
        elif category.due == "monthly_share":
            for m in range(1, 13):
                end = month_end(m)
                days = [end.replace(day=n) for n in range(1, end.day + 1)]
                share = Fraction(sum(complete(facts, d) for d in days if d <= as_of), end.day)
                rows.append((end, end, None, share))
        elif category.due.startswith("event+"):
            events = [e for e in facts.events if e[1] <= as_of]
            for ends, day, count in events:
                rows += [(ends, workday(ends + dt.timedelta(days=10)), day, None)] * count
            if not events:
                rows.append((dt.date(YEAR, 12, 31), workday(dt.date(YEAR + 1, 1, 10)), None, None))
        else:
            stated = dt.date(YEAR, *map(int, category.due.split("-")))
            rows.append((stated, workday(stated), first.get(str(YEAR - 1)), None))
        for ends, due_on, day, share in rows:
            if quantity_on(facts, code, ends, as_of) != 0 and due_on <= as_of:
                found.append((facts.department(code, ends), code, ends, due_on, day, share))
    return found


def timeliness(facts: Facts, as_of: dt.date) -> Pairs:
    pairs = empty()
    for department, _, _, due_on, day, share in due(facts, as_of):
        if share is None:
            late = max(0, (day - due_on).days) if day else 30
            share = max(Fraction(0), 1 - Fraction(late, 30))
        add(pairs, department, share, 1)
    return pairs


def on_time_this_month(facts: Facts, as_of: dt.date) -> Pairs:
    pairs = empty()
    for department, _, _, due_on, day, share in due(facts, as_of):
        if (due_on.year, due_on.month) == (as_of.year, as_of.month):
            add(pairs, department, share == 1 if share is not None else day is not None and day <= due_on, 1)
    return pairs


RIGHT = {
    "normativity": lambda c: (c["cells_filled"] - c["cells_bad"], c["cells_filled"]),
    "completeness": lambda c: (c["required_filled"], c["required_cells"]),
    "accuracy": lambda c: (c["rows"] - c["rows_inaccurate"], c["rows"]),
    "consistency": lambda c: (c["checks_run"] - Fraction(c["checks_failed_halves"], 2), c["checks_run"]),
    "currency": lambda c: (c["rows_current"], c["rows_dated"]),
}
WEIGHTS = {
    "normativity": 20, "completeness": 25, "accuracy": 25, "consistency": 15, "currency": 10, "accessibility": 5,
}  # fmt: skip


def characteristic(facts: Facts, as_of: dt.date, key: str) -> dict[tuple[str, str], list[Fraction]]:
    found: dict[tuple[str, str], list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
    if key == "accessibility":
        rows = [(code, day, (opened, probes)) for code, day, probes, opened in facts.probes]
    else:
        rows = [(code, day, RIGHT[key](counts)) for code, _, day, counts in facts.quality]
    for code, day, (numerator, denominator) in rows:
        if day.year == YEAR and day <= as_of:
            pair = found[facts.department(code, day), code]
            pair[0] += numerator
            pair[1] += denominator
    return found


def one_characteristic(facts: Facts, as_of: dt.date, key: str) -> Pairs:
    pairs = empty()
    for (department, _), (numerator, denominator) in characteristic(facts, as_of, key).items():
        add(pairs, department, numerator, denominator)
    return pairs


def quality(facts: Facts, as_of: dt.date) -> Pairs:
    pairs = empty()
    tables = {key: characteristic(facts, as_of, key) for key in WEIGHTS}
    for place, quantity in promised(facts, as_of).items():
        values = {k: t[place][0] / t[place][1] for k, t in tables.items() if place in t and t[place][1]}
        if "accuracy" in values and quantity != 0:
            weight = sum(WEIGHTS[k] for k in values)
            add(pairs, place[0], sum(WEIGHTS[k] * v for k, v in values.items()) / weight, 1)
    return pairs


def publishing_rate(facts: Facts, as_of: dt.date) -> Pairs:
    pairs, quantities = empty(), promised(facts, as_of)
    for code, _, day, published, waiting in facts.batches:
        if day.year != YEAR or day > as_of or quantities[facts.department(code, day), code] == 0:
            continue
        if published is not None and published <= as_of:
            add(pairs, facts.department(code, day), 1, 1)
            continue
        if published is not None:  # published later: then it waited for whom its category names
            personal = catalog.default().category_by_code[code].contains_personal_data
            waiting = "department" if personal else "operations"
        add(pairs, facts.department(code, day), 0, waiting != "operations")
    return pairs


def season(facts: Facts, code: str) -> tuple[list[tuple[dt.date, Fraction]], int]:
    """Records of the seasons before, as if of this year, and how many seasons that are (0: only a cut one)."""
    category = catalog.default().category_by_code[code]
    rows = sorted((r[2], r[3]) for r in facts.deliveries if r[0] == code and r[3] > 0)
    seasons: list[list[tuple[dt.date, Fraction]]] = []
    cut: list[tuple[dt.date, Fraction]] = []
    for year in (YEAR - 2, YEAR - 1):
        own = [(day, Fraction(n)) for day, n in rows if day.year == year]
        if not own:
            continue
        if own[0] == rows[0] and category.rhythm not in ("event", "yearly"):
            if own[0][0].month > 4:
                continue
            by_month = [int(sum(n for d, n in own if d.month == m)) for m in range(1, 13)]
            first, *others = [n for n in by_month if n]
            if len(others) >= 2 and first > 4 * statistics.median(others):
                month = own[0][0].month
                factor = Fraction(statistics.median(others)) / first
                cut = [(d, n * factor if d.month == month else n) for d, n in own]
                continue
        seasons.append(own)
    chosen = [pair for own in seasons for pair in own] if seasons else cut
    return [(d.replace(year=YEAR), n) for d, n in chosen], len(seasons)


def share(facts: Facts, department: str, code: str, day: dt.date) -> Fraction:
    """Part of the plan that should be there on `day`, by the years before."""
    own = [d for d in DAYS if facts.department(code, d) == department]
    rows, _ = season(facts, code)
    mine = [(d, n) for d, n in rows if own[0] <= d <= own[-1]]
    whole = sum(n for _, n in mine)
    if whole:
        return sum((n for d, n in mine if d <= day), Fraction(0)) / whole
    return Fraction(sum(d <= day for d in own), len(own))


def usual(facts: Facts, department: str, code: str) -> Fraction | None:
    own = [d for d in DAYS if facts.department(code, d) == department]
    rows, years = season(facts, code)
    return sum((n for d, n in rows if own[0] <= d <= own[-1]), Fraction(0)) / years if years else None


def pace(facts: Facts, as_of: dt.date) -> Pairs:
    pairs = empty()
    for (department, code), quantity in promised(facts, as_of).items():
        add(pairs, department, (quantity or 0) * share(facts, department, code, as_of), quantity or 0)
    return pairs


def pace_gap(facts: Facts, as_of: dt.date) -> Pairs:
    done, due_now = completion(facts, as_of), pace(facts, as_of)
    return {d: [done[d][0] - due_now[d][0], done[d][1]] for d in done}


def forecast(facts: Facts, as_of: dt.date) -> Pairs:
    pairs, keys = empty(), received(facts, as_of)
    for (department, code), quantity in promised(facts, as_of).items():
        s, n, t = (
            share(facts, department, code, as_of),
            keys[department, code],
            usual(facts, department, code),
        )
        yearly = catalog.default().category_by_code[code].rhythm == "yearly"
        if t is None:
            expected = n / s if s else Fraction(n)
        elif yearly and n > 0:
            expected = Fraction(n)
        else:
            expected = n + (1 - s) * (n + (1 - s) * t)
        add(pairs, department, min(expected, quantity or 0), quantity or 0)
    return pairs


def open_batches(facts: Facts, as_of: dt.date) -> Pairs:
    pairs = empty()
    for code, _, day, published, _ in facts.batches:
        if day.year == YEAR and day <= as_of and (published is None or published > as_of):
            add(pairs, facts.department(code, day), 1, 0)
    return pairs


def oldest_waiting(facts: Facts, as_of: dt.date) -> Pairs:
    pairs = empty()
    for code, _, day, published, _ in facts.batches:
        if day.year == YEAR and day <= as_of and (published is None or published > as_of):
            pair = pairs[facts.department(code, day)]
            pair[0] = max(pair[0], Fraction((as_of - day).days))
    return pairs


def delivered(facts: Facts, as_of: dt.date) -> Pairs:
    pairs = empty()
    for (department, _), n in received(facts, as_of).items():
        add(pairs, department, n, 0)
    return pairs
