"""The plan page of a past day: what was known of each version then, against the days as they were lived."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from data_access.commands import plans
from data_access.engine import BEIJING, reading
from data_access.principal import OFFICE, Principal
from data_access.queries.plans import Plan, PlanStep, plan_steps, plan_versions
from data_access.queries.plans_then import plans_on

MASS = Principal("department", "mass_sport", "群体处经办")
CATEGORIES = ("mass_sport_event", "mass_sport_facility", "mass_sport_personnel")
YEAR, FIRST = 2026, dt.date(2026, 1, 5)


def lived(made: Engine, seed: int) -> tuple[dict[dt.date, list[Plan]], list[PlanStep]]:
    """Write, submit, return, approve, close through the commands; the versions at the end of each day, and the steps.

    The commands' clock is the present: each step gets the day on which it was seen first.
    """
    chance, kept, seen = random.Random(seed), {}, {}
    for n in range(25):
        day = FIRST + dt.timedelta(days=n)
        for _ in range(chance.choice((0, 1, 2, 3))):
            one_step(made, chance, day)
        if n == 24:  # the year is over: nothing is approved after it is closed
            plans.close_year(made, OFFICE, YEAR)
        kept[day], steps = read(made)
        for step in steps:
            at = dt.datetime.combine(day, dt.time(23, 59), BEIJING)
            seen.setdefault((step.category, step.version, step.to_state), replace(step, at=at))
    return kept, list(seen.values())


def one_step(made: Engine, chance: random.Random, day: dt.date) -> None:
    category, kind = chance.choice(CATEGORIES), chance.random()
    try:
        if kind < 0.4:
            plans.set_plan(made, MASS, category, YEAR, chance.randint(1, 9), reason="调整")
        elif kind < 0.6:
            plans.submit(made, MASS, YEAR, on=day)
        elif kind < 0.7:
            plans.send_back(made, OFFICE, YEAR, reason="偏低")
        else:
            plans.approve(made, OFFICE, YEAR, on=day)
    except plans.PlanError:
        pass  # not possible in this state


def read(made: Engine) -> tuple[list[Plan], list[PlanStep]]:
    with reading(made) as connection:
        return plan_versions(OFFICE, connection, YEAR), plan_steps(OFFICE, connection, YEAR)


def comparable(found: list[Plan]) -> list[Plan]:
    """A draft is written over: what it promised then is not kept."""
    return [replace(p, quantity=0, months=(), reason=None) if p.state == "draft" else p for p in found]


@pytest.mark.parametrize("seed", range(6))
def test_every_day_looks_afterwards_as_it_did_then(made: Engine, seed: int) -> None:
    kept, steps = lived(made, seed)
    versions = read(made)[0]

    assert any(p.state not in ("draft", "approved") for p in versions), "the history is worth looking back at"
    for day, then in kept.items():
        assert comparable(plans_on(versions, steps, day)) == comparable(then), day
    assert plans_on(versions, steps, FIRST - dt.timedelta(days=1)) == []


def test_a_plan_entered_later_was_in_force_from_the_day_of_its_approval(made: Engine) -> None:
    """As every figure has it: the completion of that day is measured against this plan."""
    plans.set_plan(made, OFFICE, "referee", YEAR, 300, approved_on=dt.date(2026, 1, 20))
    plans.set_plan(made, OFFICE, "referee", YEAR, 500, reason="增加", approved_on=dt.date(2026, 7, 4))
    versions, steps = read(made)

    def on(month: int, day: int) -> list[tuple[int, str]]:
        return [(p.quantity, p.state) for p in plans_on(versions, steps, dt.date(2026, month, day))]

    assert on(1, 19) == []
    assert on(1, 20) == on(7, 3) == [(300, "approved")]
    assert on(7, 4) == [(300, "superseded"), (500, "approved")]
