"""How a year stands for whoever asks: the frozen score where there is one, else the base's own, as of a day.

The ranking needs every department, so the whole year is computed whoever asks; a
department is then shown its own result and place and nobody else's (Article 23).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from data_access.principal import Forbidden, Principal
from data_access.queries import assessment as queries
from data_access.queries.assessment import FreezeHead
from metrics.score.canonical import parse, sha256
from metrics.score.compute import Ranked, Scored, Year, score_year
from metrics.score.document import Document, read
from metrics.score.inputs import freeze_of, from_base
from metrics.score.rules import Rules

Json = dict[str, Any]
SCORER = Principal("operations", "operations", "考核计算")
"""Who the whole year is read as when a department asks for its own part of it."""


@dataclass(frozen=True)
class Place:
    """A department's place; `moved` places up (positive) or down since `since`, None where there was none."""

    code: str
    rank: int
    score: str
    grade: str
    moved: int | None


@dataclass(frozen=True)
class Standing:
    """What somebody may see of a year's score.

    `departments`: those in sight, in the order of Article 8; `places`: theirs, the best
    first; `assessed`: how many have a place in all; `since`: what movement is against;
    `document`: the inputs of the departments in sight.
    """

    year: int
    freeze: dt.date
    sha256: str
    rules: Rules
    departments: tuple[Scored, ...]
    places: tuple[Place, ...]
    assessed: int
    since: str
    frozen: FreezeHead | None
    document: Document

    def of(self, code: str) -> Scored | None:
        return next((d for d in self.departments if d.department.code == code), None)

    def place(self, code: str) -> Place | None:
        return next((p for p in self.places if p.code == code), None)


def document_of(who: Principal, connection: Connection, year: int, as_of: dt.date) -> Json:
    """The year's input document as known on `as_of`: the frozen one from its freeze on, else from the base.

    Raises:
        Forbidden: whoever does not see every department.
    """
    who.require("office", "leader", "operations")
    frozen = queries.frozen(who, connection, year, known_on=as_of)
    return parse(frozen.inputs) if frozen else from_base(who, connection, year, as_of)


def standing(who: Principal, connection: Connection, year: int, as_of: dt.date) -> Standing:
    """The year on `as_of`, with the movement since the month before (a frozen one: since the year before).

    Raises:
        Forbidden: districts, affiliated units and guides, which are not assessed.
    """
    if who.role not in ("office", "leader", "operations", "department"):
        raise Forbidden("考核对象是机关各处室，本单位没有考核得分。数据报送情况请看“本单位”。")
    document = document_of(SCORER, connection, year, as_of)
    whole = score_year(read(document))
    heads = queries.freeze_heads(who, connection, year)
    frozen = next((h for h in reversed(heads) if h.in_force_on(as_of)), None)
    before, since = _before(connection, year, as_of, is_frozen=frozen is not None)
    places = placed(whole, before)
    own = who.unit if who.role == "department" else None
    seen = tuple(d for d in whole.document.departments if own in (None, d.code))
    return Standing(
        year=year,
        freeze=whole.document.freeze,
        sha256=sha256(document),
        rules=whole.document.rule_set,
        departments=tuple(d for d in whole.departments if own in (None, d.department.code)),
        places=tuple(p for p in places if own in (None, p.code)),
        assessed=len(places),
        since=since,
        frozen=frozen,
        document=whole.document.model_copy(update={"departments": seen}),
    )


def placed(whole: Year, before: Year | None = None) -> list[Place]:
    """Every place of a year; movement against another year's (or day's) ranking."""
    earlier = {r.scored.department.code: r.rank for r in before.ranking} if before else {}
    return [_place(ranked, earlier.get(ranked.scored.department.code)) for ranked in whole.ranking]


def _place(ranked: Ranked, earlier: int | None) -> Place:
    scored = ranked.scored
    return Place(
        code=scored.department.code,
        rank=ranked.rank,
        score=str(scored.score),
        grade=scored.grade or "",
        moved=None if earlier is None else earlier - ranked.rank,
    )


def _before(connection: Connection, year: int, as_of: dt.date, *, is_frozen: bool) -> tuple[Year | None, str]:
    """The ranking the movement is measured from."""
    day = min(as_of, freeze_of(year))
    if not is_frozen and day.replace(day=1) > dt.date(year, 1, 1) and day.year == year:
        end = day.replace(day=1) - dt.timedelta(days=1)
        return score_year(read(document_of(SCORER, connection, year, end))), f"{end.month} 月底"
    frozen = queries.frozen(SCORER, connection, year - 1, known_on=as_of)
    return (score_year(read(parse(frozen.inputs))), f"{year - 1} 年度") if frozen else (None, "")
