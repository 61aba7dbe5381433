"""The errata list (更正清单): everything issued that a revision of a frozen score touches, and what was done about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from data_access.commands.errata import CIRCULAR, PACK, PACK_RECIPIENT, REVIEW
from data_access.principal import Principal
from data_access.queries import assessment as queries, circulars, reviews
from data_access.queries.assessment import Erratum, Paper
from reports import circular_words, review_words
from reports.assessment_words import place_words
from reports.words import department_name, unit_name
from ui import formats

KIND_NAMES = {PACK: "考核证据包", REVIEW: "调度报表", CIRCULAR: "通报"}
TO_COME = {PACK: "待出具新的证据包", REVIEW: "待出更正"}


@dataclass(frozen=True)
class Issued:
    """The erratum of a paper: what it is, when it went out, to whom; the last two empty while it is to come."""

    name: str
    at: dt.datetime | None = None
    to: str = ""


@dataclass(frozen=True)
class Line:
    """One issued figure and its erratum, in words."""

    paper: Paper
    figure: str
    was: str
    now: str
    revision: int
    issued: Issued
    address: str

    @property
    def basis(self) -> str:
        """The result in force when the paper was issued."""
        return f"第 {self.paper.revision} 次结果" if self.paper.revision else "封存前"


def read_errata(who: Principal, connection: Connection, year: int) -> list[Line]:
    """Every touched figure of the year, by revision, paper and place.

    Raises:
        Forbidden: whoever does not see every department.
    """
    found = queries.errata(who, connection, year)
    if not found:
        return []
    papers = queries.errata_papers(who, connection, year)
    packs = [p for p in queries.papers(who, connection, year) if p.kind == PACK]
    by_number = {c.number: c for c in circulars.circulars(who, connection)}
    words: dict[tuple[str, int], _Words | None] = {}
    lines = []
    for one in found:
        paper, key = papers[one.paper], (one.paper, one.revision)
        if key not in words:
            make = {REVIEW: _review, CIRCULAR: _circular}.get(paper.kind)
            words[key] = make(who, connection, by_number, one) if make else _pack(packs, paper, one)
        if (said := words[key]) is not None:
            lines.append(said.line(paper, one))
    return lines


@dataclass(frozen=True)
class _Words:
    """How one paper's figures are said, and its erratum."""

    issued: Issued
    address: str
    said: Any
    """``said(place, value)`` → (which figure, value in words)."""

    def line(self, paper: Paper, one: Erratum) -> Line:
        figure, was = self.said(one.place, one.was)
        return Line(
            paper, figure, was, self.said(one.place, one.now)[1], one.revision, self.issued, self.address
        )


def _pack(packs: Sequence[Paper], paper: Paper, one: Erratum) -> _Words:
    later = next((p for p in packs if p.revision >= one.revision), None)
    issued = (
        Issued(later.number, later.issued_at, unit_name(PACK_RECIPIENT)) if later else Issued(TO_COME[PACK])
    )
    return _Words(
        issued if paper.kind == PACK else Issued("—"), "",
        lambda place, value: (place_words(place), value if value is not None else formats.MISSING),
    )  # fmt: skip


def _review(who: Principal, connection: Connection, _: Any, one: Erratum) -> _Words | None:
    """None for a leader whom it was not sent to yet."""
    number = one.paper
    row = reviews.one_review(who, connection, number)
    if row is None:
        return None
    of = review_words.shown(row, [])
    next_ = next(
        (r for r in reviews.corrections(who, connection, number) if r.generated_at >= one.listed_at), None
    )
    issued = Issued(TO_COME[REVIEW])
    if next_ is not None:
        readers = len(reviews.review_readers(who, connection, next_.number))
        to = f"局领导 {readers} 人" if next_.sent_at else ""
        issued = Issued(f"{next_.number} 号（{next_.state_name}）", next_.sent_at, to)
    return _Words(
        issued, f"/review?id={number}",
        lambda place, value: (review_words.place_name(of, place), review_words.written(place, value)),
    )  # fmt: skip


def _circular(who: Principal, connection: Connection, by_number: Any, one: Erratum) -> _Words:
    code = by_number[one.paper].code
    items = {i.number: i for i in circulars.items(who, connection, [code])}
    to = formats.listed(unit_name(unit) for unit, _ in circulars.addressees(who, connection, code))

    def said(place: str, value: str | None) -> tuple[str, str]:
        item = items[int(place.removeprefix("items/"))]
        figure = f"{department_name(item.department)} · {circular_words.subject(item)}"
        return figure, circular_words.value_words(
            item.indicator, Decimal(value) if value is not None else None
        )

    return _Words(Issued("更正说明", one.listed_at, to), f"/circulars?id={code}", said)


def of_review(who: Principal, connection: Connection, number: str) -> str:
    """What the errata list says of one review; empty if nothing."""
    reason = reason_of(who, connection, number)
    return f"{reason}，须出更正。" if reason else ""


def reason_of(who: Principal, connection: Connection, number: str) -> str:
    """Why a review needs an erratum, by the errata list; empty if it stands on none."""
    found = queries.errata_of(who, connection, number)
    papers = queries.errata_papers(who, connection, found[-1].year) if found else {}
    if not found or papers[number].kind != REVIEW:
        return ""
    last = found[-1]
    places = {e.place for e in found if (e.year, e.revision) == (last.year, last.revision)}
    return f"{last.year} 年度考核第 {last.revision} 次结果改变其中 {len(places)} 个数字"


def errata_sentence(lines: Sequence[Line]) -> str:
    """How much of what was issued the corrections touch, and what is still to be issued."""
    papers = {line.paper.number: line for line in lines}
    waiting = {line.paper.number for line in lines if line.issued.at is None}
    words = f"更正清单：涉及已出具的 {len(papers)} 份文件、{len(lines)} 个数字"
    return words + (f"；{len(waiting)} 份待出更正。" if waiting else "，更正均已出具。")


def errata_rows(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The list as page, CSV and xlsx show it."""
    return [
        {
            "文件": f"{KIND_NAMES.get(line.paper.kind, '文件')} {line.paper.number}",
            "出具": formats.clock(line.paper.issued_at),
            "依据": line.basis,
            "数字": line.figure,
            "原为": line.was,
            "更正为": line.now,
            "更正依据": f"第 {line.revision} 次结果",
            "更正文书": line.issued.name,
            "更正出具": formats.missing(line.issued.at, formats.clock),
            "发给": line.issued.to or formats.MISSING,
        }
        for line in lines
    ]
