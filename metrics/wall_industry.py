"""彩票与产业 for the wall: sales by month, welfare fund, the industry's output by class."""

from __future__ import annotations

import datetime as dt

from data_access.queries import wall
from kiosk.few import shown
from kiosk.snapshot import Industry, IndustryClass, LotteryMonth
from metrics.wall_view import View

LOTTERY, INDUSTRY = "sports_lottery_sales", "sports_industry_statistics"
SOURCES = (LOTTERY, INDUSTRY)
WAN = 10_000
"""The industry's figures are stored in 万元."""


def industry(view: View) -> Industry | None:
    """The newest year of sales and the newest year of statistics; None before there are sales."""
    groups = wall.grouped(
        view.principal, view.connection, LOTTERY, ("month",), ("sales_amount", "welfare_fund", "outlet_count")
    )
    by_month: dict[dt.date, tuple[float, ...]] = {g.key[0]: g.sums for g in groups if g.key[0] <= view.today}
    if not by_month:
        return None
    newest = max(by_month)
    months = [m for m in sorted(by_month) if m.year == newest.year]
    classes = wall.grouped(
        view.principal, view.connection, INDUSTRY, ("year", "industry_class"), ("total_output", "value_added")
    )
    year = max((int(g.key[0]) for g in classes), default=None)
    current = sorted((g for g in classes if int(g.key[0]) == year), key=lambda g: -g.sums[1])
    return Industry(
        as_of=view.as_of(SOURCES),
        demonstration=view.demonstration,
        lottery_year=newest.year,
        sales_yuan=sum(by_month[m][0] for m in months),
        welfare_fund_yuan=sum(by_month[m][1] for m in months),
        outlets=shown(_outlets(view, newest)),
        months=tuple(
            LotteryMonth(month=m.month, sales_yuan=by_month[m][0], year_before_yuan=_year_before(by_month, m))
            for m in months
        ),
        industry_year=year,
        output_yuan=sum(g.sums[0] for g in current) * WAN if current else None,
        value_added_yuan=sum(g.sums[1] for g in current) * WAN if current else None,
        classes=tuple(IndustryClass(name=str(g.key[1]), value_added_yuan=g.sums[1] * WAN) for g in current),
    )


def _year_before(by_month: dict[dt.date, tuple[float, ...]], month: dt.date) -> float | None:
    found = by_month.get(month.replace(year=month.year - 1))
    return None if found is None else found[0]


def _outlets(view: View, month: dt.date) -> int:
    """Outlets on sale: each game of a district states all of its district's, so the largest game counts."""
    groups = wall.grouped(
        view.principal, view.connection, LOTTERY, ("adcode", "outlet_count"), span=("month", month, month)
    )
    by_district: dict[str, int] = {}
    for (adcode, outlets), _, _ in groups:
        by_district[str(adcode)] = max(by_district.get(str(adcode), 0), int(outlets or 0))
    return sum(by_district.values())
