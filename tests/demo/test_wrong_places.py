"""The demonstration has a few dozen wrong points of every kind that can come through intake."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection

from data_access.principal import SYSTEM
from metrics.venues.refresh import DUTY, FAULTS, compute
from tests.demo.conftest import TODAY


def test_the_demonstration_has_some_wrong_points_of_each_kind_and_some_breaches(
    demo_base: Connection,
) -> None:
    found = {name: lines for name, _, lines in compute(SYSTEM, demo_base, TODAY)}
    kinds = Counter(f.kind for f in found[FAULTS])
    repairs = Counter(f.detail["repair"] for f in found[FAULTS])

    assert 8 <= kinds["outside"] <= 20 and 5 <= kinds["duplicate"] <= 20 and 15 <= kinds["shifted"] <= 80
    assert {f.detail["evidence"] for f in found[FAULTS] if f.kind == "shifted"} == {"GCJ-02", "BD-09"}
    assert set(repairs) == {"ask", "delete", "move"}
    assert {"hours", "fee"} <= {f.kind for f in found[DUTY]} and len(found[DUTY]) < 100
