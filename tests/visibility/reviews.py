"""The monthly review's reads and writes for the walks over all roles: one row each, as in their own files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine

from data_access.commands import reviews as commands
from data_access.engine import writing
from data_access.principal import Principal
from data_access.queries import reviews as queries
from data_access.review_tables import review, review_edit, review_event, review_reader

AT = dt.datetime(2026, 3, 6, 4, tzinfo=dt.UTC)
NUMBER = "2026-02.1"
DAY = dt.date(2026, 10, 9)
WRITERS, TEAM, OFFICE = {"operations", "office"}, {"operations"}, {"office"}
SNAPSHOT = commands.Snapshot("2026-01", dt.date(2026, 2, 5), "{}", "0" * 64, 1)
Act = Callable[[Engine, Principal], Any]
REFUSED = commands.ReviewRefused


def _in(act: Callable[[Principal, Connection], Any]) -> Act:
    def run(made: Engine, who: Principal) -> Any:
        with writing(made) as connection:
            return act(who, connection)

    return run


COMMANDS: dict[str, tuple[set[str], Act]] = {
    "reviews.store_review": (WRITERS, _in(lambda w, c: commands.store_review(w, c, SNAPSHOT, at=AT))),
    "reviews.edit_sentence": (
        WRITERS,
        _in(lambda w, c: commands.edit_sentence(w, c, "no", "city/late", "", "x", at=AT)),
    ),
    "reviews.check_review": (TEAM, _in(lambda w, c: commands.check_review(w, c, "no", at=AT))),
    "reviews.sign_review": (
        OFFICE,
        _in(
            lambda w, c: commands.sign_review(
                w, c, "no", "{}", "0", edits=0, data_version=0, score_version=0, at=AT
            )
        ),
    ),
    "reviews.send_review": (OFFICE, _in(lambda w, c: commands.send_review(w, c, "no", at=AT))),
    "reviews.archive_review": (OFFICE, _in(lambda w, c: commands.archive_review(w, c, "no", at=AT))),
    "reviews.record_reading": ({"leader"}, _in(lambda w, c: commands.record_reading(w, c, "no", at=AT))),
}


def fill(connection: Connection) -> None:
    """One review that was sent, with a step, an edit, a reader, and its erratum."""
    for number, generation, corrects in ((NUMBER, 1, None), ("2026-02.2", 2, NUMBER)):
        connection.execute(
            review.insert().values(
                number=number, month="2026-02", generation=generation, state="sent", as_of=dt.date(2026, 3, 5),
                generated_at=AT, generated_by="系统", data_version=1, snapshot="{}", sha256="0" * 64,
                corrects=corrects, reason="",
            )
        )  # fmt: skip
    connection.execute(
        review_event.insert().values(
            review=NUMBER, number=1, at=AT, actor="x", account="", to_state="sent", note=""
        )
    )
    connection.execute(
        review_edit.insert().values(
            review=NUMBER, place="city/late", number=1, at=AT, author="x", account="", was="a", now="b"
        )
    )
    connection.execute(review_reader.insert().values(review=NUMBER, account="leader", person="x"))


def reads(seen: Callable[..., Any], own: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """Read → what it shows of departments: a review shows all of them, so one stands for each."""

    def every(found: Any) -> list[Any]:
        return [seen(department="industry") for _ in found]

    return {
        "reviews.reviews": lambda w, c, r: every(queries.reviews(w, c)),
        "reviews.one_review": lambda w, c, r: every(filter(None, [queries.one_review(w, c, NUMBER)])),
        "reviews.newest_review": lambda w, c, r: every(
            filter(None, [queries.newest_review(w, c, "2026-02")])
        ),
        "reviews.review_events": lambda w, c, r: every(queries.review_events(w, c, NUMBER)),
        "reviews.review_edits": lambda w, c, r: every(queries.review_edits(w, c, NUMBER)),
        "reviews.review_readers": lambda w, c, r: every(queries.review_readers(w, c, NUMBER)),
        "reviews.corrections": lambda w, c, r: every(queries.corrections(w, c, NUMBER)),
        "reviews.unmended_rows": lambda w, c, r: [
            seen(category, w.unit if w.role in ("district", "affiliated") else None)
            for category in queries.unmended_rows(w, c, DAY, DAY, categories=own(w, c))
        ],
    }
