"""What the sender of a file gets: the receipt and everything that was found in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from data_access.intake.cells import Problem, Warning


@dataclass(slots=True)
class Delivery:
    """What the sender gets: the receipt and everything that was found in the file."""

    receipt: str | None
    outcome: str  # accepted | partly_accepted | rejected | quarantined
    category: str
    unit: str
    period: str | None
    received_on: dt.date
    file_name: str
    file_codes: list[str] = field(default_factory=list)
    file_warnings: list[str] = field(default_factory=list)
    detail: str = ""
    total: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicate: int = 0
    updated: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Warning] = field(default_factory=list)
    seconds: float = 0.0
    dry_run: bool = False

    def as_json(self) -> dict[str, Any]:
        """The object `manage.py intake --json` prints."""
        return {
            "receipt": self.receipt,
            "outcome": self.outcome,
            "category": self.category,
            "unit": self.unit,
            "period": self.period,
            "received_on": self.received_on.isoformat(),
            "dry_run": self.dry_run,
            "file_codes": self.file_codes,
            "file_warnings": self.file_warnings,
            "detail": self.detail,
            "rows": {
                "total": self.total,
                "accepted": self.accepted,
                "rejected": self.rejected,
                "duplicate": self.duplicate,
            },
            "updated": self.updated,
            "problems": [
                {
                    "sheet": p.sheet, "row": p.row, "field": p.field, "code": p.code, "check": p.check,
                    "message": p.message,
                }
                for p in self.problems
            ],
            "warnings": [
                {"sheet": w.sheet, "row": w.row, "field": w.field, "code": w.code, "check": w.check}
                for w in self.warnings
            ],
            "seconds": round(self.seconds, 3),
        }  # fmt: skip
