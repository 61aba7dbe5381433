"""What a review says: the indicators' own figures at one position, and sentences made from them by rules."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from data_access.commands import publishing
from data_access.engine import reading
from data_access.principal import OFFICE, SYSTEM
from metrics import review
from metrics.evaluate import evaluate
from metrics.light import light
from metrics.review_sentences import current, drafted, with_sentences
from metrics.score.canonical import canonical
from tests.delivery.histories import send
from tests.helpers.rows import valid_rows
from tests.review.months import CUT, EVENT, LATER, MONTH, OCTOBER, REFEREE, SIXTH, fill

SIXTH_DAY = SIXTH.date()


def document(made: Engine, known_on: dt.date = SIXTH_DAY, month: str = MONTH) -> review.Json:
    with reading(made) as connection:
        return review.document(SYSTEM, connection, month, known_on)


def of(found: review.Json, code: str) -> review.Json:
    return next(d for d in found["departments"] if d["code"] == code)


def sentences(found: review.Json, owner: str) -> dict[str, str]:
    return {s.place: s.text for s in drafted(found) if s.place.startswith(f"{owner}/")}


@pytest.mark.parametrize(
    ("month", "cut", "before"),
    [
        ("2026-10", "2026-11-05", "2026-09"),
        ("2026-12", "2027-01-05", "2026-11"),
        ("2027-01", "2027-02-05", "2026-12"),
    ],
)
def test_the_position_of_a_month_is_the_fifth_of_the_next(month: str, cut: str, before: str) -> None:
    assert (review.cut_of(month).isoformat(), review.month_before(month)) == (cut, before)


@pytest.mark.parametrize(
    ("today", "month"),
    [
        ("2026-11-05", "2026-09"),
        ("2026-11-06", "2026-10"),
        ("2027-01-05", "2026-11"),
        ("2027-01-06", "2026-12"),
    ],
)
def test_a_month_is_due_from_the_sixth_on(today: str, month: str) -> None:
    assert review.newest_month(dt.date.fromisoformat(today)) == month


def test_the_figures_are_those_of_the_indicators_as_of_that_day(made: Engine) -> None:
    """The page of progress with ?as_of= shows the same number: it is the same number."""
    fill(made)
    found = document(made)
    for key, figure in (("completion", "completion"), ("quality", "quality")):
        with reading(made) as connection:
            frame = evaluate(OFFICE, connection, key, by=("department",), year=2026, as_of=CUT)
        for row in frame.dropna(subset=["value"]).to_dict("records"):
            printed = Decimal(of(found, row["department"])["figures"][figure])
            assert abs(printed - 100 * Decimal(repr(row["value"]))) <= Decimal("0.05"), (key, row)


def test_a_department_is_told_what_was_due_came_is_late_refused_and_waits(made: Engine) -> None:
    """4 events planned by 365 days: on 5 November 4 · 309 ÷ 365 = 3.39 were to be there, 3 came: 88.6 %."""
    fill(made)
    figures = of(document(made), "mass_sport")["figures"]

    assert (figures["plan_to_date"], figures["delivered"], figures["ratio"]) == (3, 3, "88.6")
    assert (figures["year_plan"], figures["completion"], figures["received"]) == (4, "75.0", 3)
    assert (figures["unmended"], figures["waiting_operations"], figures["waiting_department"]) == (1, 1, 0)
    assert figures["unplanned"] == 6 and figures["quality"] is not None


def test_the_light_is_the_one_rule(made: Engine) -> None:
    fill(made)
    for entry in document(made)["departments"]:
        f = entry["figures"]
        ratio = None if f["ratio"] is None else Decimal(f["ratio"]) / 100
        assert f["light"] == light(ratio, f["late_items"], f["longest_late"], f["unplanned"])  # type: ignore[arg-type]


def test_what_came_after_the_position_changes_nothing_and_what_was_taken_back_does(made: Engine) -> None:
    """A delivery on the 8th belongs to November; a false one of October that is reverted on the 8th never counted."""
    receipt = fill(made)
    before = document(made)
    eighth = dt.date(2026, 11, 8)
    send(made, EVENT, valid_rows(EVENT, 1, start=20, received_on=eighth), on=eighth, unit="500103")

    assert review.differences(before, document(made, LATER.date())) == []

    publishing.revert(made, OFFICE, receipt, reason="填报有误", on=eighth)
    after = document(made, LATER.date())
    places = {place: (was, now) for place, was, now in review.differences(before, after)}

    assert places["departments/mass_sport/figures/delivered"] == ("3", "0")
    assert places["city/figures/delivered"] == ("3", "0")
    assert review.differences(before, document(made, SIXTH.date())) == []


def test_the_same_base_gives_the_same_document_on_both_databases(made: Engine) -> None:
    """The hash is printed on paper: it may not depend on the machine."""
    fill(made)
    one, two = canonical(with_sentences(document(made))), canonical(with_sentences(document(made)))

    assert one == two
    assert "\ufffd" not in one and '"ratio":"88.6"' in one


def test_a_base_without_plans_says_so(made: Engine) -> None:
    found = document(made)
    texts = sentences(found, "city")

    assert texts == {"city/standing": "2026年还没有经批准的年度数据汇聚计划，暂不能比较进度。"}


@pytest.mark.parametrize(("day", "words"), [(CUT, "在截止当天收到"), (OCTOBER, "最早的已等待")])
def test_a_batch_that_came_on_the_last_day_has_not_waited_nought_days(
    made: Engine, day: dt.date, words: str
) -> None:
    fill(made)
    send(made, REFEREE, valid_rows(REFEREE, 1, received_on=day), on=day)

    waiting = sentences(document(made), "competitive_sport")["competitive_sport/waiting"]

    assert waiting.startswith("已入库未上架的批次中，1批待处室第一责任人确认，" + words)


def test_sentences_say_who_is_late_where_the_gap_is_and_what_moved(made: Engine) -> None:
    fill(made)
    found = document(made)
    mass, referees = sentences(found, "mass_sport"), sentences(found, "competitive_sport")

    assert mass["mass_sport/standing"].startswith(
        "应达3条，已汇聚3条，完成应达的88.6%，较上月提高88.6个百分点。"
    )
    assert mass["mass_sport/problems"] == "本期退回1行尚未改报，在《群众体育赛事》。"
    assert "《群众体育赛事》（差" not in mass.get("mass_sport/gap", "")  # less than one record is no gap
    assert "逾期应报" in referees["competitive_sport/late"]
    assert "《裁判员》" in referees["competitive_sport/gap"]
    city = sentences(found, "city")
    assert "竞技处" in city["city/attention"] and "逾期应报" in city["city/late"]


def test_every_number_of_a_sentence_is_a_figure_of_the_document(made: Engine) -> None:
    """A rule that computed its own number could contradict the table beside it."""
    fill(made)
    found = document(made)
    known = canonical(found).replace(",", "")
    for entry in found["departments"]:
        text = sentences(found, entry["code"])[f"{entry['code']}/standing"]
        figures = entry["figures"]
        assert f"已汇聚{figures['delivered']:,}条" in text
        assert figures["ratio"] is None or f"{figures['ratio']}%" in text.replace(",", "")
    assert str(OCTOBER.year) in known


def test_an_edit_replaces_a_sentence_and_an_empty_one_removes_it(made: Engine) -> None:
    fill(made)
    found = with_sentences(document(made))
    texts = current(found, [("city/standing", "改一"), ("city/standing", "改二"), ("city/late", "")])

    assert texts["city/standing"] == "改二" and "city/late" not in texts
