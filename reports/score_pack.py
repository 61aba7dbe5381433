"""The evidence pack for 人事处 (Article 23): the result as a paper and as live formulas, the frozen file, their hashes."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile

from sqlalchemy import Engine

from data_access.commands import assessment_freeze as rows
from data_access.commands.assessment import AssessmentRefused
from data_access.engine import BEIJING, writing
from data_access.principal import Principal
from data_access.queries import assessment as queries
from data_access.queries.assessment import Frozen
from data_access.queries.status import base_kind
from metrics.score import canonical, parse, read, score_year
from metrics.score.life import figures, frozen_file
from reports.papers import to_pdf
from reports.score_paper import score_paper
from reports.score_workbook import workbook

UNPRINTED = ("due_items", "dropped", "versions", "days", "obligations")
"""Lists of the result that stand in the pack as facts, not as figures of the score."""


def file_name(year: int, revision: int | None = None) -> str:
    return f"考核证据包_{year}年度" + (f"_第{revision}次结果" if revision else "") + ".zip"


def number(frozen: Frozen) -> str:
    """Under which the pack is registered, once a revision."""
    return f"考核证据〔{frozen.year}〕{frozen.revision}号"


def title(frozen: Frozen) -> str:
    return f"{frozen.year} 年度大数据中心考核结果（第 {frozen.revision} 次结果，封存日 {frozen.freeze_on}）"


def issue(engine: Engine, who: Principal, year: int, *, at: dt.datetime) -> tuple[str, bytes]:
    """The pack of the revision in force, registered as issued: a later correction names its figures.

    Raises:
        AssessmentRefused: the year is not frozen.
    """
    who.require("office", "operations")
    with writing(engine) as connection:
        frozen = queries.frozen(who, connection, year)
        if frozen is None:
            raise AssessmentRefused(f"{year} 年度还没有封存，不能出具证据包。请先封存。")
        if number(frozen) not in {p.number for p in queries.papers(who, connection, year)}:
            rows.issue_paper(
                who, connection, number=number(frozen), kind="evidence_pack", title=title(frozen), year=year,
                revision=frozen.revision or 1, sha256=frozen.sha256, figures=printed(frozen), at=at,
            )  # fmt: skip
        is_demo = base_kind(who, connection) == "demo"
    return file_name(year, frozen.revision), pack(frozen, is_demo=is_demo)


def frozen_moment(frozen: Frozen) -> dt.datetime:
    """What the paper's file properties say: noon of the day of the freeze."""
    return dt.datetime.combine(frozen.freeze_on, dt.time(12), BEIJING)


def printed(frozen: Frozen) -> dict[str, str | None]:
    """The figures the pack states, by their place in the result."""
    return {
        place: value
        for place, value in figures(parse(frozen.result)).items()
        if not any(f"/{name}/" in place for name in UNPRINTED)
    }


def pack(frozen: Frozen, *, is_demo: bool) -> bytes:
    """A zip; the same revision gives the same content."""
    paper = score_paper(frozen, title=title(frozen), number=number(frozen), is_demo=is_demo)
    year = score_year(read(parse(frozen.inputs)))
    files = {
        f"考核结果_{frozen.year}.pdf": to_pdf(paper, frozen_moment(frozen)),
        f"考核得分_{frozen.year}.xlsx": workbook(year, title=title(frozen), sha256=frozen.sha256),
        f"考核封存_{frozen.year}.json": canonical(frozen_file(frozen)).encode(),
        f"考核输入_{frozen.year}.json": frozen.inputs.encode(),
    }
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    said = (
        f"{title(frozen)}\n输入 SHA-256：{frozen.sha256}\n"
        f"核对：manage.py score verify 考核封存_{frozen.year}.json\n"
        "“考核输入”文件的 SHA-256 即上面的输入哈希；xlsx 中的得分是公式，重新计算应得到同样的数。\n"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr("SHA256SUMS.txt", sums)
        archive.writestr("说明.txt", said)
    return buffer.getvalue()
