"""The reads and writes of circulars and notices for the walks over all roles: one of each, as in their own files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine

import catalog
from data_access.assessment_tables import erratum, paper
from data_access.circular_tables import (
    circular,
    circular_event,
    circular_item,
    circular_recipient,
    notice,
)
from data_access.commands import circular_replies as replies, circulars as commands, notices
from data_access.engine import writing
from data_access.principal import Principal
from data_access.queries import circulars as queries, notices as notice_queries

AT = dt.datetime(2026, 11, 6, 4, tzinfo=dt.UTC)
DAY, CODE = dt.date(2026, 10, 31), "T2026-001"
TO = ("mass_sport", "500103")
"""Whom the circular is for: one department, one district; not the units that walk beside them."""
WRITERS, OFFICE, TEAM = {"operations", "office"}, {"office"}, {"operations"}
UNITS = {"department", "district", "affiliated", "office"}
SAID = commands.Said("mass_sport", None, "late_items", None, None)
DRAFT = commands.Draft("reminder", "标题", "", DAY, DAY, DAY, (SAID,))
MESSAGE = notices.Message("key", "office", "plan", "calm", "x", "x", "/plans")
Act = Callable[[Engine, Principal], Any]
REFUSED = commands.CircularRefused


def _in(act: Callable[[Principal, Connection], Any]) -> Act:
    def run(made: Engine, who: Principal) -> Any:
        with writing(made) as connection:
            return act(who, connection)

    return run


COMMANDS: dict[str, tuple[set[str], Act]] = {
    "circulars.save_draft": (WRITERS, _in(lambda w, c: commands.save_draft(w, c, DRAFT, code="no", at=AT))),
    "circulars.approve": (OFFICE, _in(lambda w, c: commands.approve(w, c, "no", at=AT))),
    "circulars.issue": (WRITERS, _in(lambda w, c: commands.issue(w, c, "no", at=AT))),
    "circulars.withdraw": (OFFICE, _in(lambda w, c: commands.withdraw(w, c, "no", reason="x", at=AT))),
    "circulars.close": (OFFICE, _in(lambda w, c: commands.close(w, c, "no", at=AT))),
    "circular_replies.receive": (UNITS, _in(lambda w, c: replies.receive(w, c, "no", at=AT))),
    "circular_replies.reply": (UNITS, _in(lambda w, c: replies.reply(w, c, "no", "x", at=AT))),
    "circular_replies.send_back": (
        OFFICE,
        _in(lambda w, c: replies.send_back(w, c, "no", "mass_sport", reason="x", at=AT)),
    ),
    "circular_replies.close_line": (OFFICE, _in(lambda w, c: replies.close_line(w, c, "no", "x", at=AT))),
    "circular_replies.settle_items": (WRITERS, _in(lambda w, c: replies.settle_items(w, c, [], at=AT))),
    "circular_replies.mark_overdue": (WRITERS, _in(lambda w, c: replies.mark_overdue(w, c, at=AT))),
    "notices.notify": (UNITS | TEAM, _in(lambda w, c: notices.notify(w, c, [MESSAGE], at=AT))),
    "notices.remind": (TEAM, _in(lambda w, c: notices.remind(w, c, [], at=AT))),
    "notices.settle": (UNITS | TEAM, _in(lambda w, c: notices.settle(w, c, "none", at=AT))),
    "notices.mark_read": (UNITS | TEAM | {"leader"}, _in(lambda w, c: notices.mark_read(w, c, ["no"], at=AT))),
    "notices.claim_mail": (TEAM, _in(lambda w, c: notices.claim_mail(w, c, ["none"], since=AT, at=AT))),
    "notices.keep_mailed": (TEAM, _in(lambda w, c: notices.keep_mailed(w, c, ["no"], at=AT))),
    "notices.release_mail": (TEAM, _in(lambda w, c: notices.release_mail(w, c, ["no"]))),
}  # fmt: skip
INSIDE_A_STEP = {"circulars.row_of", "circulars.move", "circulars.record"}
"""Shared pieces of the commands above, run after they have asked who it is."""


def fill(connection: Connection) -> None:
    """One issued circular for `TO`, with a line and a step of each, and one notice a scope."""
    connection.execute(
        circular.insert().values(
            code=CODE, year=2026, serial=1, kind="reminder", state="issued", title="x", body="", first=DAY, last=DAY,
            as_of=DAY, reply_due=DAY, drafted_at=AT, drafted_by="x", drafted_account="x", issued_at=AT,
        )
    )  # fmt: skip
    connection.execute(
        circular_item.insert().values(
            circular=CODE, number=1, department="mass_sport", indicator="late_items", state="open"
        )
    )
    number = "通报〔2026〕1号"
    connection.execute(
        paper.insert().values(
            number=number, kind="circular", title="x", year=2026, revision=0, sha256="", issued_at=AT, issued_by="x"
        )
    )  # fmt: skip
    connection.execute(
        erratum.insert().values(
            paper=number, place="items/1", revision=2, year=2026, was="1", now="0", listed_at=AT
        )
    )
    for number, unit in enumerate(TO, 1):
        connection.execute(
            circular_recipient.insert().values(
                circular=CODE, unit=unit, must_reply=1, state="issued", reply_due=DAY
            )
        )
        connection.execute(
            circular_event.insert().values(
                circular=CODE, number=number, unit=unit, at=AT, actor="x", account="x", to_state="issued", note=""
            )
        )  # fmt: skip
    for unit in ("office", *TO):
        connection.execute(
            notice.insert().values(
                key=unit, scope=notices.scope_of(unit), kind="due", level="calm", subject=unit, words="x",
                address="/own", at=AT,
            )
        )  # fmt: skip


def reads(seen: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """Read → whose rows it shows; a whole circular is everybody's it is for, and nobody else's."""

    def of(unit: str) -> Any:
        is_department = unit in catalog.default().department_by_code
        return seen(department=unit) if is_department else seen(unit=unit)

    def whole(who: Principal, found: Any) -> list[Any]:
        addressed = who.unit in TO or who.role in ("office", "operations", "leader")
        return [of(who.unit if who.unit in TO else TO[0] if addressed else TO[1]) for _ in found or ()]

    return {
        "circulars.circulars": lambda w, c, r: whole(w, queries.circulars(w, c)),
        "circulars.one_circular": lambda w, c, r: whole(w, [x for x in [queries.one_circular(w, c, CODE)] if x]),
        "circulars.items": lambda w, c, r: whole(w, queries.items(w, c)),
        "circulars.item_errata": lambda w, c, r: whole(w, queries.item_errata(w, c, CODE)),
        "circulars.addressees": lambda w, c, r: whole(w, queries.addressees(w, c, CODE)),
        "circulars.recipients": lambda w, c, r: [of(x.unit) for x in queries.recipients(w, c)],
        "circulars.steps": lambda w, c, r: [of(x.unit) for x in queries.steps(w, c, CODE)],
        "circulars.open_replies": lambda w, c, r: [of(x.unit) for x in queries.open_replies(w, c)],
        "circulars.next_serial": lambda w, c, r: [of("office") for _ in [queries.next_serial(w, c, 2026)]],
        "notices.notices": lambda w, c, r: [of(x.subject) for x in notice_queries.notices(w, c)],
        "notices.unread_count": lambda w, c, r: [of(w.unit)] * notice_queries.unread_count(w, c),
    }  # fmt: skip
