"""Half-up rounding in decimal, as the regulation's tables are added by hand.

Python's `round` goes to even and starts from a binary float; both would move a
score at …5. Fractions stay exact until the one place that prints or scores them.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

Number = int | Decimal | Fraction


def half_up(value: Number, places: int = 2) -> Decimal:
    """`value` rounded to `places` decimals; a half goes away from zero. Exact for fractions."""
    fraction = Fraction(value)
    scale = 10**places
    doubled = 2 * abs(fraction.numerator) * scale + fraction.denominator
    units = doubled // (2 * fraction.denominator)
    signed = -units if fraction < 0 else units
    return Decimal(f"{signed}E{-places}")  # from text: exact whatever the context's precision


def percent(numerator: Number, denominator: Number, places: int = 2) -> Decimal | None:
    """``100 · numerator ÷ denominator`` rounded half up; None where nothing was to be done."""
    if denominator == 0:
        return None
    return half_up(Fraction(100) * Fraction(numerator) / Fraction(denominator), places)
