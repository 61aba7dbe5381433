"""Monthly reviews (月度调度, Article 21): the list, one with its steps, edits and readers; open problems of a month."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, or_, select

from data_access.principal import Principal, Role
from data_access.queries.scope import fetch, scoped
from data_access.review_tables import review, review_edit, review_event, review_reader
from data_access.schema import batch, rejected_row

READERS: tuple[Role, ...] = ("leader", "office", "operations")
FOR_LEADERS = ("sent", "archived")
"""A leader sees what was sent; what is still being written is the team's and the office's."""
STATE_NAMES = {
    "generated": "已生成",
    "checked": "已核对",
    "signed": "已签发",
    "sent": "已报送",
    "archived": "已归档",
    "replaced": "已重新生成",
}


@dataclass(frozen=True, slots=True)
class Review:
    """One generation of a month's review; `snapshot` and `signed_text` are canonical JSON."""

    number: str
    month: str
    generation: int
    state: str
    as_of: dt.date
    generated_at: dt.datetime
    generated_by: str
    data_version: int
    snapshot: str
    sha256: str
    corrects: str | None
    reason: str
    replaced_by: str | None
    signed_text: str | None
    signed_sha256: str | None
    signed_at: dt.datetime | None
    signed_by: str | None
    sent_at: dt.datetime | None

    @property
    def state_name(self) -> str:
        return STATE_NAMES[self.state]

    @property
    def is_open(self) -> bool:
        """Its sentences may still be changed."""
        return self.state in ("generated", "checked")


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A review in the list; `readers` leaders it was sent to, `read` of them have opened it."""

    number: str
    month: str
    generation: int
    state: str
    as_of: dt.date
    corrects: str | None
    signed_at: dt.datetime | None
    sent_at: dt.datetime | None
    readers: int
    read: int

    @property
    def state_name(self) -> str:
        return STATE_NAMES[self.state]


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """A step: who, when (UTC), from, to, a note."""

    at: dt.datetime
    actor: str
    account: str
    from_state: str | None
    to_state: str
    note: str


@dataclass(frozen=True, slots=True)
class ReviewEdit:
    """A change of one sentence, with the text before and after."""

    place: str
    number: int
    at: dt.datetime
    author: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class ReviewReader:
    """A leader it was sent to; `read_at` None = not opened yet."""

    account: str
    person: str
    read_at: dt.datetime | None


def _visible(principal: Principal) -> list[Any]:
    principal.require(*READERS)
    return [review.c.state.in_(FOR_LEADERS)] if principal.role == "leader" else []


def reviews(principal: Principal, connection: Connection, *, with_replaced: bool = False) -> list[ReviewLine]:
    """Every review the principal may see, the newest month and generation first."""
    c, r = review.c, review_reader.c
    names = [f for f in ReviewLine.__dataclass_fields__ if f not in ("readers", "read")]
    counted = (
        select(r.review, func.count().label("readers"), func.count(r.read_at).label("read"))
        .group_by(r.review)
        .subquery()
    )
    statement = (
        select(*(c[name] for name in names), counted.c.readers, counted.c.read)
        .select_from(review.outerjoin(counted, counted.c.review == c.number))
        .where(*_visible(principal))
        .order_by(c.month.desc(), c.generation.desc())
    )
    if not with_replaced:
        statement = statement.where(c.state != "replaced")
    return [
        ReviewLine(**{**row._mapping, "readers": row.readers or 0, "read": row.read or 0})
        for row in fetch(connection, statement)
    ]


def one_review(principal: Principal, connection: Connection, number: str) -> Review | None:
    """One review by its number; None if there is none, or none the principal may see."""
    names = Review.__dataclass_fields__
    statement = select(*(review.c[name] for name in names)).where(
        review.c.number == number, *_visible(principal)
    )
    row = connection.execute(statement).first()
    return Review(**row._mapping) if row else None


def newest_review(principal: Principal, connection: Connection, month: str) -> Review | None:
    """The last generation of a month that the principal may see."""
    names = Review.__dataclass_fields__
    statement = (
        select(*(review.c[name] for name in names))
        .where(review.c.month == month, *_visible(principal))
        .order_by(review.c.generation.desc())
        .limit(1)
    )
    row = connection.execute(statement).first()
    return Review(**row._mapping) if row else None


def review_events(principal: Principal, connection: Connection, number: str) -> list[ReviewEvent]:
    """The steps of a review in order."""
    if one_review(principal, connection, number) is None:
        return []
    c = review_event.c
    statement = select(*(c[name] for name in ReviewEvent.__dataclass_fields__))
    rows = connection.execute(statement.where(c.review == number).order_by(c.number))
    return [ReviewEvent(**row._mapping) for row in rows]


def review_edits(principal: Principal, connection: Connection, number: str) -> list[ReviewEdit]:
    """Changes of its sentences, the oldest first."""
    if one_review(principal, connection, number) is None:
        return []
    c = review_edit.c
    statement = select(*(c[name] for name in ReviewEdit.__dataclass_fields__))
    rows = connection.execute(statement.where(c.review == number).order_by(c.at, c.place, c.number))
    return [ReviewEdit(**row._mapping) for row in rows]


def review_readers(principal: Principal, connection: Connection, number: str) -> list[ReviewReader]:
    """Whom it was sent to, by name; a leader sees only whether he himself has."""
    if one_review(principal, connection, number) is None:
        return []
    c = review_reader.c
    statement = select(c.account, c.person, c.read_at).where(c.review == number).order_by(c.person, c.account)
    if principal.role == "leader":
        statement = statement.where(c.account == principal.account)
    return [ReviewReader(**row._mapping) for row in connection.execute(statement)]


def corrections(principal: Principal, connection: Connection, number: str) -> list[Review]:
    """The errata of a signed review, the oldest first; not those that were generated again."""
    names = Review.__dataclass_fields__
    statement = (
        select(*(review.c[name] for name in names))
        .where(review.c.corrects == number, review.c.state != "replaced", *_visible(principal))
        .order_by(review.c.generation)
    )
    return [Review(**row._mapping) for row in connection.execute(statement)]


def unmended_rows(
    principal: Principal,
    connection: Connection,
    first: dt.date,
    last: dt.date,
    *,
    categories: frozenset[str] | None = None,
) -> dict[str, int]:
    """Rows refused from `first` to `last` and not mended by `last`, by category; none of batches taken back."""
    r, refused, mending = rejected_row.c, batch.c, batch.alias("mending")
    statement = (
        select(r.category, func.count())
        .select_from(
            rejected_row.join(batch, r.receipt == refused.receipt).outerjoin(
                mending, mending.c.receipt == r.mended_by
            )
        )
        .where(
            refused.received_on >= first,
            refused.received_on <= last,
            or_(refused.reverted_on.is_(None), refused.reverted_on > last),
            or_(r.mended_by.is_(None), mending.c.received_on > last),
            *scoped(principal, rejected_row, categories),
        )
        .group_by(r.category)
    )
    return {category: int(count) for category, count in connection.execute(statement)}
