"""The two categories whose records are facilities, and which of their fields says what."""

from __future__ import annotations

from dataclasses import dataclass

NO_YEAR = 0


@dataclass(frozen=True)
class FacilitySet:
    """Which field of a category says what; None: it has no such field."""

    category: str
    year: str | None
    name: str
    kind: str
    owner: str | None
    opening: str | None
    fee: str | None


SURVEY = FacilitySet(
    "sports_facility_statistics",
    "survey_year",
    "facility_name",
    "facility_type",
    "operator_type",
    "opening",
    None,
)
"""体育场地统计: every facility, once a year."""
MASS = FacilitySet("mass_sport_facility", None, "facility_name", "facility_kind", None, None, "free_open")
"""群众体育场地: public ones, each month, with what they charge."""
SETS = {SURVEY.category: SURVEY, MASS.category: MASS}
Cell = tuple[int, str]
"""(survey year, district as recorded)."""
