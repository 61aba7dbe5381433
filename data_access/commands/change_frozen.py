"""Whether a record counts in a frozen year, so that the office approves its change (Articles 14, 23)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, Row, select

from catalog import Category
from data_access.assessment_tables import APPROVED, freeze
from data_access.periods import event_ends, is_dated_by_rows
from data_access.principal import Principal
from data_access.schema import base_table, column_name


def frozen_year(who: Principal, connection: Connection, category: Category, record: Row) -> int | None:
    """The newest frozen year whose figures hold the record, in any of its versions; None if there is none.

    A score counts a key in each year in which a version of it was received (an update
    counts like a new key), and an event as a due item of the year it ended in. So the
    newest version's day does not tell: a record that came in a frozen year and was
    updated since still stands in that year's figures. What was taken back does not count.
    """
    table, stored = base_table(category), record._mapping
    same = [table.c[column_name(k)] == stored[column_name(k)] for k in category.natural_key]
    days = [table.c.valid_from]
    if is_dated_by_rows(category):
        days += [table.c[column_name(name)] for name in event_ends(category)]
    versions = connection.execute(select(*days).where(*same, table.c.reverted_on.is_(None)))
    years = {day.year for version in versions for day in version if isinstance(day, dt.date)}
    found = select(freeze.c.year).where(freeze.c.year.in_(sorted(years)), freeze.c.state == APPROVED)
    return connection.scalar(found.order_by(freeze.c.year.desc()).limit(1))
