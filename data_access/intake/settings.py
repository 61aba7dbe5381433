"""What the contract leaves to configuration when rows are checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from data_access.intake.boundaries import GEO_FOLDER


@dataclass(frozen=True)
class CheckSettings:
    """Settings of the row checks.

    Attributes:
        grade_bands: grade -> lowest and highest score of it, both inclusive. Empty (the
            default): `grade_matches_score` does not run.
        rhythm_days: how many days after its business date a record still is current at receipt.
        realtime_minutes: the same for realtime categories, when the moment of receipt is known.
        geo_folder: where the boundary files lie.
    """

    grade_bands: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    rhythm_days: Mapping[str, int] = field(
        default_factory=lambda: {
            "realtime": 0, "daily": 1, "monthly": 35, "quarterly": 100, "yearly": 400, "event": 40,
        }
    )  # fmt: skip
    realtime_minutes: int = 15
    geo_folder: Path = GEO_FOLDER
