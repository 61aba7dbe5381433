"""Weights and limits the regulation does not fix: proposals until 局办公室 approves them with a date."""

from __future__ import annotations

from fractions import Fraction

CHARACTERISTIC_WEIGHTS: dict[str, int] = {
    "normativity": 20,
    "completeness": 25,
    "accuracy": 25,
    "consistency": 15,
    "currency": 10,
    "accessibility": 5,
}
"""Weights of the six characteristics in a category's quality."""

PART_WEIGHTS: dict[str, int] = {
    "quantity": 28,
    "coverage": 12,
    "timeliness": 20,
    "quality": 20,
    "publishing": 10,
    "cooperation": 10,
}
"""Points of the six parts of a department's yearly score."""

GREEN_FROM = Fraction(95, 100)
"""Share of the plan to date from which the light is green, if no item is late."""
RED_BELOW = Fraction(70, 100)
"""Share of the plan to date below which the light is red."""
RED_AFTER_DAYS = 30
"""An item that is late by more days than this makes the light red."""
SILENT_AFTER_HOURS = 24
"""A connected source that was not read for longer is silent."""
