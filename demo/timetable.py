"""Who sends what when: every delivery of the three years, in the order of receipt.

Rhythm and due dates are those of the catalogue; how well a department keeps them
is its `Habit`. Most are near the pace, two are behind, so that the pages have
something to say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from demo.world import MERGER, World, month_end, next_month, working_day

Style = Literal["csv", "gb18030", "workbook"]
Fault = Literal["", "rows", "header", "identity", "withdrawn", "duplicate"]


@dataclass(frozen=True)
class Habit:
    """How a department keeps its promises.

    Attributes:
        late: share of deliveries after the due date.
        delay: longest delay in days.
        faulty: share of files with rows that are refused and sent again.
        done: rows delivered ÷ rows promised, over a whole year.
        listed: share of integrated batches published within three working days.
    """

    late: float
    delay: int
    faulty: float
    done: float
    listed: float = 0.985


HABITS: dict[str, Habit] = {
    "office": Habit(0.03, 4, 0.04, 1.06),
    "personnel": Habit(0.12, 12, 0.08, 0.96),
    "finance_planning": Habit(0.05, 6, 0.06, 1.03),
    "competitive_sport": Habit(0.06, 8, 0.06, 1.01),
    "mass_sport": Habit(0.03, 6, 0.05, 1.10),
    "youth_sport": Habit(0.05, 7, 0.06, 1.08),
    "science_education": Habit(0.20, 25, 0.12, 0.84, 0.95),
    "publicity": Habit(0.10, 9, 0.05, 0.98),
    "party_committee": Habit(0.42, 28, 0.10, 0.76, 0.93),
    "industry": Habit(0.04, 5, 0.05, 1.05),
}
SENDERS: dict[str, str] = {
    "sports_specific_occupation": "sports_technology_college",
    "elite_athlete": "sports_technology_college",
    "mass_sport_personnel": "social_sports_center",
    "mass_sport_facility": "facility_center",
    "fitness_equipment": "social_sports_center",
    "physical_fitness_test": "sports_science_institute",
    "youth_athlete": "youth_training_center",
    "youth_coach": "youth_training_center",
    "research_project": "sports_science_institute",
    "research_medical_support_staff": "sports_science_institute",
    "team_academic_education": "sports_technology_college",
    "news_release": "publicity_information_center",
    "sports_lottery_sales": "lottery_center",
    "smart_venue_connection": "facility_center",
    "venue_usage_reading": "facility_center",
}
"""Affiliated units that deliver; every other category comes from its department or the districts."""
WORKBOOKS = {
    "government_affairs_information", "development_plan", "honor_award", "fiscal_fund",
    "sports_medal_award", "mass_sport_commendation", "sports_history_item", "sports_culture_item",
    "party_building_activity", "social_organization_party_building", "sports_lottery_sales",
    "anti_doping_activity", "team_academic_education", "research_expert", "media_coverage",
}  # fmt: skip
MONTHLY_DISTRICTS = 3
"""Districts report their mass events themselves in the last three months, through the platform before."""
DISTRICT_EVENTS_TOGETHER = "social_sports_center"
UNCONFIRMED, UNCONFIRMED_DAYS = 0.25, 45
"""Share of recent batches with personal data that wait for the confirmation of the responsible person."""
UNLISTED = 0.12
"""Share of recent batches without personal data that wait for the operations team."""
SILENT = ("anti_doping_activity", 9)
"""Not reported since September of the current year (see the overview's first warning)."""


@dataclass(frozen=True)
class Sending:
    """One file: what it covers (`start`..`end`, inclusive), who sends it, when it arrives."""

    category: str
    unit: str
    period: str
    start: dt.date
    end: dt.date
    received_on: dt.date
    style: Style = "csv"
    first: bool = False  # the opening stock of a registry: everything known up to `end`
    fault: Fault = ""
    mends: bool = False  # sent again in full after rows were refused
    publish_on: dt.date | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What the rows are drawn from: a second sending of the same file has the same rows."""
        return self.category, self.unit, self.start.isoformat()


def timetable(world: World, codes: Collection[str] | None = None) -> list[Sending]:
    """Every delivery up to `world.today`, in the order of receipt. `codes`: only of these categories; None for all."""
    sendings: list[Sending] = []
    for category in world.catalog.categories:
        if category.code == "venue_usage_reading" or (codes is not None and category.code not in codes):
            continue  # the files of venues are cut by day, see visits.py
        for sending in _regular(world, category.code):
            sendings += _with_habit(world, category.department, sending)
    arrived = [s for s in sendings if s.received_on <= world.today]
    arrived.sort(key=lambda s: (s.received_on, s.category, s.unit, s.start, s.mends))
    return [_published(world, s) for s in arrived]


def _regular(world: World, code: str) -> Iterator[Sending]:
    """Deliveries as the rhythm wants them: `received_on` is the due date, not yet the receipt."""
    category = world.catalog.category_by_code[code]
    kind, _, number = category.due.partition(":")
    unit = SENDERS.get(code, category.department)
    style: Style = "workbook" if code in WORKBOOKS else "csv"
    if code == "sports_facility_statistics":
        yield from _surveys(world)
    elif kind == "event+10d":
        yield from _ten_days(world, code, unit)
    elif kind in ("next_month", "next_quarter"):
        length = 1 if kind == "next_month" else 3
        for i, (start, end) in enumerate(_periods(world, length)):
            due = next_month(end).replace(day=int(number))
            label = f"{end:%Y-%m}" if length == 1 else f"{end.year}-Q{(end.month + 2) // 3}"
            yield Sending(code, unit, label, start, end, due, style, first=i == 0)
            if code == "mass_sport_event":
                yield from _district_events(world, start, end, due)
    else:  # MM-DD: the year before
        month, day = (int(part) for part in category.due.split("-"))
        for i, year in enumerate(range(world.first_year - 1, world.today.year)):
            start, end = dt.date(year, 1, 1), dt.date(year, 12, 31)
            yield Sending(code, unit, str(year), start, end, dt.date(year + 1, month, day), style, i == 0)


def _periods(world: World, months: int) -> Iterator[tuple[dt.date, dt.date]]:
    """Complete months or quarters, beginning with the last one before the first day."""
    end = world.first_day - dt.timedelta(days=1)
    while end < world.today:
        start = end.replace(day=1)
        for _ in range(months - 1):
            start = (start - dt.timedelta(days=1)).replace(day=1)
        yield start, end
        for _ in range(months):
            end = month_end(next_month(end))


def _surveys(world: World) -> Iterator[Sending]:
    """The yearly survey of facilities: each district-level unit sends its own (due 30 April)."""
    for year in range(world.first_year - 1, world.today.year):
        start, end = dt.date(year, 1, 1), dt.date(year, 12, 31)
        for i, unit in enumerate(world.senders(dt.date(year + 1, 4, 30))):
            due = dt.date(year + 1, 4, 30) - dt.timedelta(days=2 * (i % 14))
            yield Sending("sports_facility_statistics", unit, str(year), start, end, due)


def _ten_days(world: World, code: str, unit: str) -> Iterator[Sending]:
    """Competitions, three times a month: each is reported within ten days of its end."""
    start = world.first_day
    while start < world.today:
        end = start.replace(day=10) if start.day == 1 else start.replace(day=20)
        if start.day == 21:
            end = month_end(start)
        yield Sending(code, unit, f"{end:%Y-%m}", start, end, end + dt.timedelta(days=1))
        start = end + dt.timedelta(days=1)


def _district_events(world: World, start: dt.date, end: dt.date, due: dt.date) -> Iterator[Sending]:
    months_ago = (world.today.year - end.year) * 12 + world.today.month - end.month
    senders = world.senders(due) if months_ago <= MONTHLY_DISTRICTS else (DISTRICT_EVENTS_TOGETHER,)
    for unit in senders:
        yield Sending("mass_sport_event", unit, f"{end:%Y-%m}", start, end, due)


def _with_habit(world: World, department: str, sending: Sending) -> list[Sending]:
    """The delivery as it came: early, on time or late; sent again where rows were refused."""
    if (
        sending.category == SILENT[0]
        and sending.end.year == world.today.year
        and sending.end.month >= SILENT[1]
    ):
        return []
    habit = HABITS[department]
    rng = world.rng("habit", *sending.key)
    due = working_day(sending.received_on)
    if rng.random() < habit.late:
        received = working_day(due + dt.timedelta(days=int(rng.integers(1, habit.delay + 1))))
    else:
        received = _on_time(rng, sending, due)
    received = _while_the_unit_exists(world, sending.unit, received)
    style = sending.style
    if style == "csv" and rng.random() < 0.06 and not sending.first:
        style = "gb18030"
    sending = replace(sending, received_on=received, style=style)
    if sending.first or sending.category == "elite_competition":
        return [sending]
    chance = rng.random()
    share = habit.faulty * (0.35 if sending.unit in world.catalog.district_by_code else 1.0)
    if chance < share:
        again = working_day(received, after=int(rng.integers(2, 9)))
        if _while_the_unit_exists(world, sending.unit, again) != again:
            return [sending]
        return [replace(sending, fault="rows"), replace(sending, received_on=again, mends=True)]
    if chance < share + 0.006:
        again = working_day(received, after=1)
        return [replace(sending, fault="header"), replace(sending, received_on=again, mends=True)]
    return [sending]


def _while_the_unit_exists(world: World, unit: str, day: dt.date) -> dt.date:
    """A unit that was merged delivers what it owes by its last day."""
    last = world.catalog.units[unit].valid_to
    return day if last is None else min(day, last)


def _on_time(rng: np.random.Generator, sending: Sending, due: dt.date) -> dt.date:
    """A working day after the period, at most nine days before the due date."""
    earliest = max(sending.end + dt.timedelta(days=1), due - dt.timedelta(days=9))
    day = earliest + dt.timedelta(days=int(rng.integers(0, max(1, (due - earliest).days + 1))))
    return min(working_day(day), due)


def _published(world: World, sending: Sending) -> Sending:
    """When the operations team listed it; None: waiting for them."""
    if sending.fault in ("header", "identity"):
        return sending
    category = world.catalog.category_by_code[sending.category]
    department = category.department
    rng = world.rng("publish", *sending.key, sending.mends)
    recent = (world.today - sending.received_on).days < UNCONFIRMED_DAYS
    if category.contains_personal_data and recent and rng.random() < UNCONFIRMED:
        return sending  # its head has not confirmed yet: it waits for the department
    if recent and not category.contains_personal_data and rng.random() < UNLISTED:
        return sending  # the operations team has not come to it yet
    listed = HABITS[department].listed
    chance = rng.random()
    if chance < listed:
        day = working_day(sending.received_on, after=int(rng.choice([1, 1, 1, 2, 3])))
    elif chance < listed + (1 - listed) * 0.6:
        day = working_day(sending.received_on, after=int(rng.integers(6, 20)))
    elif recent:
        return sending
    else:  # nothing lies for years: what waited long was listed within two months
        day = working_day(sending.received_on, after=int(rng.integers(20, 40)))
    return replace(sending, publish_on=day if day <= world.today else None)


def first_of_merger(sending: Sending) -> bool:
    """The registry's sending in which records of 江北区 and 渝北区 move to 两江新区."""
    return sending.start <= MERGER <= sending.end
