"""The months of the review (Article 21): up to which day one looks, and which is due."""

from __future__ import annotations

import datetime as dt

CUT_DAY = 5
"""The position is that at the end of this day of the month after; the review is made on the day after it."""


def cut_of(month: str) -> dt.date:
    """2026-10 → 5 November 2026: the day at whose end the month's position is taken."""
    year, number = map(int, month.split("-"))
    return dt.date(year + number // 12, number % 12 + 1, CUT_DAY)


def month_before(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{year - (number == 1)}-{(number - 2) % 12 + 1:02d}"


def newest_month(today: dt.date) -> str:
    """The last month whose review is due on `today`: from the 6th on that of the month before."""
    month = month_before(f"{today:%Y-%m}")
    return month if today > cut_of(month) else month_before(month)
