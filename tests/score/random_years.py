"""Random input documents that live at the edges: days around the freeze, ties, zeros, things that never came."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from metrics.score import CHARACTERISTICS

LEVELS = ["一般", "较大", "重大", "特别重大"]
STATES = [
    "integrated",
    "integrated",
    "published",
    "published",
    "validated",
    "withdrawn",
    "reverted",
    "rejected",
]
DAY = dt.timedelta(days=1)


class Chance:
    """One random year; the same seed gives the same document."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.year = self.random.choice([2022, 2023, 2024])
        first = dt.date(self.year, 1, 1)
        early = self.random.random() < 0.25
        self.freeze = (
            first + dt.timedelta(days=self.random.randint(0, 364)) if early else dt.date(self.year + 1, 1, 20)
        )
        corners = [(1, 1), (1, 31), (2, 1), (2, 7), (2, 8), (3, 31), (6, 30), (7, 1), (12, 30), (12, 31)]
        self.corners = [dt.date(self.year, *corner) for corner in corners]
        self.corners += [
            self.freeze,
            self.freeze - DAY,
            self.freeze + DAY,
            first - DAY,
            dt.date(self.year + 1, 1, 1),
        ]

    # ------------------------------------------------------------ small values
    def day(self) -> dt.date:
        if self.random.random() < 0.4:
            return self.random.choice(self.corners)
        return dt.date(self.year, 1, 1) + dt.timedelta(days=self.random.randint(-20, 390))

    def sometimes(self, share: float) -> bool:
        return self.random.random() < share

    def maybe_day(self, share: float) -> str | None:
        return self.day().isoformat() if self.sometimes(share) else None

    def after(self, day: dt.date, share: float) -> str | None:
        """A day around `day`, mostly a little later; None = never."""
        if not self.sometimes(share):
            return None
        return (
            day + dt.timedelta(days=self.random.choice([-5, 0, 0, 0, 1, 3, 6, 7, 12, 15, 29, 30, 31, 45]))
        ).isoformat()

    def span(self, share: float) -> tuple[str | None, str | None]:
        if not self.sometimes(share):
            return None, None
        ends = sorted([self.day(), self.day()])
        return (
            ends[0].isoformat() if self.sometimes(0.7) else None,
            ends[1].isoformat() if self.sometimes(0.7) else None,
        )

    # ------------------------------------------------------------ the document
    def document(self) -> dict[str, Any]:
        rules = self.rules() if self.sometimes(0.2) else {}
        departments = [self.department(n) for n in range(self.random.randint(1, 4))]
        if self.sometimes(0.2):  # a tie, or almost one
            twin = dict(self.random.choice(departments))
            twin |= {"code": "twin", "order": self.random.randint(1, 9)}
            if self.sometimes(0.3):
                twin["plan_filed_on"] = None
            departments.append(twin)
        self.random.shuffle(departments)
        return {"year": self.year, "freeze": self.freeze.isoformat(), "departments": departments, **rules}

    def rules(self) -> dict[str, Any]:
        def split(names: list[str]) -> dict[str, str]:
            cuts = sorted(self.random.randint(1, 399) for _ in names[1:])
            edges = [0, *cuts, 400]
            return {
                name: str((high - low) / 4) for name, low, high in zip(names, edges, edges[1:], strict=False)
            }

        parts = ["quantity", "coverage", "timeliness", "quality", "publishing", "cooperation"]
        rules: dict[str, Any] = {}
        if self.sometimes(0.7):
            rules["weights"] = split(parts)
        if self.sometimes(0.5):
            rules["characteristics"] = split(list(CHARACTERISTICS))
        if self.sometimes(0.3):
            rules["grades"] = {"优秀": "92.5", "良好": "75", "合格": "50"}
        if self.sometimes(0.3):
            rules["limits"] = {"delay_days": 20, "obligation_days": 10, "deductions_max": "12.5"}
        return {"rules": rules}

    def department(self, number: int) -> dict[str, Any]:
        valid_from, valid_to = self.span(0.3)
        codes = [f"c{n}" for n in range(self.random.choice([0, 1, 1, 2, 2, 3, 4]))]
        return {
            "code": f"d{number}",
            "order": number + 1,
            "valid_from": valid_from,
            "valid_to": valid_to,
            "plan_filed_on": self.maybe_day(0.85),
            "categories": [self.category(code) for code in codes],
            "obligations": [self.obligation() for _ in range(self.random.choice([0, 0, 1, 3]))],
            "deductions": [self.deduction(codes) for _ in range(self.random.choice([0, 0, 0, 1, 2, 6]))],
        }

    def category(self, code: str) -> dict[str, Any]:
        valid_from, valid_to = self.span(0.3)
        quantity = self.random.choice([0, 1, 7, 40, 300])
        count = self.random.choice([0, 1, 1, 1, 2, 3])
        is_empty = self.sometimes(0.15)
        return {
            "code": code,
            "valid_from": valid_from,
            "valid_to": valid_to,
            "weight": self.random.choice(["1", "1", "1", "2", "0.5"]),
            "plan_versions": [self.version(n, quantity) for n in range(1, count + 1)],
            "integrated_keys": self.random.choice([0, quantity, quantity // 2, quantity * 2, quantity + 1]),
            "accepted_records": self.random.choice([0, 5, 50]),
            "due_items": [self.item(month) for month in self.months()],
            "rows": 0 if is_empty else self.random.choice([0, 1, 400]),
            "characteristics": {} if self.sometimes(0.1) else self.characteristics(),
            "batches": [] if is_empty else [self.batches() for _ in range(self.random.randint(0, 4))],
        }

    def version(self, number: int, quantity: int) -> dict[str, Any]:
        changed = self.random.choice([quantity, quantity * 2, quantity // 3, 0])
        return {
            "version": number,
            "quantity": quantity if number == 1 else changed,
            "approved_on": self.maybe_day(0.9),
        }

    def months(self) -> list[int]:
        return self.random.choice([[], [12], [3, 6, 9, 12], list(range(1, 13))])

    def item(self, month: int) -> dict[str, Any]:
        ends_on = dt.date(self.year + month // 12, month % 12 + 1, 1) - DAY
        period = f"{self.year}-{month:02d}"
        if self.sometimes(0.15):
            days = self.random.randint(1, ends_on.day)
            complete = self.random.choice([0, days, days - 1])
            return {
                "period": period, "ends_on": ends_on.isoformat(), "due_on": ends_on.isoformat(),
                "complete_days": complete, "days": days,
            }  # fmt: skip
        due_on = ends_on + dt.timedelta(days=self.random.choice([5, 10, 20, 21]))
        return {
            "period": period, "ends_on": ends_on.isoformat(), "due_on": due_on.isoformat(),
            "received_on": self.after(due_on, 0.85),
        }  # fmt: skip

    def characteristics(self) -> dict[str, list[str]]:
        found = {}
        for name in CHARACTERISTICS:
            if self.sometimes(0.9):
                total = self.random.choice([0, 1, 8, 200, 3000])
                bad = self.random.choice([0, 0, 1, total // 7])
                right = max(0, total - bad)
                half = name == "consistency" and 0 < right < total
                found[name] = [f"{right - 1}.5" if half else str(right), str(total)]
        return found

    def batches(self) -> dict[str, Any]:
        state = self.random.choice(STATES)
        may_wait = ["department", "operations", None] if state in ("integrated", "validated") else [None]
        return {
            "state": state,
            "waiting_for": self.random.choice(may_wait),
            "count": self.random.randint(0, 5),
        }

    def obligation(self) -> dict[str, Any]:
        due_on = self.day()
        return {"kind": "correction", "due_on": due_on.isoformat(), "done_on": self.after(due_on, 0.8)}

    def deduction(self, codes: list[str]) -> dict[str, Any]:
        kinds = ["content", "content", "incident", "secret_leak", *(["falsified"] if codes else [])]
        kind, occurred = self.random.choice(kinds), self.day()
        return {
            "kind": kind,
            "level": self.random.choice(LEVELS) if kind == "incident" else None,
            "category": self.random.choice(codes) if kind == "falsified" else None,
            "occurred_on": occurred.isoformat(),
            "confirmed_on": self.after(occurred, 0.85),
        }
