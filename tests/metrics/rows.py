"""Made-up rows put straight into the tables the indicators read: small enough to add up in one's head."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection

from data_access.schema import (
    QUALITY_COUNTS,
    batch,
    plan_version,
    pool_file,
    responsibility,
    roll_delivery,
    roll_event,
    roll_period,
    roll_probe,
    roll_quality,
    visit_complete,
    visit_day,
)

D = dt.date.fromisoformat


class Rows:
    """Writes one made-up fact a call; days are ISO text."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._batches = 0

    def plan(
        self,
        category: str,
        quantity: int,
        approved_on: str,
        *,
        year: int = 2025,
        version: int = 1,
        months: tuple[int, ...] = (),
        department: str = "office",
        state: str = "approved",
    ) -> None:
        self.connection.execute(
            plan_version.insert().values(
                category=category, year=year, version=version, department=department, quantity=quantity,
                months=list(months), state=state, approved_on=D(approved_on), submitted_on=D(approved_on),
            )
        )  # fmt: skip

    def delivery(
        self, category: str, unit: str, day: str, keys: int, *, accepted: int | None = None, batches: int = 1
    ) -> None:
        rows = keys if accepted is None else accepted
        self.connection.execute(
            roll_delivery.insert().values(
                category=category, unit=unit, day=D(day), batches=batches, rows_total=rows,
                rows_accepted=rows, rows_rejected=0, rows_duplicate=0, keys_in_year=keys, keys_new=keys,
            )
        )  # fmt: skip

    def period(self, category: str, period: str, received_on: str, *, unit: str = "500103") -> None:
        self.connection.execute(
            roll_period.insert().values(
                category=category, period=period, unit=unit, received_on=D(received_on), rows_accepted=1
            )
        )

    def event(self, category: str, ends_on: str, received_on: str, *, records: int = 1) -> None:
        self.connection.execute(
            roll_event.insert().values(
                category=category, ends_on=D(ends_on), received_on=D(received_on), records=records
            )
        )

    def responsible(self, category: str, department: str, first: str, last: str | None = None) -> None:
        self.connection.execute(
            responsibility.insert().values(
                category=category, department=department, valid_from=D(first), valid_to=last and D(last)
            )
        )

    def quality(self, category: str, unit: str, day: str, **counts: int) -> None:
        values = dict.fromkeys(QUALITY_COUNTS, 0) | counts
        self.connection.execute(
            roll_quality.insert().values(category=category, unit=unit, day=D(day), **values)
        )

    def probes(self, category: str, day: str, probes: int, opened: int) -> None:
        self.connection.execute(
            roll_probe.insert().values(category=category, day=D(day), probes=probes, opened=opened)
        )

    def readings(self, day: dt.date, hours: int, venues: int) -> None:
        self.connection.execute(visit_complete.insert().values(day=day, hours=hours, venues=venues))

    def visits(self, district: str, day: dt.date, entries: int) -> None:
        self.connection.execute(
            visit_day.insert().values(
                district=district, day=day, entries=entries, exits=entries, readings=12, venues=1
            )
        )

    def batch(
        self, category: str, unit: str, received_on: str, *, state: str = "integrated", **values: Any
    ) -> str:
        self._batches += 1
        receipt = f"R{self._batches:06d}"
        self.connection.execute(
            pool_file.insert().values(sha256=receipt.rjust(64, "0"), size=1, content=b"x")
        )
        day = D(received_on)
        at = dt.datetime.combine(day, dt.time(4), dt.UTC)
        days = {k: D(v) if k.endswith("_on") and isinstance(v, str) else v for k, v in values.items()}
        if state in ("integrated", "published", "withdrawn", "reverted"):
            days.setdefault("integrated_on", day)
        self.connection.execute(
            batch.insert().values(
                receipt=receipt, sha256=receipt.rjust(64, "0"), file_name=f"{receipt}.xlsx",
                category=category, unit=unit, source_platform="department_file", sender="测试",
                received_on=day, received_at=at, state=state,
                **{"rows_total": 1, "rows_accepted": 1, "rows_rejected": 0, "rows_duplicate": 0,
                   "rows_updated": 0, "file_codes": [], "file_warnings": []} | days,
            )
        )  # fmt: skip
        return receipt
