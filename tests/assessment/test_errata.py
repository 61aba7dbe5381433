"""After the freeze a revision changes a number; everything issued with the old one is listed, corrected and told."""

from __future__ import annotations

import datetime as dt
import io
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import docx
import pytest
from sqlalchemy import Engine, event

import manage
from data_access.commands import assessment_facts as facts, circulars, plans, reviews as review_steps
from data_access.commands.circulars import CircularRefused
from data_access.commands.notices import mark_read
from data_access.commands.reviews import ReviewRefused
from data_access.engine import engine, reading
from data_access.principal import OFFICE, Principal
from data_access.queries import assessment as queries, circulars as circular_queries, notices
from data_access.queries.reviews import one_review
from metrics import circular_life, review_life, score
from metrics.score import life
from reports import circular_erratum, errata_words, score_pack
from tests.assessment.people import LI, MASS, TEAM, YEAR, YOUTH, ZHANG, at, content, do, in_force
from tests.delivery.histories import send
from tests.helpers import pdf
from tests.helpers.rows import valid_rows
from tests.helpers.signed_in import open_account
from tests.pages.opening import MASS_SPORT, OFFICE as BUREAU, on_base, open_page, words

__all__ = ["on_base"]
PEOPLE, COACH = "mass_sport_personnel", "youth_coach"
LEADER = Principal("leader", "leader", "局领导", "leader1")
PERSONNEL = Principal("department", "personnel", "人事处长", "personnel")
OCTOBER = (dt.date(YEAR, 10, 1), dt.date(YEAR, 10, 31))
LATE = "late_items"


@pytest.fixture(scope="module")
def once_filled(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any]]:
    """A base with all of it, to copy: filling it takes longer than any test of it."""
    path = tmp_path_factory.mktemp("issued") / "filled.db"
    shutil.copy(sqlite_template, path)
    made = engine(f"sqlite:///{path}")
    found = filled(made)
    with made.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    made.dispose()
    return path, found


@pytest.fixture
def issued(once_filled: tuple[Path, dict[str, Any]], embedded: str) -> dict[str, Any]:
    path, found = once_filled
    shutil.copy(path, embedded.removeprefix("sqlite:///"))
    return found | {"made": engine(embedded)}


@pytest.fixture
def issued_on_each(made: Engine) -> dict[str, Any]:
    return filled(made)


def filled(made: Engine) -> dict[str, Any]:
    """
    September's staff came on 10 November, a month late. October's review and two circulars of
    October say so; a third circular and September's review do not speak of it. The year is
    frozen and its pack handed over.
    """
    for category in (PEOPLE, COACH):
        plans.set_plan(made, OFFICE, category, YEAR, 100, approved_on=dt.date(YEAR, 1, 10))
    came = dt.date(YEAR, 11, 10)
    send(made, PEOPLE, valid_rows(PEOPLE, 3, received_on=came), on=came, period="2025-09")
    found: dict[str, Any] = {"made": made, "reviews": [], "circulars": []}
    for month, day in (("2025-09", "2025-10-06"), ("2025-10", "2025-11-06")):
        number, _ = review_life.build(made, TEAM, month, at=at(day))
        do(made, review_steps.check_review, TEAM, number, at=at(day))
        review_life.sign(made, ZHANG, number, at=at(day))
        found["reviews"].append(number)
    for department, category, day in (
        ("mass_sport", PEOPLE, "2025-11-03"), ("mass_sport", None, "2025-11-04"), ("youth_sport", COACH, "2025-11-05"),
    ):  # fmt: skip
        wish = circular_life.Wish(
            "rectification",
            "关于10月数据汇聚情况的通报",
            "",
            *OCTOBER,
            ((department, category, LATE),),
            ("500101",),
        )
        code = circular_life.draft(made, TEAM, wish, at=at(day))
        do(made, circulars.approve, ZHANG, code, at=at(day))
        do(made, circulars.issue, TEAM, code, at=at(day))
        found["circulars"].append(code)
    life.freeze(made, ZHANG, YEAR, at=at("2026-01-20"))
    score_pack.issue(made, ZHANG, YEAR, at=at("2026-01-21"))
    return found


def correct(made: Engine, day: str = "2026-02-02") -> int:
    """It had come in time after all: the receipt of another system says 8 October."""
    entry = facts.Fact(
        YEAR, "adjustment", "mass_sport", "received_on", category=PEOPLE, period="2025-09", value="2025-10-08",
        evidence="平台回执 20251008-17",
    )  # fmt: skip
    in_force(made, entry, day)
    return revise(made, day)


def revise(made: Engine, day: str) -> int:
    number = life.propose_revision(made, ZHANG, YEAR, reason="收到日期有误", at=at(day))
    revision = life.decide_revision(made, LI, YEAR, number, is_approved=True, at=at(day))
    assert revision is not None
    return revision


def errata(made: Engine, revision: int | None = None) -> list[queries.Erratum]:
    with reading(made) as connection:
        return queries.errata(ZHANG, connection, YEAR, revision)


def overdue(document: Any, cut: dt.date, first: dt.date = dt.date(YEAR, 1, 1)) -> Counter[tuple[str, str]]:
    """Items due from `first` to `cut` that had not come by its end, counted from a score's input document."""
    found: Counter[tuple[str, str]] = Counter()
    for department in document["departments"]:
        for category in department["categories"]:
            for item in category["due_items"]:
                if "received_on" in item and first.isoformat() <= item["due_on"] <= cut.isoformat():
                    late = item["received_on"] is None or item["received_on"] > cut.isoformat()
                    is_over = item["due_on"] < cut.isoformat()
                    found[department["code"], category["code"]] += late and is_over
    return found


def test_the_list_is_that_of_a_recomputation_of_everything_issued(issued_on_each: dict[str, Any]) -> None:
    """
    Against brute force: the overdue items of every review and every circular counted anew from
    the frozen documents before and after; and the pack's figures looked up in the new result.
    """
    issued, made = issued_on_each, issued_on_each["made"]
    revision = correct(made)
    listed = {(e.paper, e.place): (e.was, e.now) for e in errata(made, revision)}

    with reading(made) as connection:
        before, after = (queries.frozen(ZHANG, connection, YEAR, revision=n) for n in (1, 2))
        assert before and after
        documents = [score.parse(f.inputs) for f in (before, after)]
        expected: dict[tuple[str, str], tuple[str, str]] = {}
        for number in issued["reviews"]:
            row = one_review(ZHANG, connection, number)
            assert row is not None
            snapshot = score.parse(row.snapshot)
            lines = {f"departments/{d['code']}": d for d in snapshot["departments"]} | {
                "city": snapshot["city"]
            }
            counts = [overdue(document, row.as_of) for document in documents]
            for place, line in lines.items():
                code = place.rpartition("/")[2]
                sums = [sum(n for (d, _), n in c.items() if code in (d, "city")) for c in counts]
                assert line["figures"]["late_items"] == sums[0]
                if sums[0] != sums[1]:
                    expected[number, f"{place}/figures/late_items"] = (str(sums[0]), str(sums[1]))
        for code in issued["circulars"]:
            row = circular_queries.one_circular(ZHANG, connection, code)
            (item,) = circular_queries.items(ZHANG, connection, [code])
            assert row is not None
            counts = [overdue(document, row.as_of, row.first) for document in documents]
            sums = [
                sum(n for (d, c), n in count.items() if d == item.department and item.category in (None, c))
                for count in counts
            ]
            assert item.value == sums[0]
            if sums[0] != sums[1]:
                expected[row.number, f"items/{item.number}"] = (str(sums[0]), str(sums[1]))
        (pack,) = [p.number for p in queries.papers(ZHANG, connection, YEAR) if p.kind == "evidence_pack"]
        result = life.figures(score.parse(after.result))
        for place, value in queries.issued_figures(ZHANG, connection, pack).items():
            if result.get(place) != value:
                expected[pack, place] = (value or "", result.get(place) or "")

    other_figures = ("/light", "/longest_late")
    assert {k: v for k, v in listed.items() if not k[1].endswith(other_figures)} == expected
    assert {paper for paper, _ in listed} == {"2025-10.1", "通报〔2025〕1号", "通报〔2025〕2号", pack}
    with reading(
        made
    ) as connection:  # the review's erratum is drafted with the list, September's review gets none
        draft = one_review(ZHANG, connection, "2025-10.2")
        assert draft is not None and one_review(ZHANG, connection, "2025-09.2") is None
    assert (draft.state, draft.corrects, draft.generated_by) == ("generated", "2025-10.1", LI.name)


def test_the_list_says_from_which_result_and_what_was_done_about_it(issued: dict[str, Any]) -> None:
    """The circular's note goes out with the correction; review and pack wait for their own papers, then are done."""
    made = issued["made"]
    correct(made)

    def lines() -> dict[str, errata_words.Line]:
        with reading(made) as connection:
            return {line.paper.kind: line for line in errata_words.read_errata(ZHANG, connection, YEAR)}

    found = lines()
    assert found["circular"].basis == found["review"].basis == "封存前"
    assert found["evidence_pack"].basis == "第 1 次结果"
    assert found["circular"].figure == "群体处 · 逾期未报"
    assert (found["circular"].issued.name, found["circular"].issued.to) == (
        "更正说明",
        "群体处、万州区",
    )
    assert found["review"].issued.at is None and found["evidence_pack"].issued.at is None
    assert found["review"].issued.name == "2025-10.2 号（已生成）"

    with pytest.raises(ReviewRefused, match=r"2025-10\.2 正在办理"):
        review_life.correct(made, ZHANG, "2025-10.1", reason="再来一次", at=at("2026-02-03"))
    erratum = "2025-10.2"
    do(made, review_steps.check_review, TEAM, erratum, at=at("2026-02-03"))
    review_life.sign(made, ZHANG, erratum, at=at("2026-02-03"))
    open_account(str(made.url.render_as_string(False)), "leader", "leader")
    do(made, review_steps.send_review, ZHANG, erratum, at=at("2026-02-04"))
    score_pack.issue(made, ZHANG, YEAR, at=at("2026-02-05"))

    found = lines()
    assert found["review"].issued.name == "2025-10.2 号（已报送）"
    assert (found["review"].issued.at, found["review"].issued.to) == (at("2026-02-04"), "局领导 1 人")
    assert found["evidence_pack"].issued.name == "考核证据〔2025〕2号"
    with reading(made) as connection:
        whole = errata_words.read_errata(ZHANG, connection, YEAR)
        assert errata_words.errata_sentence(whole).endswith("更正均已出具。")
        changes = review_life.corrected_figures(ZHANG, connection, one_review(ZHANG, connection, erratum))  # type: ignore[arg-type]
    told = {e.place: (e.was, e.now) for e in errata(made) if e.paper == "2025-10.1"}
    assert told == {place: (was, now) for place, was, now in changes if "/figures/" in place}


def test_a_circular_drafted_before_a_revision_is_not_issued_after_it(issued: dict[str, Any]) -> None:
    """It would state the old fact and stand on no list: its author queries again."""
    made = issued["made"]
    wish = circular_life.Wish("reminder", "标题", "", *OCTOBER, (("mass_sport", PEOPLE, LATE),))
    drafted, approved = (circular_life.draft(made, TEAM, wish, at=at("2026-02-01")) for _ in range(2))
    do(made, circulars.approve, ZHANG, approved, at=at("2026-02-01"))
    correct(made)

    with pytest.raises(CircularRefused, match="重新查询并保存"):
        do(made, circulars.approve, ZHANG, drafted, at=at("2026-02-03"))
    with pytest.raises(CircularRefused, match="撤回后重新起草"):
        do(made, circulars.issue, TEAM, approved, at=at("2026-02-03"))
    circular_life.draft(made, TEAM, wish, code=drafted, at=at("2026-02-03"))
    do(made, circulars.approve, ZHANG, drafted, at=at("2026-02-03"))


def test_a_review_signed_while_the_revision_is_decided_is_on_the_list(issued: dict[str, Any]) -> None:
    """The papers are looked for before the transaction; one signed meanwhile is looked for in it."""
    made = issued["made"]
    number, _ = review_life.build(made, TEAM, "2025-11", at=at("2026-01-22"))
    do(made, review_steps.check_review, TEAM, number, at=at("2026-01-22"))
    entry = facts.Fact(
        YEAR, "adjustment", "mass_sport", "received_on", category=PEOPLE, period="2025-10", value="2025-11-04",
        evidence="平台回执 20251104-2",
    )  # fmt: skip
    in_force(made, entry, "2026-02-02")
    proposed = life.propose_revision(made, ZHANG, YEAR, reason="收到日期有误", at=at("2026-02-02"))
    signing = Once(made, lambda: review_life.sign(made, ZHANG, number, at=at("2026-02-02")))
    event.listen(made, "commit", signing)
    try:
        revision = life.decide_revision(made, LI, YEAR, proposed, is_approved=True, at=at("2026-02-02"))
    finally:
        event.remove(made, "commit", signing)

    assert signing.is_done and number in {e.paper for e in errata(made, revision)}


def test_the_list_is_a_command_and_says_who_has_noticed(
    issued: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    made = issued["made"]
    correct(made)
    url = made.url.render_as_string(hide_password=False)

    def run(*words: str) -> tuple[int, Any]:
        code = manage.main(["errata", *words, "--database", url, "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, listed = run("list", "--year", str(YEAR))
    by_number = {one["number"]: one for one in listed}
    circular, review = by_number["通报〔2025〕1号"], by_number["2025-10.1"]
    assert code == 0 and (circular["kind"], circular["revision"], circular["open"]) == ("circular", 2, False)
    assert circular["figures"] == [
        {"figure": "群体处 · 逾期未报（群众体育从业人员）", "was": "1 项", "now": "0 项"}
    ]
    assert {r["name"] for r in circular["recipients"]} == {"群体处", "万州区", "局办公室"}
    assert (review["erratum"], review["open"], review["noticed"]) == ("2025-10.2 号（已生成）", True, False)

    for who in (MASS, Principal("district", "500101", "经办人"), ZHANG):
        with reading(made) as connection:
            keys = [n.key for n in notices.notices(who, connection)]
        do(made, mark_read, who, keys, at=at("2026-02-03"))
    _, open_ = run("list", "--open")
    assert {one["number"] for one in open_} == {"2025-10.1", "考核证据〔2025〕1号"}
    _, listed = run("list")
    assert [one["number"] for one in listed if one["noticed"]] == ["通报〔2025〕1号", "通报〔2025〕2号"]

    assert run("issue", "2025-10.1")[0] == 1  # drafted with the revision already
    code, refused = run("issue", "2025-09.1")
    assert code == 1 and "更正清单中没有调度报表 2025-09.1" in refused["error"]


class Once:
    """What somebody does between the reading and the writing of another: at the first end of a transaction."""

    def __init__(self, made: Engine, act: Any) -> None:
        self.act, self.is_done = act, False

    def __call__(self, connection: Any) -> None:
        if not self.is_done:
            self.is_done = True
            self.act()


def test_every_recipient_is_told_and_nobody_else(issued: dict[str, Any]) -> None:
    made = issued["made"]
    correct(made)
    wanzhou = Principal("district", "500101", "经办人")

    def told(who: Principal) -> set[str]:
        with reading(made) as connection:
            return {n.subject for n in notices.notices(who, connection) if n.kind == "erratum"}

    two = {"通报〔2025〕1号有更正", "通报〔2025〕2号有更正"}
    assert told(MASS) == told(wanzhou) == two
    assert told(YOUTH) == set()
    assert told(PERSONNEL) == {"考核证据〔2025〕1号有更正"}
    assert told(LEADER) == told(TEAM) == {"调度报表 2025-10.1 号有更正"}
    assert told(ZHANG) == told(LEADER) | told(PERSONNEL) | two


def test_the_note_of_a_circular_says_the_old_and_the_new_figure_in_both_forms(issued: dict[str, Any]) -> None:
    """For everybody it was for, and nobody else; the circular itself stays as it was issued."""
    made = issued["made"]
    code = issued["circulars"][0]
    with reading(made) as connection, pytest.raises(CircularRefused, match="没有更正"):
        circular_erratum.erratum_file(MASS, connection, code, "pdf")
    correct(made)

    with reading(made) as connection:
        name, printed = circular_erratum.erratum_file(MASS, connection, code, "pdf")
        _, written = circular_erratum.erratum_file(MASS, connection, code, "docx")
        with pytest.raises(CircularRefused):
            circular_erratum.erratum_file(YOUTH, connection, code, "pdf")
        (item,) = circular_queries.items(MASS, connection, [code])
        steps = circular_queries.steps(MASS, connection, code)
    said = "".join(pdf.pages(printed))
    table = [[cell.text for cell in row.cells] for row in docx.Document(io.BytesIO(written)).tables[0].rows]
    assert name == "通报〔2025〕1号更正说明.pdf" and "关于更正通报〔2025〕1号有关数据的说明" in said
    assert table[1] == ["群体处", "逾期未报（群众体育从业人员）", "1 项", "0 项", "2025 年度考核第 2 次结果"]
    assert "1 项" in said and "0 项" in said
    assert item.value == 1 and any("第 2 次结果" in step.note for step in steps)


def test_a_correction_that_touches_no_fact_of_reviews_and_circulars_lists_the_pack_only(
    issued: dict[str, Any],
) -> None:
    """A deduction changes the score; no review and no circular states it."""
    made = issued["made"]
    in_force(made, content(evidence="复核记录 1 号"), "2026-02-01")
    revision = revise(made, "2026-02-02")

    assert {e.paper for e in errata(made, revision)} == {"考核证据〔2025〕1号"}


def test_what_is_issued_later_states_the_corrected_fact(issued: dict[str, Any]) -> None:
    """A circular drafted after the correction, and the items of those that stand, follow it."""
    made = issued["made"]
    correct(made)
    wish = circular_life.Wish("reminder", "标题", "", *OCTOBER, (("mass_sport", PEOPLE, LATE),))
    code = circular_life.draft(made, TEAM, wish, at=at("2026-02-03"))

    with reading(made) as connection:
        (item,) = circular_queries.items(TEAM, connection, [code])
    assert item.value == 0

    in_force(made, content("industry", evidence="复核记录 2 号"), "2026-03-01")
    again = revise(made, "2026-03-02")
    assert {e.paper for e in errata(made, again)} == {"考核证据〔2025〕1号"}


# ---------------------------------------------------------------- on the pages


def test_the_list_stands_on_the_score_page_and_circular_and_review_lead_to_it(on_base: str) -> None:
    """The list with its files for who sees all; the note for who was told wrong; the figures for nobody else."""
    made = engine(on_base)
    found = filled(made)
    correct(made)
    code = found["circulars"][0]

    page = open_page("assessment.score", BUREAU, view="封存与申诉", year=str(YEAR))
    assert not page.exception and "更正清单：涉及已出具的 4 份文件" in words(page)
    for said in (
        "调度报表 2025-10.1",
        "通报 通报〔2025〕1号",
        "封存前",
        "第 1 次结果",
        "待出更正",
        "更正说明",
    ):
        assert said in words(page)
    assert {f"{ending}.{YEAR}年度考核更正清单" for ending in ("csv", "xlsx")} <= keys(page)

    page = open_page("assessment.circulars", MASS_SPORT, id=code)
    assert not page.exception and "更正 1 项，以更正为准" in words(page)
    assert {"erratum.docx", "erratum.pdf"} <= keys(page)
    assert "通报〔2025〕1号有更正" in words(open_page("overview.notices", MASS_SPORT))

    page = open_page("assessment.review", BUREAU, id="2025-10.1")
    assert not page.exception and "考核更正涉及本期" in words(page) and "view=%E5%B0%81" in words(page)

    page = open_page("assessment.score", MASS_SPORT, view="封存与申诉", year=str(YEAR))
    assert not page.exception and "更正清单" not in words(page)


def keys(page: Any) -> set[str]:
    """Keys of the download buttons on a page."""
    ids = [str(element.proto.id) for element in page.get("download_button")]
    return {i.rpartition("-")[2] for i in ids}
