"""Annual plans: every step of their life, and the table in and out."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
import xlsxwriter
from sqlalchemy import Engine

from data_access.commands import plans
from data_access.commands.plan_files import export_plan, import_plan
from data_access.commands.plans import PlanError
from data_access.engine import reading, writing
from data_access.principal import OFFICE, Forbidden, Principal
from data_access.queries.plans import plan_basis, plan_chains, plan_versions, unplanned
from data_access.schema import plan_version
from data_access.versions import data_versions

MASS = Principal("department", "mass_sport", "群体处经办")
YOUTH = Principal("department", "youth_sport", "青少处经办")
YEAR = 2025
DAY = dt.date(2025, 1, 20)


def versions(made: Engine, category: str = "mass_sport_event") -> list[tuple[int, int, str]]:
    with reading(made) as connection:
        found = plan_versions(OFFICE, connection, YEAR, category=category)
    return [(p.version, p.quantity, p.state) for p in found]


def plan_version_of_data(made: Engine) -> int:
    with reading(made) as connection:
        return data_versions(OFFICE, connection)["plans"]


def test_a_plan_goes_from_draft_to_approved_and_a_revision_supersedes_it(made: Engine):
    """One version in force at a time; what was approved is never changed."""
    plans.set_plan(made, MASS, "mass_sport_event", YEAR, 400)
    plans.set_plan(made, MASS, "mass_sport_event", YEAR, 420)
    assert versions(made) == [(1, 420, "draft")]

    assert plans.submit(made, MASS, YEAR, on=DAY) == 1
    assert plans.approve(made, OFFICE, YEAR, on=DAY) == 1
    plans.set_plan(made, MASS, "mass_sport_event", YEAR, 300, reason="场次合并")
    assert versions(made) == [(1, 420, "approved"), (2, 300, "draft")]

    plans.submit(made, MASS, YEAR, on=DAY)
    plans.approve(made, OFFICE, YEAR, on=DAY)
    assert versions(made) == [(1, 420, "superseded"), (2, 300, "approved")]
    assert plans.close_year(made, OFFICE, YEAR) == 1
    with pytest.raises(PlanError, match="已封存"):
        plans.set_plan(made, MASS, "mass_sport_event", YEAR, 1)


def test_every_change_raises_the_plans_version_and_a_refused_one_does_not(made: Engine):
    """Pages draw anew exactly when a plan changed."""
    before = plan_version_of_data(made)
    plans.set_plan(made, MASS, "mass_sport_event", YEAR, 400)
    assert plan_version_of_data(made) == before + 1

    with pytest.raises(PlanError):
        plans.set_plan(made, MASS, "mass_sport_event", YEAR, -1)
    assert plan_version_of_data(made) == before + 1


def test_a_returned_plan_says_why_and_the_next_draft_is_a_new_version(made: Engine):
    plans.set_plan(made, MASS, "mass_sport_event", YEAR, 4)
    plans.submit(made, MASS, YEAR, on=DAY)
    with pytest.raises(PlanError, match="写明原因"):
        plans.send_back(made, OFFICE, YEAR, reason=" ")

    plans.send_back(made, OFFICE, YEAR, reason="低于去年完成数，请说明")
    plans.set_plan(made, MASS, "mass_sport_event", YEAR, 400)

    assert versions(made) == [(1, 4, "returned"), (2, 400, "draft")]
    with reading(made) as connection:
        assert plan_versions(MASS, connection, YEAR)[0].returned_reason == "低于去年完成数，请说明"
        assert plan_versions(YOUTH, connection, YEAR) == []


@pytest.mark.parametrize("state", ["draft", "approved", "returned", "superseded", "closed"])
def test_only_what_was_submitted_is_approved_or_returned(made: Engine, state: str):
    """Anything the life cycle does not list is refused, with what would be possible."""
    with writing(made) as connection:
        connection.execute(
            plan_version.insert().values(
                category="mass_sport_event", year=YEAR, version=1, department="mass_sport", quantity=1,
                months=[], state=state, approved_on=DAY,
            )
        )  # fmt: skip

    with pytest.raises(PlanError, match="只适用于「已提交」"):
        plans.approve(made, OFFICE, YEAR, ["mass_sport_event"])
    with pytest.raises(PlanError, match="只适用于「已提交」"):
        plans.send_back(made, OFFICE, YEAR, ["mass_sport_event"], reason="请改")
    if state != "draft":
        with pytest.raises(PlanError, match="只适用于「草稿」"):
            plans.submit(made, MASS, YEAR, ["mass_sport_event"])


def test_a_zero_is_approved_only_with_a_reason(made: Engine):
    plans.set_plan(made, YOUTH, "youth_coach", YEAR, 0)
    plans.submit(made, YOUTH, YEAR, on=DAY)

    with pytest.raises(PlanError, match="零计划须写明理由"):
        plans.approve(made, OFFICE, YEAR, on=DAY)
    assert versions(made, "youth_coach") == [(1, 0, "submitted")]


def test_a_department_plans_its_own_categories_and_only_the_office_approves(made: Engine):
    with pytest.raises(PlanError, match="不是您处室归口的类别"):
        plans.set_plan(made, YOUTH, "mass_sport_event", YEAR, 1)
    with pytest.raises(PlanError, match="批准日期由局办公室填写"):
        plans.set_plan(made, MASS, "mass_sport_event", YEAR, 1, approved_on=DAY)
    with pytest.raises(Forbidden, match="局办公室办理"):
        plans.approve(made, MASS, YEAR)
    with pytest.raises(Forbidden, match="您的身份是区县"):
        plans.set_plan(made, Principal("district", "500103", "渝中区"), "mass_sport_event", YEAR, 1)


def test_all_problems_are_named_together_and_nothing_is_kept(made: Engine):
    """Where, what, and what to write instead, for every row; half a plan is worse than none."""
    table = (
        "年度,数据类别,计划数量,计划月份,批准日期,理由\n"
        "2025,群众体育赛事,400,13,2025-01-15,\n"
        "2025,没有的类别,5,,,\n"
        "2025,裁判员,约300,,,\n"
        "1999,竞技体育赛事,5,,,\n"
        "2025,青少年教练员,0,,2025-01-15,\n"
        "2025,群众体育组织,20,,2025-02-30,\n"
        ",国民体质监测,20,,,\n"
    )

    with pytest.raises(PlanError) as caught:
        import_plan(made, OFFICE, table.encode("gb18030"))

    text = str(caught.value)
    assert [p[:5] for p in caught.value.problems] == [f"第 {n} 行" for n in (2, 3, 4, 5, 6, 7, 8)]
    assert "第 2 行「群众体育赛事」：计划月份 [13] 无效" in text
    assert "第 6 行「青少年教练员」：零计划须写明理由" in text
    assert "第 3 行「数据类别」：没有「没有的类别」" in text
    assert "第 4 行「计划数量」：约300 不是整数" in text
    assert "第 7 行「批准日期」：2025-02-30 不是有效日期" in text
    assert "第 8 行「年度」：没有填写" in text
    assert versions(made) == []


def test_a_plan_of_a_past_year_is_dated_within_it_because_later_versions_do_not_count(made: Engine):
    """4.3: only versions approved by 31 December count; one that never would is refused."""
    with pytest.raises(PlanError, match="不再计入 2024 年度"):
        plans.set_plan(made, OFFICE, "referee", 2024, 5, approved_on=DAY)

    table = "年度,类别,计划数量\n2024,裁判员,5\n2025,裁判员,6\n"
    made_plans = import_plan(made, OFFICE, table.encode(), approved_on=DAY).plans

    assert [(p.year, p.approved_on) for p in made_plans] == [(2024, dt.date(2024, 12, 31)), (2025, DAY)]


def test_a_chain_of_versions_is_imported_in_the_order_of_approval(made: Engine):
    """The worked example's youth_event: 400 from the start, 300 approved on 1 July."""
    table = '年度,类别代码,计划数量,批准日期\n2025,youth_event,300,2025/7/1\n2025,youth_event,"1,400",2025年1月15日\n'

    import_plan(made, OFFICE, table.encode("utf-8-sig"))

    assert versions(made, "youth_event") == [(1, 1400, "superseded"), (2, 300, "approved")]
    with reading(made) as connection:
        chain = plan_chains(OFFICE, connection, range(YEAR, YEAR + 1), dt.date(2025, 12, 31))
        assert float(chain["youth_event", YEAR].quantity()) == pytest.approx((1400 * 181 + 300 * 184) / 365)


def test_the_export_is_imported_again_without_a_change_and_takes_an_edit(made: Engine):
    """What leaves comes back the same: no new version where nothing was changed."""
    plans.set_plan(
        made, OFFICE, "mass_sport_event", YEAR, 400, months=(3, 9), reason="=按去年", approved_on=DAY
    )
    with reading(made) as connection:
        content = export_plan(OFFICE, connection, YEAR)
    import_plan(made, OFFICE, content)
    assert versions(made) == [(1, 400, "approved")]

    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    assert sheet.max_row == 38
    line = next(r for r in sheet.iter_rows(min_row=2) if r[3].value == "mass_sport_event")
    assert (line[4].value, line[5].value, line[9].value) == (400, "3、9", "'=按去年")
    line[4].value = 450
    line[8].value = None
    changed = io.BytesIO()
    book.save(changed)
    made_plans = import_plan(made, MASS, _only(changed.getvalue(), "mass_sport_event")).plans
    assert [(p.version, p.quantity, p.state, p.months) for p in made_plans] == [(2, 450, "draft", (3, 9))]


def test_a_formula_without_a_result_is_named_and_one_with_a_result_is_its_number(made: Engine):
    """A program that writes =300+150 and works nothing out leaves a cell that looks empty: the row would be passed over."""
    with reading(made) as connection:
        content = export_plan(OFFICE, connection, YEAR)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    sheet["E2"], sheet["E3"], sheet["J4"], sheet["G5"] = 7, "=300+150", '="增"&"加"', "=1+1"
    sheet["E4"] = 8
    written = io.BytesIO()
    book.save(written)

    with pytest.raises(PlanError) as refused:
        import_plan(made, OFFICE, written.getvalue())

    assert [p[:14] for p in refused.value.problems] == [
        "第 3 行「计划数量」：公式",
        "第 4 行「理由」：公式没有",
    ]

    done = io.BytesIO()
    with xlsxwriter.Workbook(done) as worked_out:
        one = worked_out.add_worksheet()
        one.write_row(0, 0, ["年度", "数据类别", "计划数量"])
        one.write_row(1, 0, [YEAR, "裁判员"])
        one.write_formula(1, 2, "=300+150", None, 450)
    (plan,) = import_plan(made, OFFICE, done.getvalue()).plans
    assert plan.quantity == 450


def _only(content: bytes, code: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    for number in range(sheet.max_row, 1, -1):
        if sheet.cell(number, 4).value != code:
            sheet.delete_rows(number)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "文件是空的"),
        (b"PK\x03\x04 cut off", "打不开"),
        (b"\x00\x01\x02\xff" * 9, "不是 xlsx 或 CSV"),
        ("甲,乙\n1,2\n".encode(), "没有找到表头"),
        ("年度,类别,数量\n2025,裁判员,\n".encode(), "没有填写「计划数量」的行"),
    ],
)
def test_a_file_that_is_no_plan_is_answered_with_what_to_do(embedded: str, content: bytes, said: str):
    from data_access.engine import engine

    with pytest.raises(PlanError, match=said):
        import_plan(engine(embedded), OFFICE, content)


def test_last_years_plan_is_copied_as_drafts_for_what_has_none(made: Engine):
    plans.set_plan(made, OFFICE, "mass_sport_event", 2024, 400, months=(5,), approved_on=dt.date(2024, 1, 9))
    plans.set_plan(made, OFFICE, "physical_fitness_test", 2024, 80_000, approved_on=dt.date(2024, 1, 9))
    plans.set_plan(made, MASS, "physical_fitness_test", YEAR, 90_000)

    copied = plans.copy_last_year(made, MASS, YEAR)

    assert [(p.category, p.quantity, p.months, p.state) for p in copied] == [
        ("mass_sport_event", 400, (5,), "draft")
    ]
    with pytest.raises(PlanError, match="没有可以复制的计划"):
        plans.copy_last_year(made, MASS, YEAR)


def test_what_nobody_planned_is_listed_and_the_basis_is_named(made: Engine):
    plans.set_plan(made, OFFICE, "mass_sport_event", YEAR, 400, approved_on=DAY)
    plans.set_plan(made, OFFICE, "mass_sport_event", YEAR, 300, approved_on=dt.date(2025, 7, 4))

    with reading(made) as connection:
        missing = unplanned(OFFICE, connection, YEAR, dt.date(2025, 12, 31))
        basis = plan_basis(OFFICE, connection, YEAR, dt.date(2025, 12, 31))
        before = plan_basis(OFFICE, connection, YEAR, dt.date(2025, 6, 1))

    assert len(missing) == 36
    assert "mass_sport_event" not in missing
    assert (basis.newest_version, basis.approved_on) == (2, dt.date(2025, 7, 4))
    assert (before.newest_version, before.approved_on) == (1, DAY)
