"""The steps of a monthly review that need its figures: generate, generate again, correct, sign.

Reading comes first, in one snapshot of the base; the step that follows refuses if a
person or the data were quicker.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Engine

from data_access.clock import day_of
from data_access.commands import reviews as commands
from data_access.commands.reviews import ReviewRefused, Snapshot
from data_access.engine import BEIJING, reading, writing
from data_access.principal import Principal
from data_access.queries import reviews as queries
from data_access.queries.plans import plan_basis
from data_access.queries.reviews import Review
from data_access.versions import data_versions
from metrics.corrections import Corrections
from metrics.review import cut_of, differences, document, month_before, newest_month
from metrics.review_sentences import current, with_sentences
from metrics.score.canonical import canonical, parse, sha256

Json = dict[str, Any]
MONTHS_BACK = 12
"""How far an outage is caught up: a review of an earlier month nobody would read."""


def generate(engine: Engine, who: Principal, month: str, *, reason: str = "", at: dt.datetime) -> str:
    """The month's review (again, with a `reason`, as long as it is not signed); its number.

    Raises:
        ReviewRefused: the month's data are not due yet, nothing changed, or it is signed.
    """
    who.require("operations", "office")
    _need_month(month, day_of(at))
    with reading(engine) as connection:
        standing = queries.newest_review(who, connection, month)
        snapshot = _snapshot(who, connection, month, day_of(at))
    if standing is not None and standing.is_open and not _changes(standing, snapshot):
        raise ReviewRefused(f"数据没有变化，与第 {standing.number} 号一致，不需要重新生成。")
    with writing(engine) as connection:
        return commands.store_review(who, connection, snapshot, reason=reason, at=at)


def build(engine: Engine, who: Principal, month: str, *, at: dt.datetime) -> tuple[str, bool]:
    """The month's review for a command that may be given twice: (number, whether it is new).

    What is signed, and what would say the same, stays.
    """
    who.require("operations", "office")
    _need_month(month, day_of(at))
    with reading(engine) as connection:
        standing = queries.newest_review(who, connection, month)
        if standing is not None:
            snapshot = _snapshot(who, connection, month, day_of(at))
            if not standing.is_open or not _changes(standing, snapshot):
                return standing.number, False
    reason = "按最新数据重新生成" if standing is not None else ""
    return generate(engine, who, month, reason=reason, at=at), True


def correct(engine: Engine, who: Principal, number: str, *, reason: str, at: dt.datetime) -> str:
    """An erratum of a signed review: the same position as known today, with a life of its own.

    Raises:
        ReviewRefused: not signed, an erratum is under way, or no figure differs.
    """
    who.require("operations", "office")
    with reading(engine) as connection:
        wrong = _found(who, connection, number)
        if wrong.signed_at is None:
            raise ReviewRefused(f"{number} 号还没有签发，请重新生成，不需要更正。")
        last = queries.newest_review(who, connection, wrong.month)
        assert last is not None
        if last.is_open:
            raise ReviewRefused(f"{number} 号的更正 {last.number} 正在办理，办结后再提出。")
        if last.number != number:
            raise ReviewRefused(f"{number} 号已由 {last.number} 更正。请对 {last.number} 提出更正。")
        snapshot = _snapshot(who, connection, wrong.month, day_of(at))
    if not _changes(wrong, snapshot):
        raise ReviewRefused(f"按今天已知的数据重算，与 {number} 号每个数字一致，没有要更正的内容。")
    with writing(engine) as connection:
        return commands.store_review(who, connection, snapshot, corrects=number, reason=reason, at=at)


def errata_drafts(
    who: Principal,
    connection: Connection,
    numbers: Iterable[str],
    corrections: Corrections,
    *,
    at: dt.datetime,
) -> dict[str, Snapshot]:
    """What the errata of signed reviews say with corrected facts that are to come in force; by number.

    A review whose erratum is under way has none: that one is generated again before it is signed.
    """
    found = {}
    for number in numbers:
        wrong = _found(who, connection, number)
        if not _is_last(who, connection, wrong):
            continue
        snapshot = _snapshot(who, connection, wrong.month, day_of(at), corrections)
        if _changes(wrong, snapshot):
            found[number] = snapshot
    return found


def store_errata(
    who: Principal, connection: Connection, drafts: Mapping[str, Snapshot], *, reason: str, at: dt.datetime
) -> list[str]:
    """Generate these errata in the caller's transaction; their numbers. They are checked, signed, sent like others."""
    who.require("office")
    return [
        commands.store_review(who, connection, snapshot, corrects=number, reason=reason, at=at)
        for number, snapshot in drafts.items()
        if _is_last(who, connection, _found(who, connection, number))
    ]


def generate_missing(engine: Engine, who: Principal, *, at: dt.datetime) -> list[str]:
    """Every review that is due and was never generated, the oldest first; their numbers.

    A month before the first approved plan has nothing to compare and gets none.
    """
    who.require("operations", "office")
    with reading(engine) as connection:
        present = {line.month for line in queries.reviews(who, connection, with_replaced=True)}
        month, missing = newest_month(day_of(at)), list[str]()
        for _ in range(1 if not present else MONTHS_BACK):
            if month in present:
                break
            if plan_basis(who, connection, int(month[:4]), cut_of(month)).newest_version > 0:
                missing.append(month)
            month = month_before(month)
    made = []
    for month in reversed(missing):
        try:
            made.append(generate(engine, who, month, at=at))
        except ReviewRefused:  # another worker was quicker
            continue
    return made


def sign(engine: Engine, who: Principal, number: str, *, note: str = "", at: dt.datetime) -> None:
    """Sign a checked review whose figures still are those of the base.

    Raises:
        ReviewRefused: not checked, or the data changed since it was generated.
    """
    who.require("office")
    with reading(engine) as connection:
        row = _found(who, connection, number)
        edits = queries.review_edits(who, connection, number)
        versions = data_versions(who, connection)
        now = document(who, connection, row.month, day_of(at))
    found = differences(parse(row.snapshot), now)
    if row.is_open and found:
        raise ReviewRefused(
            f"生成后数据有变化（{len(found)} 处数字不同），没有签发。请重新生成，核对后再签发。"
        )
    texts = current(parse(row.snapshot), [(e.place, e.now) for e in edits])
    text = canonical(
        {
            "number": number, "snapshot_sha256": row.sha256, "signed_by": who.name,
            "signed_at": at.astimezone(BEIJING).isoformat(timespec="seconds"),
            "sentences": [{"place": place, "text": words} for place, words in texts.items()],
        }
    )  # fmt: skip
    with writing(engine) as connection:
        commands.sign_review(
            who, connection, number, text, sha256(parse(text)), edits=len(edits),
            data_version=versions["records"], score_version=versions.get("assessment", 0), note=note, at=at,
        )  # fmt: skip


def edit(
    engine: Engine, who: Principal, number: str, place: str, was: str, text: str, *, at: dt.datetime
) -> bool:
    """Change one drafted sentence; whether it changed.

    Raises:
        ReviewRefused: no such sentence, signed, or changed by somebody else meanwhile.
    """
    who.require("operations", "office")
    with writing(engine) as connection:
        row = _found(who, connection, number)
        drafts = {s["place"]: s["text"] for s in parse(row.snapshot)["sentences"]}
        edits = [e for e in queries.review_edits(who, connection, number) if e.place == place]
        if place not in drafts:
            raise ReviewRefused(f"{number} 号没有语句「{place}」，没有保存。请刷新页面。")
        if not edits and drafts[place] != was:
            raise ReviewRefused("这条语句与系统中的不一致，没有保存。请刷新页面后重新修改。")
        return commands.edit_sentence(who, connection, number, place, was, text, at=at)


def corrected_figures(
    who: Principal, connection: Connection, erratum: Review
) -> list[tuple[str, str | None, str | None]]:
    """(place, as signed, as corrected) of every figure an erratum changes."""
    if erratum.corrects is None:
        return []
    wrong = queries.one_review(who, connection, erratum.corrects)
    return differences(parse(wrong.snapshot), parse(erratum.snapshot)) if wrong else []


# ---------------------------------------------------------------- what the steps share


def _snapshot(
    who: Principal,
    connection: Connection,
    month: str,
    known_on: dt.date,
    corrections: Corrections | None = None,
) -> Snapshot:
    made = with_sentences(document(who, connection, month, known_on, corrections))
    version = data_versions(who, connection)["records"]
    return Snapshot(month, cut_of(month), canonical(made), sha256(made), version)


def _is_last(who: Principal, connection: Connection, signed: Review) -> bool:
    """Whether nothing of its month was generated after it."""
    last = queries.newest_review(who, connection, signed.month)
    return last is not None and last.number == signed.number


def _changes(standing: Review, snapshot: Snapshot) -> bool:
    return bool(differences(parse(standing.snapshot), parse(snapshot.content)))


def _found(who: Principal, connection: Connection, number: str) -> Review:
    row = queries.one_review(who, connection, number)
    if row is None:
        raise ReviewRefused(f"没有 {number} 号调度报表。请核对编号，或用 manage.py review list 查看。")
    return row


def _need_month(month: str, today: dt.date) -> None:
    try:
        dt.date.fromisoformat(f"{month}-01")
        is_due = len(month) == 7 and today > cut_of(month)
    except ValueError:
        raise ReviewRefused(f"月份「{month}」应写成 YYYY-MM，例如 2026-10。") from None
    if not is_due:
        day = cut_of(month) + dt.timedelta(days=1)
        raise ReviewRefused(
            f"{month} 的数据到 {cut_of(month)} 才到期，现在不能生成。请在 {day} 及以后生成；到日会自动生成。"
        )
