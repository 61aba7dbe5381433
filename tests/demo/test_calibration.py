"""The demonstration agrees with what was published (domain, section 6)."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import Connection, select

from data_access.engine import engine, reading
from demo.calibration import PUBLISHED, Published
from demo.survey import survey_rows
from demo.timetable import timetable
from demo.world import MERGED, World
from tests.demo.conftest import SURVEY, TODAY
from tests.demo.measures import SURVEY_YEAR, facilities, others, table

WORLD = World(TODAY)


@pytest.fixture(scope="module")
def figures(demo_url: str, survey_url: str) -> dict[str, float]:
    with reading(engine(demo_url)) as base, reading(engine(survey_url)) as survey:
        return others(base) | facilities(survey)


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda p: p.key)
def test_a_published_figure_is_met(published: Published, figures: dict[str, float]) -> None:
    """Who compares a page with the newspaper must not find another city."""
    found = figures[published.key]
    if published.at_least:
        assert published.value <= found <= 1.6 * published.value
    else:
        assert found == pytest.approx(published.value, rel=published.tolerance)


def by_district(connection: Connection) -> dict[str, tuple[int, float]]:
    """Facilities and area in m² of the published survey by district."""
    t = table("sports_facility_statistics")
    found: dict[str, tuple[int, float]] = {}
    for code, area in connection.execute(select(t.c.adcode, t.c.area).where(t.c.survey_year == SURVEY_YEAR)):
        number, total = found.get(code, (0, 0.0))
        found[code] = number + 1, total + float(area)
    return found


def test_facilities_lie_where_people_live(survey_base: Connection) -> None:
    """Each district's share of facilities is its share of the population of 2020, to a hundredth of it."""
    found = by_district(survey_base)
    people = {c: n for c, n in WORLD.population.items() if c not in MERGED.values()}
    city = sum(people.values())
    everything = sum(number for number, _ in found.values())

    assert found.keys() == people.keys()
    for code, number in people.items():
        assert found[code][0] / everything == pytest.approx(number / city, rel=0.01)


def test_districts_rank_as_published(survey_base: Connection) -> None:
    """渝北 has most area, then 江津 and 九龙坡; per person 长寿 comes before 江津; all within 0.75–1.25."""
    found = by_district(survey_base)
    area = {code: total for code, (_, total) in found.items()}
    each = {code: total / WORLD.population[code] for code, total in area.items()}
    mean = sum(area.values()) / sum(WORLD.population[c] for c in area)

    assert sorted(area, key=lambda c: -area[c])[:3] == ["500112", "500116", "500107"]
    assert sorted(each, key=lambda c: -each[c])[:2] == ["500115", "500116"]
    assert all(0.74 < value / mean < 1.26 for value in each.values())


def test_wansheng_has_most_area_per_person(survey_base: Connection) -> None:
    """万盛经开区 is a reporting unit inside 綦江; its people are about 24 % of the district's."""
    t = table("sports_facility_statistics")
    statement = select(t.c.area).where(t.c.survey_year == SURVEY_YEAR, t.c.unit == "CQWS")
    area = sum(float(a) for a in survey_base.scalars(statement))
    best = max(total / WORLD.population[c] for c, (_, total) in by_district(survey_base).items())

    assert area / (0.24 * WORLD.population["500110"]) > best


def test_later_surveys_grow_and_follow_the_merger() -> None:
    """Years without a publication are carried forward; 两江新区 lists what its two districts listed."""
    surveys = [s for s in timetable(WORLD) if s.category == SURVEY and not s.fault]
    counts: Counter[str] = Counter()
    districts: set[str] = set()
    for sending in surveys:
        columns = survey_rows(WORLD, sending)
        counts[sending.period] += len(columns["adcode"])
        if sending.period == "2025":
            districts |= set(columns["adcode"].unique().to_pylist())

    assert counts["2023"] == 168_660
    assert counts["2023"] < counts["2024"] < counts["2025"] < 1.1 * counts["2023"]
    assert "两江新区" in districts and not districts & {"江北区", "渝北区"}
