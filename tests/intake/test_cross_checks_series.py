"""Cross-checks over several rows: accepted rows of the file, and the base (contract 1.0, section 2)."""

import datetime as dt
import random
from decimal import Decimal

import catalog
from tests.intake.judging import Base, Raw, codes, judge, judge_rows, row, sheet, warned

FUND, VENUE, INDUSTRY = "fiscal_fund", "venue_usage_reading", "sports_industry_statistics"
DAY = dt.date(2024, 5, 1)


def spent(month, amount, code="A00001", **changes):
    """A project's spending up to the end of a month of 2024."""
    end = dt.date(2024, month + 1, 1) - dt.timedelta(days=1)
    return row(FUND, budget_year=2024, project_code=code, month_end=end, budget_amount=10**6, adjusted_amount=None,
               spent_amount=amount, **changes)  # fmt: skip


def reading(hour, occupancy, came=0, left=0, venue="CQ500103001", day=DAY):
    at = dt.datetime.combine(day, dt.time(hour))
    return row(VENUE, venue_code=venue, reading_at=at, entry_count=came, exit_count=left, occupancy=occupancy)


def stored(code, record):
    """A row as the base holds it."""
    return {name: column[0] for name, column in judge_rows(code, record).columns.items()}


def doubts(checked):
    return [(r, check) for r, field, code, check in warned(checked) if code == "W_CROSS"]


def classes(year=2022, adcode="渝中区"):
    names = catalog.default().category_by_code[INDUSTRY].field_by_name["industry_class"].allowed
    return [
        row(INDUSTRY, year=year, adcode=adcode, industry_class=n, total_output=10, value_added=5)
        for n in names
    ]


def test_spending_that_shrinks_is_told_at_the_later_row():
    checked = judge_rows(FUND, spent(3, 900), spent(1, 1000), spent(2, 1100))
    assert doubts(checked) == [(2, "cumulative")]
    assert checked.accepted == 3


def test_spending_may_shrink_by_five_per_cent_and_by_one_yuan():
    assert doubts(judge_rows(FUND, spent(1, 1000), spent(2, 950))) == []
    assert doubts(judge_rows(FUND, spent(1, 1000), spent(2, 949.99))) == [(3, "cumulative")]
    assert doubts(judge_rows(FUND, spent(1, 10), spent(2, 9))) == []
    assert doubts(judge_rows(FUND, spent(1, 10), spent(2, 8.99))) == [(3, "cumulative")]


def test_projects_are_followed_one_by_one():
    assert doubts(judge_rows(FUND, spent(1, 1000), spent(2, 100, code="B00001"))) == []


def test_only_accepted_rows_are_followed():
    refused = spent(1, Raw("约1000"))
    assert doubts(judge_rows(FUND, refused, spent(2, 100))) == []


def test_the_base_is_followed_too():
    base = Base(stored(FUND, spent(1, 1000)))
    assert doubts(judge_rows(FUND, spent(2, 100), base=base)) == [(2, "cumulative")]
    assert base.questions == [{"project_code": {"A00001"}}]


def test_a_new_version_in_the_file_goes_before_the_base():
    base = Base(stored(FUND, spent(1, 1000)))
    assert doubts(judge_rows(FUND, spent(1, 90), spent(2, 100), base=base)) == []


def test_a_later_row_of_the_base_is_not_the_files():
    base = Base(stored(FUND, spent(3, 100)))
    assert doubts(judge_rows(FUND, spent(2, 1000), base=base)) == []


def test_occupancy_follows_from_the_reading_before():
    assert doubts(judge_rows(VENUE, reading(8, 100), reading(9, 120, came=50, left=30))) == []
    assert doubts(judge_rows(VENUE, reading(8, 100), reading(9, 150, came=50, left=30))) == [(3, "balance")]


def test_the_order_of_rows_does_not_matter():
    checked = judge_rows(VENUE, reading(9, 150, came=50, left=30), reading(8, 100))
    assert doubts(checked) == [(2, "balance")]


def test_occupancy_may_be_off_by_five_per_cent_of_the_expected_and_by_one():
    assert doubts(judge_rows(VENUE, reading(8, 100), reading(9, 105))) == []
    assert doubts(judge_rows(VENUE, reading(8, 100), reading(9, 106))) == [(3, "balance")]
    assert doubts(judge_rows(VENUE, reading(8, 140), reading(9, 147))) == []
    assert doubts(judge_rows(VENUE, reading(8, 0), reading(9, 1))) == []
    assert doubts(judge_rows(VENUE, reading(8, 0), reading(9, 2))) == [(3, "balance")]


def test_a_day_begins_anew_and_venues_stand_alone():
    assert doubts(judge_rows(VENUE, reading(23, 100), reading(0, 0, day=DAY + dt.timedelta(days=1)))) == []
    assert doubts(judge_rows(VENUE, reading(8, 100), reading(9, 0, venue="CQ500103002"))) == []


def test_the_reading_before_may_be_hours_ago():
    assert doubts(judge_rows(VENUE, reading(8, 100), reading(12, 0))) == [(3, "balance")]


def test_the_reading_before_may_lie_in_the_base():
    base = Base(stored(VENUE, reading(8, 100)))
    assert doubts(judge_rows(VENUE, reading(9, 150), base=base)) == [(2, "balance")]
    assert doubts(judge_rows(VENUE, reading(9, 100), base=base)) == []


def test_a_reading_of_the_base_between_two_of_the_file_is_the_one_before():
    base = Base(stored(VENUE, reading(10, 50, left=50)))
    assert doubts(judge_rows(VENUE, reading(9, 100), reading(11, 50), base=base)) == []


def test_a_new_version_of_a_reading_goes_before_the_base():
    base = Base(stored(VENUE, reading(8, 100)))
    assert doubts(judge_rows(VENUE, reading(8, 50), reading(9, 50), base=base)) == []


def test_the_base_is_asked_only_for_hours_the_file_lacks():
    base = Base()
    judge_rows(VENUE, *(reading(h, 100) for h in range(24)), base=base)
    judge_rows(VENUE, reading(2, 100), base=base)
    hours = [{moment.hour for moment in q["reading_at"]} for q in base.questions]
    assert hours == [{0, 1}]


def test_a_complete_set_of_classes_is_quiet():
    assert doubts(judge_rows(INDUSTRY, *classes())) == []


def test_a_missing_class_is_told_at_every_row_of_its_group():
    checked = judge_rows(INDUSTRY, *classes()[:10], *classes(adcode="江津区"))
    assert doubts(checked) == [(n, "eleven_classes") for n in range(2, 12)]
    assert checked.accepted == 21


def test_classes_of_the_base_complete_the_set():
    base = Base(*(stored(INDUSTRY, c) for c in classes()[10:]))
    assert doubts(judge_rows(INDUSTRY, *classes()[:10], base=base)) == []


def test_a_refused_class_is_missing():
    rows = classes()
    rows[3] = {**rows[3], "value_added": Decimal(99)}
    checked = judge_rows(INDUSTRY, *rows)
    assert codes(checked) == [(5, "*", "R_CROSS", "value_added_le_output")]
    assert len(doubts(checked)) == 10


def test_several_sheets_are_one_series():
    sheets = [sheet(VENUE, [reading(8, 100)], name="上午"), sheet(VENUE, [reading(13, 10)], name="下午")]
    checked = judge(VENUE, sheets)
    assert [(w.sheet, w.row, w.check) for w in checked.warnings] == [("下午", 2, "balance")]


def test_the_balance_agrees_with_a_plain_loop():
    """Computed on whole columns in the product, row by row here."""
    chance = random.Random(7)
    rows = [
        reading(h, chance.randint(0, 60), chance.randint(0, 9), chance.randint(0, 9), f"CQ50010300{v}", DAY + dt.timedelta(days=d))
        for v in range(4)
        for d in range(2)
        for h in sorted(chance.sample(range(24), 9))
    ]  # fmt: skip
    chance.shuffle(rows)
    expected = set()
    for n, later in enumerate(rows, start=2):
        same_day = [
            r
            for r in rows
            if r["venue_code"] == later["venue_code"]
            and r["reading_at"].date() == later["reading_at"].date()
            and r["reading_at"] < later["reading_at"]
        ]
        if same_day:
            before = max(same_day, key=lambda r: r["reading_at"])["occupancy"]
            figure = before + later["entry_count"] - later["exit_count"]
            if abs(later["occupancy"] - figure) > max(1, Decimal(abs(figure)) * 5 / 100):
                expected.add((n, "balance"))
    assert set(doubts(judge_rows(VENUE, *rows))) == expected
    assert 10 < len(expected) < len(rows)
