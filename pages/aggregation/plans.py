"""年度计划: draft, submit, approve or return, revise; what nobody planned (Article 8)."""

from functools import partial

import streamlit as st

from data_access import engine as database
from data_access.calendar import today
from data_access.commands import plan_files, plans
from data_access.principal import Forbidden
from data_access.queries.plans import plan_steps, plan_versions, unplanned
from data_access.queries.plans_then import plans_on
from data_access.settings import settings
from pages._shared import downloads, links
from pages._shared.days import FIRST_DAY
from pages._shared.numbers import reading
from pages._shared.principal import principal
from reports import plan_words as words
from ui import frames
from ui.pieces import fields, filters, layout, states, tabular, text
from ui.registry import Page

PAGE = Page(
    path="plans",
    title="年度计划",
    icon=":material/event_note:",
    roles=("department", "office"),
    order=20,
)
XLSX = downloads.XLSX
NAME_WIDTH = 200
"""Pixels of the column 类别: the longest name has 14 characters."""


def render() -> None:
    who, last = principal(), today()
    as_of = filters.asked_day(st.query_params.get("as_of"), last, FIRST_DAY)
    with layout.title_bar(PAGE.title):
        name = words.ALL_DEPARTMENTS
        if who.role == "office":
            name = filters.url_select("处室", words.department_choices(), key="department", is_small=True)
        years = words.plan_years(as_of)
        year = int(filters.url_select("年度", years, key="year", index=1, is_small=True))
        filters.url_as_of(last, FIRST_DAY)
    with reading() as r:
        versions = words.of_department(plan_versions(r.principal, r.connection, year), name)
        missing = words.codes_of_department(unplanned(r.principal, r.connection, year, as_of), name)
        steps = words.steps_of(plan_steps(r.principal, r.connection, year), versions)
    if as_of < last:
        versions, steps = plans_on(versions, steps, as_of), words.steps_until(steps, as_of)
    current = words.newest_plans(versions)
    with layout.together():
        text.headline(words.plan_sentence(current, missing, year))
        _receipt()
        if missing:
            states.notice(
                "attention", f"{len(missing)} 个类别还没有已批准的计划", words.category_list(missing)
            )
        returned = words.returned_sentence(current, steps)
        if returned:
            states.notice("alarm", "被退回，请修改后重新提交", returned)
    lines = words.plan_lines(who, current, name)
    if as_of < last:
        _then(as_of, current, lines)
    else:
        _now(who, year, current, lines, name)
    with layout.together():
        if steps:
            tabular.folded_table(
                frames.of(words.step_rows(steps), words.STEP_COLUMNS),
                f"办理经过：谁、何时、为何（{len(steps)} 步）",
            )
        if versions:
            tabular.folded_table(
                frames.of(
                    (words.plan_version_row(v, is_past=as_of < last) for v in versions), words.VERSION_COLUMNS
                ),
                f"全部版本与修订原因（{len(versions)} 条）",
            )


def _now(who, year, current, lines, name) -> None:
    """The table to write in, and at its side what the plan's state allows."""
    editor, side = layout.two_columns(6, 3)
    with editor:
        edited = _table(who, year, lines, name)
    with side:
        _save(who, year, lines, edited)
        _actions(who, year, current)
        _files(who, year)


def _then(as_of, current, lines) -> None:
    """What stood there on a past day: to be read, nothing to be written."""
    with layout.together():
        text.way_back(f"{as_of} 的计划，只能查看", "回到今天填报", links.address(PAGE.path))
        text.facts(words.plan_state_counts(current))
    tabular.table(frames.of(words.lines_then(lines, current)), counts=words.QUANTITIES, height="content")


def _table(who, year, lines, name):
    """One line a category; quantity, months and reason may be typed."""
    return st.data_editor(
        frames.of(lines),
        hide_index=True,
        disabled=["处室", "类别", "状态", "版本"],
        column_config={
            "代码": None,
            "类别": st.column_config.TextColumn(width=NAME_WIDTH),
            "计划数量": st.column_config.NumberColumn(
                min_value=0, step=1, format=tabular.THOUSANDS, help="全年应汇聚的记录数"
            ),
            "活动月份": st.column_config.TextColumn(help="有活动即报的类别：预计有活动的月份，例如 3、6、9"),
            "修订原因": st.column_config.TextColumn(help="修订，或计划为 0 时必填"),
        },
        key=f"plan.{year}.{who.scope}.{name}",
        height="content",
        placeholder="—",
    )


def _save(who, year, lines, edited) -> None:
    """Beside the head of the table, which may be longer than the window."""
    typed = words.unsaved(edited, lines)
    if st.button("保存为草稿", type="primary", icon=":material/save:", width="stretch"):
        _do("草稿已保存", lambda made: len(plans.set_plans(made, who, words.promises(edited, lines, year))))
    if typed:
        st.caption(f"表中有 {typed} 行改动，还没有保存。")


def _actions(who, year, current) -> None:
    """What the plan's state allows now."""
    drafts = [p for p in current if p.state == "draft"]
    submitted = [p for p in current if p.state == "submitted"]
    with st.container(border=True):
        text.facts(words.plan_state_counts(current))
        if st.button("复制上年计划", icon=":material/content_copy:", width="stretch"):
            _do("已按上年计划生成草稿", lambda made: len(plans.copy_last_year(made, who, year)))
        if st.button(
            f"提交局办公室（{len(drafts)}）", icon=":material/send:", disabled=not drafts, width="stretch"
        ):
            _do("已提交", lambda made: plans.submit(made, who, year, words.categories(drafts)))
        if who.role == "office":
            if st.button(
                f"批准（{len(submitted)}）",
                icon=":material/done_all:",
                disabled=not submitted,
                width="stretch",
            ):
                _do("已批准", lambda made: plans.approve(made, who, year, words.categories(submitted)))
            reason = st.text_input("退回原因", key="return.reason", disabled=not submitted)
            if st.button("退回处室", icon=":material/undo:", disabled=not submitted, width="stretch"):
                _do(
                    "已退回",
                    lambda made: plans.send_back(made, who, year, words.categories(submitted), reason=reason),
                )


def _files(who, year) -> None:
    """Excel out and in: the same table."""
    downloads.download(
        "导出 Excel", partial(_exported, year), f"{year}年数据汇聚计划.xlsx", key="plans.export", mime=XLSX,
        width="stretch",
    )  # fmt: skip
    file = fields.upload(
        "导入计划表", ("xlsx", "csv"), key="plan.file", most_mb=settings().intake.max_upload_mb
    )
    if file is not None and st.button("导入为草稿", icon=":material/upload:", width="stretch"):
        _do("已导入", lambda made: plan_files.import_plan(made, who, file.getvalue(), year=year).rows)


def _exported(year) -> bytes:
    """Runs without the page's script: asks for the principal anew."""
    with reading() as r:
        return plan_files.export_plan(r.principal, r.connection, year, blank_approval=True)


def _do(done: str, act) -> None:
    """Run one command; its receipt or its refusal is shown above the table after the rerun."""
    try:
        count = act(database.engine(settings().database.url))
        st.session_state["plans.receipt"] = ("good", done, f"{count} 个类别。")
    except (plans.PlanError, Forbidden) as error:
        st.session_state["plans.receipt"] = ("alarm", "没有保存", str(error))
    st.rerun()


def _receipt() -> None:
    shown = st.session_state.pop("plans.receipt", None)
    if shown is not None:
        states.notice(*shown)
