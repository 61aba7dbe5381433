"""Input documents of a few lines: a department with one ordinary category, changed where a test says so."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def category(code: str = "youth_event", **changes: Any) -> Json:
    """A category with a plan of 100 from January, all of it received, good and published."""
    return {
        "code": code,
        "valid_from": None,
        "valid_to": None,
        "weight": "1",
        "plan_versions": [version(1, 100, "2022-01-20")],
        "integrated_keys": 100,
        "accepted_records": 100,
        "due_items": [due("2022-06", "2022-06-30", "2022-07-05", "2022-07-05")],
        "rows": 100,
        "characteristics": {"completeness": ["100", "100"]},
        "batches": [batches("published", 4)],
    } | changes


def version(number: int, quantity: int, approved_on: str | None) -> Json:
    return {"version": number, "quantity": quantity, "approved_on": approved_on}


def due(period: str, ends_on: str, due_on: str, received_on: str | None) -> Json:
    return {"period": period, "ends_on": ends_on, "due_on": due_on, "received_on": received_on}


def share(period: str, ends_on: str, complete_days: int, days: int) -> Json:
    return {
        "period": period, "ends_on": ends_on, "due_on": ends_on, "complete_days": complete_days, "days": days,
    }  # fmt: skip


def batches(state: str, count: int, waiting_for: str | None = None) -> Json:
    return {"state": state, "waiting_for": waiting_for, "count": count}


def deduction(kind: str, **changes: Any) -> Json:
    return {
        "kind": kind, "level": None, "category": None, "occurred_on": "2022-05-10",
        "confirmed_on": "2022-06-01",
    } | changes  # fmt: skip


def obligation(due_on: str, done_on: str | None, kind: str = "circular_reply") -> Json:
    return {"kind": kind, "due_on": due_on, "done_on": done_on}


def department(*categories: Json, code: str = "youth_sport", **changes: Any) -> Json:
    return {
        "code": code,
        "order": 6,
        "valid_from": None,
        "valid_to": None,
        "plan_filed_on": "2022-01-20",
        "categories": list(categories),
        "obligations": [],
        "deductions": [],
    } | changes


def year(*departments: Json, **changes: Any) -> Json:
    return {"year": 2022, "freeze": "2023-01-20", "departments": list(departments)} | changes


def worked_example() -> Json:
    """青少处 2022 of domain rule 4.6, as its canonical input document."""

    def monthly(late: dict[int, int | None]) -> list[Json]:
        """Twelve items due on the 20th; `late`: month → days late, None = never."""
        items = []
        for month in range(1, 13):
            after = f"{2022 + month // 12}-{month % 12 + 1:02d}"
            ends_on = f"2022-{month:02d}-28"
            days = late.get(month, 0)
            came = None if days is None else plus(f"{after}-10", days)
            items.append(due(f"2022-{month:02d}", ends_on, f"{after}-10", came))
        return items

    quarterly = [
        due("2022-Q1", "2022-03-31", "2022-04-15", "2022-04-15"),
        due("2022-Q2", "2022-06-30", "2022-07-15", "2022-07-01"),
        due("2022-Q3", "2022-09-30", "2022-10-17", "2022-10-17"),
        due("2022-Q4", "2022-12-31", "2023-01-16", None),
    ]

    def six(*values: str | None) -> dict[str, list[str]]:
        names = ("normativity", "completeness", "accuracy", "consistency", "currency", "accessibility")
        return {
            name: ["0", "0"] if value is None else [value, "100"]
            for name, value in zip(names, values, strict=True)
        }

    return year(
        department(
            category(
                plan_versions=[version(1, 400, "2022-02-08"), version(2, 300, "2022-07-01")],
                integrated_keys=332,
                due_items=monthly({4: 6, 9: 12}),
                characteristics=six("98.50", "96.00", "97.00", "99.00", "92.00", "100.00"),
                batches=[batches("published", 13), batches("integrated", 1, "operations")],
            ),
            category(
                "youth_organization",
                plan_versions=[version(1, 280, "2022-02-08")],
                integrated_keys=300,
                due_items=quarterly,
                characteristics=six("95.00", "90.00", "94.00", None, "88.00", "100.00"),
                batches=[batches("published", 4), batches("integrated", 2, "department")],
            ),
            category(
                "youth_athlete",
                plan_versions=[version(1, 27000, "2022-02-08")],
                integrated_keys=21600,
                due_items=monthly({7: 45}),
                characteristics=six("99.20", "98.00", "95.50", "97.00", "94.00", "100.00"),
                batches=[batches("published", 9), batches("integrated", 1, "operations")],
            ),
            category(
                "youth_coach",
                plan_versions=[version(1, 0, "2022-02-08")],
                integrated_keys=0,
                accepted_records=0,
                due_items=monthly(dict.fromkeys(range(1, 13))),
                rows=0,
                characteristics={},
                batches=[],
            ),
            plan_filed_on="2022-02-09",
            obligations=[
                obligation("2022-04-10", "2022-04-08"),
                obligation("2022-08-10", "2022-08-13"),
                obligation("2022-03-01", "2022-03-01", "correction"),
                obligation("2022-05-01", "2022-04-20", "correction"),
                obligation("2022-09-01", "2022-08-30", "correction"),
                obligation("2022-11-01", None, "correction"),
            ],
            deductions=[deduction("content", category="youth_athlete")],
        )
    )


def plus(day: str, days: int) -> str:
    import datetime as dt

    return (dt.date.fromisoformat(day) + dt.timedelta(days=days)).isoformat()
