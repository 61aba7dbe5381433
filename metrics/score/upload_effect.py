"""What a file would do to the score, told before it is sent (Article 23): the year scored with it and without.

The check of a file stores it and takes everything back; while it is stored, the year is
scored from the base as it would be. Nothing is estimated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine

from data_access.clock import day_of, now
from data_access.commands.delivery import Delivery, deliver
from data_access.engine import reading
from data_access.principal import Principal
from data_access.responsibility import read_responsibilities
from metrics.score.compute import Scored, score_department
from metrics.score.document import read
from metrics.score.rules import PARTS
from metrics.score.standing import SCORER, document_of


@dataclass(frozen=True)
class Effect:
    """The department's score without and with the file, and the points of each part that differ."""

    department: str
    before: Decimal
    after: Decimal
    parts: tuple[tuple[str, Decimal, Decimal], ...]

    @property
    def change(self) -> Decimal:
        return self.after - self.before


def check(engine: Engine, who: Principal, **options: Any) -> tuple[Delivery, Effect | None]:
    """`deliver` as a dry run of today, with its effect; None where it has none or nobody is assessed."""
    found: list[Scored | None] = []
    with reading(engine) as connection:
        before = _scored(connection, options["category"])
    delivery = deliver(
        engine, who, dry_run=True, look=lambda c: found.append(_scored(c, options["category"])), **options
    )
    after = found[0] if found else None
    if before is None or after is None or before.score is None or after.score is None:
        return delivery, None
    effect = Effect(
        before.department.code, before.score, after.score, tuple(differences(before, after))
    )  # fmt: skip
    return delivery, effect if effect.parts or effect.change else None


def _scored(connection: Connection, category: str) -> Scored | None:
    """The department that answers for the category today, as it stands."""
    today = day_of(now())
    code = read_responsibilities(SCORER, connection).on(category, today)
    document = read(document_of(SCORER, connection, today.year, today))
    department = next((d for d in document.departments if d.code == code), None)
    return score_department(document, department) if department else None


def differences(before: Scored, after: Scored) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Parts whose points differ: (key, before, after); a part without a base counts as 0."""
    for key in PARTS:
        one, other = before.part(key), after.part(key)
        had = (one.points if one else None) or Decimal(0)
        has = (other.points if other else None) or Decimal(0)
        if had != has:
            yield key, had, has
