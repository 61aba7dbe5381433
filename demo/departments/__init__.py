"""What each department's files hold: one module a department, one maker a category."""

from __future__ import annotations

from collections.abc import Callable

from demo.departments import (
    competitive_sport,
    finance_planning,
    industry,
    mass_sport,
    office,
    party_committee,
    personnel,
    publicity,
    science_education,
    youth_sport,
)
from demo.registry import Columns
from demo.timetable import Sending
from demo.world import World

Maker = Callable[[World, Sending], Columns]
MAKERS: dict[str, Maker] = {
    **office.MAKERS,
    **personnel.MAKERS,
    **finance_planning.MAKERS,
    **competitive_sport.MAKERS,
    **mass_sport.MAKERS,
    **youth_sport.MAKERS,
    **science_education.MAKERS,
    **publicity.MAKERS,
    **party_committee.MAKERS,
    **industry.MAKERS,
}
