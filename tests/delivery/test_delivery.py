"""A delivery from file to base: whole or not at all, once, with lineage (Articles 7, 13, 14)."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import Engine, select

import catalog
from data_access.commands.delivery import DeliveryRefused, deliver
from data_access.engine import reading
from data_access.principal import OFFICE, OPERATOR, Forbidden, Principal
from data_access.queries.records import records, versions
from data_access.schema import (
    VERSION_DOMAINS,
    batch,
    batch_event,
    change_request,
    pool_file,
    roll_delivery,
)
from data_access.versions import data_versions
from tests.delivery.histories import content, send
from tests.helpers.files import grid
from tests.helpers.opened import repacked
from tests.helpers.rows import RECEIVED_ON, as_stored, changed, valid_row, valid_rows

EVENT = "mass_sport_event"
LATER = RECEIVED_ON + dt.timedelta(days=3)


def stored(made: Engine, category: str, **options: object) -> list[dict[str, object]]:
    with reading(made) as connection:
        found = catalog.default().category_by_code[category]
        return records(OFFICE, connection, found, limit=None, masked=False, **options).records  # type: ignore[arg-type]


@pytest.mark.parametrize("code", [c.code for c in catalog.default().categories])
def test_valid_rows_of_every_category_reach_the_base_as_written(made: Engine, code: str) -> None:
    """The catalogue is the only description: what it calls valid is stored field by field."""
    rows = valid_rows(code, 3)

    delivery = send(made, code, rows)

    assert delivery.outcome == "accepted", delivery.problems
    assert (delivery.total, delivery.accepted) == (3, 3)
    fields = [f.name for f in catalog.default().category_by_code[code].fields]
    kept = [{f: record[f] for f in fields} for record in stored(made, code)]
    expected = [as_stored(code, row) for row in rows]
    assert [{k: _comparable(v) for k, v in r.items()} for r in kept] == [
        {k: _comparable(v) for k, v in r.items()} for r in expected
    ]


def _comparable(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S+08:00")
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


@pytest.mark.parametrize("mark", [b"_x0000_", b"&#0;"])
def test_a_mark_of_the_character_0_is_left_out_on_both_databases(made: Engine, mark: bytes) -> None:
    """It shows nothing; SQLite would keep it, PostgreSQL refuse the whole file."""
    target = io.BytesIO()
    book = openpyxl.Workbook()
    for line in grid(EVENT, [changed(valid_row(EVENT), venue_name="体育QQQ馆")]):
        book.worksheets[0].append(line)
    book.save(target)

    file = repacked(
        target.getvalue(), edit=("xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"QQQ", mark))
    )
    taken = deliver(
        made,
        OPERATOR,
        content=file,
        file_name="报送.xlsx",
        category=EVENT,
        unit="mass_sport",
        received_on=LATER,
    )

    assert (taken.outcome, [r["venue_name"] for r in stored(made, EVENT)]) == ("accepted", ["体育馆"])


def test_every_record_names_its_receipt_sheet_and_row(made: Engine) -> None:
    delivery = send(made, EVENT, valid_rows(EVENT, 2))

    lineage = [(r["receipt"], r["sheet"], r["row"]) for r in stored(made, EVENT)]
    assert lineage == [(delivery.receipt, "", 2), (delivery.receipt, "", 3)]


def test_the_same_file_again_is_a_duplicate_and_changes_nothing(made: Engine) -> None:
    first = send(made, EVENT, valid_rows(EVENT, 2))
    before = content(made)

    again = send(made, EVENT, valid_rows(EVENT, 2), on=LATER)

    assert (again.outcome, again.file_codes, again.receipt) == (
        "rejected",
        ["F_DUPLICATE_FILE"],
        first.receipt,
    )
    assert content(made) == before


def test_a_refused_file_may_be_sent_again_under_the_right_category(made: Engine) -> None:
    rows = valid_rows("sports_history_item", 2)
    text = "资料编号,资料名称,资料类别,来源,征集日期,是否数字化,版权是否明确\n"
    text += "".join(f"WS{n:03},老照片{n},照片,捐赠,2026-10-0{n},是,是\n" for n in (1, 2))
    options = {"content": text.encode(), "file_name": "文史.csv", "received_on": RECEIVED_ON}
    assert rows

    wrong = deliver(made, OPERATOR, category=EVENT, unit="mass_sport", **options)  # type: ignore[arg-type]
    right = deliver(made, OPERATOR, category="sports_history_item", unit="science_education", **options)  # type: ignore[arg-type]

    assert wrong.file_codes == ["F_WRONG_CATEGORY"]
    assert right.outcome == "accepted"


def test_a_dry_run_says_everything_and_leaves_no_trace(made: Engine) -> None:
    send(made, EVENT, valid_rows(EVENT, 1))
    before = content(made)

    dry = send(
        made,
        EVENT,
        [*valid_rows(EVENT, 2), changed(valid_row(EVENT, 5), participant_count=None)],
        dry_run=True,
    )

    assert dry.receipt is None
    assert (dry.accepted, dry.rejected, dry.duplicate) == (1, 1, 1)
    assert [p.code for p in dry.problems] == ["R_REQUIRED"]
    assert content(made) == before


def test_same_key_and_same_values_is_a_duplicate_of_the_base(made: Engine) -> None:
    send(made, EVENT, valid_rows(EVENT, 2))

    delivery = send(made, EVENT, valid_rows(EVENT, 3), on=LATER)

    assert (delivery.accepted, delivery.duplicate, delivery.outcome) == (1, 2, "accepted")


def test_same_key_and_other_values_is_an_update_that_keeps_what_was_known(made: Engine) -> None:
    """Article 14: a change is recorded, never a silent overwrite."""
    row = valid_row(EVENT)
    first = send(made, EVENT, [row])
    delivery = send(made, EVENT, [changed(row, participant_count=777)], on=LATER)

    assert (delivery.accepted, delivery.updated) == (1, 1)
    assert [r["participant_count"] for r in stored(made, EVENT)] == [777]
    assert [r["participant_count"] for r in stored(made, EVENT, as_of=RECEIVED_ON)] == [
        row["participant_count"]
    ]
    found = catalog.default().category_by_code[EVENT]
    with reading(made) as connection:
        history = versions(OFFICE, connection, found, stored(made, EVENT)[0])
        requests = connection.execute(select(change_request)).all()
    assert [(v["version"], v["receipt"]) for v in history] == [(1, first.receipt), (2, delivery.receipt)]
    assert [(r.kind, r.records, r.receipt) for r in requests] == [("change", 1, delivery.receipt)]


def test_a_file_that_is_silent_about_a_field_does_not_empty_it(made: Engine) -> None:
    row = valid_row(EVENT)
    send(made, EVENT, [row])
    short = {k: v for k, v in row.items() if k not in ("venue_name", "budget_amount")}

    delivery = send(made, EVENT, [changed(short, participant_count=778)], on=LATER)

    assert delivery.updated == 1
    kept = stored(made, EVENT)[0]
    assert (kept["participant_count"], kept["venue_name"]) == (778, row["venue_name"])


def test_money_is_stored_to_the_last_digit(made: Engine) -> None:
    """A float would turn …76.18 into …76.17999; the base must not."""
    send(made, EVENT, [changed(valid_row(EVENT), budget_amount=Decimal("123456789.123456"))])

    assert stored(made, EVENT)[0]["budget_amount"] == "123456789.123456"


def test_a_batch_tells_its_whole_life(made: Engine) -> None:
    delivery = send(made, EVENT, valid_rows(EVENT, 1))

    with reading(made) as connection:
        row = connection.execute(select(batch)).one()
        events = connection.execute(select(batch_event).order_by(batch_event.c.number)).all()
    assert (row.state, row.waiting_for, row.receipt) == ("integrated", "operations", delivery.receipt)
    assert [e.to_state for e in events] == ["received", "validated", "integrated"]


def test_personal_data_wait_for_the_head_before_publishing(made: Engine) -> None:
    send(made, "referee", valid_rows("referee", 1))

    with reading(made) as connection:
        assert connection.scalar(select(batch.c.waiting_for)) == "department"


def test_versions_rise_with_the_data_and_not_without(made: Engine) -> None:
    def read() -> dict[str, int]:
        with reading(made) as connection:
            return data_versions(OFFICE, connection)

    before = read()
    send(made, EVENT, valid_rows(EVENT, 1))
    after = read()
    send(made, EVENT, valid_rows(EVENT, 1))

    assert after["records"] == before["records"] + 1
    assert after.keys() == set(VERSION_DOMAINS)
    assert read() == after


def test_quarantined_content_counts_nowhere_but_the_file_is_held(made: Engine) -> None:
    digits = "11010119900307" + "663"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    identity = digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]

    delivery = send(made, EVENT, [changed(valid_row(EVENT), host_unit=f"张某{identity}")])

    assert (delivery.outcome, delivery.file_codes) == ("quarantined", ["F_PERSONAL_ID"])
    assert identity not in repr(delivery)
    with reading(made) as connection:
        assert connection.execute(select(pool_file.c.size)).all()
        assert connection.execute(select(roll_delivery)).all() == []
    assert stored(made, EVENT) == []


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"category": "no_such"}, "没有数据类别"),
        ({"unit": "火星体育局"}, "没有单位"),
        ({"period": "2026-13"}, "不是有效的月份"),
        ({"source_platform": "moon"}, "没有来源平台"),
    ],
)
def test_an_impossible_request_is_refused_with_a_sentence(
    made: Engine, options: dict[str, str], sentence: str
) -> None:
    before = content(made)
    request = {"category": EVENT, "unit": "mass_sport", "content": b"x", "file_name": "x.csv"} | options

    with pytest.raises(DeliveryRefused, match=sentence):
        deliver(made, OPERATOR, **request)  # type: ignore[arg-type]

    assert content(made) == before


@pytest.mark.parametrize(
    ("category", "period", "first"),
    [
        (EVENT, "2026-11", "2026-11-01"),
        ("referee", "2026-11", "2026-11-01"),
        ("research_project", "2027-02", "2027-01-01"),
        ("sports_industry_statistics", "2027-01", "2027-01-01"),
        ("referee", "2026-10", None),
        ("research_project", "2026-12", None),  # its quarter has begun
    ],
)
def test_a_period_that_has_not_begun_is_delivered_by_nobody(
    made: Engine, category: str, period: str, first: str | None
) -> None:
    """It would stand as delivered in time before there is anything to deliver."""
    day = dt.date(2026, 10, 31)
    rows = valid_rows(category, 1, received_on=day)

    if first is None:
        assert send(made, category, rows, on=day, period=period).outcome == "accepted"
    else:
        with pytest.raises(DeliveryRefused, match=f"从 {first} 开始，收到这一批时（2026-10-31）还没有到。"):
            send(made, category, rows, on=day, period=period)


@pytest.mark.parametrize(
    "principal",
    [
        Principal("district", "500101", "万州"),
        Principal("department", "youth_sport", "青少处"),
        Principal("leader", "office", "局领导"),
        Principal("guide", "operations", "讲解员"),
    ],
)
def test_nobody_sends_for_somebody_else(made: Engine, principal: Principal) -> None:
    with pytest.raises(Forbidden):
        deliver(made, principal, content=b"x", file_name="x.csv", category=EVENT, unit="mass_sport")


def test_a_district_sees_the_rows_it_sent_and_no_others(made: Engine) -> None:
    send(made, EVENT, valid_rows(EVENT, 2), unit="500101")
    send(made, EVENT, valid_rows(EVENT, 3, start=10), unit="500102")
    found = catalog.default().category_by_code[EVENT]

    with reading(made) as connection:
        own = records(Principal("district", "500101", "万州"), connection, found)
        all_of_them = records(OFFICE, connection, found)
        with pytest.raises(Forbidden):
            records(Principal("department", "youth_sport", "青少处"), connection, found)
    assert (own.total, all_of_them.total) == (2, 5)


def test_minors_are_for_the_owning_department_and_the_office_only(made: Engine) -> None:
    send(made, "youth_athlete", valid_rows("youth_athlete", 1), unit="500101")
    found = catalog.default().category_by_code["youth_athlete"]

    with reading(made) as connection:
        assert records(Principal("department", "youth_sport", "青少处"), connection, found).total == 1
        for principal in (
            OPERATOR,
            Principal("leader", "office", "局领导"),
            Principal("district", "500101", "万州"),
        ):
            with pytest.raises(Forbidden):
                records(principal, connection, found)


def test_a_month_stays_a_month_when_a_later_file_is_silent_about_it(made: Engine) -> None:
    row = changed(valid_row(EVENT), end_on="2026年9月", start_on=dt.date(2026, 9, 1))
    send(made, EVENT, [row])
    short = {k: v for k, v in row.items() if k != "end_on"}

    send(made, EVENT, [changed(short, participant_count=778)], on=LATER)

    kept = stored(made, EVENT)[0]
    assert (kept["participant_count"], kept["end_on"]) == (778, "2026-09-01")
    assert kept["precision"] == {"end_on": "month"}


def test_a_sheet_that_is_silent_about_a_field_does_not_empty_it(made: Engine) -> None:
    """Two sheets of one workbook may have different columns; each speaks for its own rows only."""
    known, fresh = valid_rows(EVENT, 2)
    send(made, EVENT, [known])
    short = [f.name for f in catalog.default().category_by_code[EVENT].fields if f.name != "venue_name"]
    target = io.BytesIO()
    book = openpyxl.Workbook()
    for title, names, row in (
        ("甲", short, changed(known, participant_count=779)),
        ("乙", list(fresh), fresh),
    ):
        page = book.create_sheet(title)
        page.append([catalog.default().category_by_code[EVENT].field_by_name[n].name_zh for n in names])
        page.append([row[n] for n in names])
    book.save(target)

    delivery = deliver(
        made, OPERATOR, content=target.getvalue(), file_name="两表.xlsx", category=EVENT, unit="mass_sport",
        received_on=LATER,
    )  # fmt: skip

    assert (delivery.accepted, delivery.updated) == (2, 1)
    kept = {r["event_name"]: r for r in stored(made, EVENT)}[known["event_name"]]
    assert (kept["participant_count"], kept["venue_name"]) == (779, known["venue_name"])


def test_searching_minds_no_capitals_on_either_database(made: Engine) -> None:
    """SQLite's LIKE ignores them and PostgreSQL's does not; who looks for wcba finds WCBA."""
    send(made, EVENT, [changed(valid_row(EVENT), event_name="WCBA 公开赛"), valid_row(EVENT, 1)])

    assert [len(stored(made, EVENT, search=text)) for text in ("wcba 公开", "WCBA", "%")] == [1, 1, 0]
