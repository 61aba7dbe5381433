"""Mass, elite and youth sport, lottery and industry for the wall: sums over groups, never a person."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

import catalog
from data_access.queries import wall
from kiosk.few import LEAST, shown, shown_parts, shown_share
from kiosk.snapshot import (
    Base,
    Competition,
    Event,
    EventMonth,
    Events,
    Fitness,
    Kind,
    Physique,
)
from metrics.wall_places import by_present_district, places, residents
from metrics.wall_view import View, named

MASS_EVENT = "mass_sport_event"
PERSONNEL, ORGANISATION = "mass_sport_personnel", "mass_sport_organization"
PUBLIC_FACILITY, TEST = "mass_sport_facility", "physical_fitness_test"
FITNESS = (PERSONNEL, ORGANISATION, PUBLIC_FACILITY, TEST)
ELITE_EVENT, ATHLETE, REFEREE = "elite_competition", "elite_athlete", "referee"
YOUTH_EVENT, YOUTH_ATHLETE = "youth_event", "youth_athlete"
YOUTH_COACH, YOUTH_ORGANISATION = "youth_coach", "youth_organization"
COMPETITION = (
    ELITE_EVENT, ATHLETE, REFEREE, YOUTH_EVENT, YOUTH_ATHLETE, YOUTH_COACH, YOUTH_ORGANISATION,
)  # fmt: skip
LARGEST_EVENTS = 12
MOST_KINDS = 8
INSTRUCTOR, GRADES = "社会体育指导员", ("国家级", "一级", "二级", "三级")
IN_TRAINING = "在训"
PASSED, GOOD = ("合格", "良好", "优秀"), ("良好", "优秀")
TRAIL = "健身步道"
LEVELS = ("国际级", "国家级", "西部或区域级", "市级", "区县级")


def year_of(view: View) -> tuple[dt.date, dt.date]:
    return dt.date(view.today.year, 1, 1), dt.date(view.today.year, 12, 31)


def events(view: View) -> Events | None:
    """群众体育赛事 that have begun by today, of the year; in a year that has none yet, of the one before; None without any."""
    for year in (view.today.year, view.today.year - 1):
        first, last = dt.date(year, 1, 1), min(view.today, dt.date(year, 12, 31))
        days = wall.grouped(
            view.principal, view.connection, MASS_EVENT, ("start_on",), ("participant_count",),
            span=("start_on", first, last),
        )  # fmt: skip
        if days:
            break
    else:
        return None
    by_month: dict[int, list[wall.Group]] = defaultdict(list)
    for group in days:
        by_month[group.key[0].month].append(group)
    months = {month: sum(g.count for g in groups) for month, groups in by_month.items()}
    visible = shown_parts(months)
    people = {month: int(sum(g.sums[0] for g in groups)) for month, groups in by_month.items()}
    return Events(
        as_of=view.as_of([MASS_EVENT]),
        demonstration=view.demonstration,
        year=first.year,
        events=shown(sum(months.values())),
        participants=shown(sum(people.values())),
        months=tuple(
            EventMonth(
                month=month,
                events=visible[month],
                participants=shown(people[month]) if visible[month] else None,
                thirds=_thirds(by_month[month]) if visible[month] else (None, None, None),
            )
            for month in sorted(months)
        ),
        largest=_largest(view, first, last),
    )


def _thirds(groups: Iterable[wall.Group]) -> tuple[int | None, int | None, int | None]:
    """A month's events by 旬, a division whose total is shown: unlike weeks they cut no month in two."""
    counts = {0: 0, 1: 0, 2: 0}
    for group in groups:
        counts[min(2, (group.key[0].day - 1) // 10)] += group.count
    visible = shown_parts(counts)
    return visible[0], visible[1], visible[2]


def _largest(view: View, first: dt.date, last: dt.date) -> tuple[Event, ...]:
    rows = wall.listed(
        view.principal, view.connection, MASS_EVENT,
        ("event_name", "start_on", "end_on", "adcode", "participant_count"),
        span=("start_on", first, last), largest=("participant_count", LARGEST_EVENTS),
    )  # fmt: skip
    found = []
    for text, start, end, adcode, participants in rows:
        name, district = named(text), place_name(adcode)
        if name is not None and district is not None and participants >= LEAST:
            found.append(
                Event(name=name, first=start, last=end or start, district=district, participants=participants)
            )
    return tuple(sorted(found, key=lambda event: (event.first, event.name)))


def place_name(adcode: str | None) -> str | None:
    """The short name of a district as the catalogue has it, of former ones too."""
    entry = catalog.default().district_by_code.get(adcode or "")
    return entry.short if entry is not None else None


def fitness(view: View) -> Fitness | None:
    """Instructors on post, organisations, trails, tests of the year; None before any of them came."""
    if not any(view.delivered(*FITNESS)):
        return None
    grades = _counted(view, PERSONNEL, "technical_grade", role=INSTRUCTOR, on_post="是")
    instructors = sum(grades.values())
    organisations = _counted(view, ORGANISATION, "organization_type")
    trails = wall.grouped(
        view.principal, view.connection, PUBLIC_FACILITY, (), ("trail_length",),
        where={"facility_kind": TRAIL},
    )[0]  # fmt: skip
    return Fitness(
        as_of=view.as_of(FITNESS),
        demonstration=view.demonstration,
        year=view.today.year,
        instructors=shown(instructors),
        instructors_per_thousand=instructors / residents(view.today) * 1000 if shown(instructors) else None,
        instructor_grades=_kinds(grades, order=GRADES),
        organisations=shown(sum(organisations.values())),
        organisation_types=_kinds(organisations),
        trails=shown(trails.count),
        trail_km=trails.sums[0] if shown(trails.count) else None,
        physique=_physique(view),
    )


def _physique(view: View) -> tuple[Physique, ...]:
    """The city first, then the age groups; without a test this year, the year before."""
    for year in (view.today.year, view.today.year - 1):
        span = ("test_date", dt.date(year, 1, 1), dt.date(year, 12, 31))
        groups = wall.grouped(view.principal, view.connection, TEST, ("age_group", "grade"), span=span)
        if groups:
            break
    else:
        return ()
    by_group: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (age, grade), count, _ in groups:
        by_group[str(age)][str(grade)] += count
        by_group["全市"][str(grade)] += count
    visible = shown_parts({age: sum(g.values()) for age, g in by_group.items() if age != "全市"})
    visible["全市"] = shown(sum(by_group["全市"].values()))
    found = []
    for age in sorted(by_group, key=lambda name: (name != "全市", -sum(by_group[name].values()))):
        grades, tests = by_group[age], visible[age]
        passed, good = (sum(grades.get(g, 0) for g in names) for names in (PASSED, GOOD))
        found.append(
            Physique(name=age, tests=tests, passed=shown_share(passed, tests), good=shown_share(good, tests))
        )
    return tuple(found)


def competition(view: View) -> Competition | None:
    """Elite and youth sport of the year; None before anything of it came."""
    if not any(view.delivered(*COMPETITION)):
        return None
    first, last = year_of(view)
    span = ("start_on", first, last)
    levels = {
        str(g.key[0]): g
        for g in wall.grouped(
            view.principal, view.connection, ELITE_EVENT, ("level",), ("medal_count", "gold_count"), span=span
        )
    }
    youth = wall.grouped(view.principal, view.connection, YOUTH_EVENT, (), ("athlete_count",), span=span)[0]
    athletes = _counted(view, ATHLETE, "sport", status=IN_TRAINING)
    return Competition(
        as_of=view.as_of(COMPETITION),
        demonstration=view.demonstration,
        year=first.year,
        athletes=shown(sum(athletes.values())),
        athlete_sports=_kinds(athletes)[:MOST_KINDS],
        referees=shown(_all(view, REFEREE)),
        competitions=shown(sum(g.count for g in levels.values())),
        competition_levels=_kinds({name: g.count for name, g in levels.items()}, order=LEVELS),
        medals=shown(int(sum(g.sums[0] for g in levels.values()))),
        gold=shown(int(sum(g.sums[1] for g in levels.values()))),
        youth_events=shown(youth.count),
        youth_participations=shown(int(youth.sums[0])) if shown(youth.count) else None,
        youth_athletes=shown(_all(view, YOUTH_ATHLETE)),
        youth_coaches=shown(_all(view, YOUTH_COACH)),
        organisation_kinds=_kinds(_counted(view, YOUTH_ORGANISATION, "organization_kind")),
        bases=_bases(view),
    )


def _bases(view: View) -> tuple[Base, ...]:
    counts = by_present_district(
        {code: float(n) for code, n in _counted(view, YOUTH_ORGANISATION, "adcode").items()}, view.today
    )
    visible = shown_parts({code: int(n) for code, n in counts.items()})
    return tuple(
        Base(
            adcode=place.adcode,
            name=place.short,
            longitude=place.longitude,
            latitude=place.latitude,
            count=visible[place.adcode],
        )
        for place in places(view.today).values()
        if counts.get(place.adcode)
    )


def _all(view: View, category: str) -> int:
    return wall.grouped(view.principal, view.connection, category)[0].count


def _counted(view: View, category: str, by: str, **where: str) -> dict[str, int]:
    """Records by the values of a field; a missing value is 其他."""
    groups = wall.grouped(view.principal, view.connection, category, (by,), where=where)
    found: dict[str, int] = defaultdict(int)
    for (value,), count, _ in groups:
        found[str(value) if value is not None else "其他"] += count
    return dict(found)


def _kinds(counts: dict[str, int], order: Iterable[str] = ()) -> tuple[Kind, ...]:
    """A division whose total is shown too: in `order`, else the largest first; hidden cells are left out."""
    visible = shown_parts(counts)
    rank = {name: n for n, name in enumerate(order)}
    names = sorted(counts, key=lambda name: (rank.get(name, len(rank)), -counts[name], name))
    return tuple(Kind(name=name, count=visible[name]) for name in names if visible[name])
