"""领导总览: who is behind, why, how the year will end, what needs a word (Articles 21, 22)."""

import datetime as dt
from collections.abc import Mapping

import streamlit as st

from data_access.calendar import today
from data_access.versions import last_change
from metrics.light import LIGHT_NAMES
from metrics.overview import overview
from pages._shared import drawn, links, tables
from pages._shared.days import FIRST_DAY
from pages._shared.numbers import Reading, reading
from reports import words
from ui import charts, formats, frames
from ui.pieces import figures, filters, graphics, layout, states, tabular, text
from ui.registry import Page

PAGE = Page(
    path="leadership",
    title="领导总览",
    icon=":material/dashboard:",
    roles=("leader", "office"),
    order=10,
)
MOST_NOTICES = 5


def _departments_table(r: Reading, query: Mapping[str, str]):
    facts = _facts(r, tables.day(query, today(), FIRST_DAY))
    return frames.of(_department_row(line) for line in words.by_completion(facts.departments))


def _months_table(r: Reading, query: Mapping[str, str]):
    return _months(_facts(r, tables.day(query, today(), FIRST_DAY)).months)


TABLES = {
    "departments": tables.Table("各处室完成率", _departments_table),
    "months": tables.Table("逐月汇聚（万条）", _months_table),
}


def render() -> None:
    as_of = filters.asked_day(st.query_params.get("as_of"), today(), FIRST_DAY)
    with reading() as r:
        drawn.draw(r, _page, as_of, today())


def _page(r: Reading, as_of: dt.date, last: dt.date) -> None:
    facts = _facts(r, as_of)
    months = _months(facts.months)
    has_plan = facts.plan.newest_version > 0
    with layout.together():
        text.title_with_day(PAGE.title, as_of, FIRST_DAY, last)
        _top(r, facts, as_of)
        if has_plan:
            layout.two_sides(
                lambda: _departments(facts, months, as_of), lambda: _needs_a_word(facts), has_chart_below=True
            )
    if has_plan:
        running = words.running_month(facts.months)
        graphics.chart(charts.columns_with_plan(months, "月份", "实际", "计划", running, unit="万条"))


def _facts(r: Reading, as_of: dt.date):
    return overview(r.principal, r.connection, year=as_of.year, as_of=as_of)


def _top(r: Reading, facts, as_of: dt.date) -> None:
    text.headline(words.headline_sentence(facts.headline, facts.year))
    if facts.plan.newest_version == 0:
        states.empty(
            f"{facts.year} 年还没有汇聚数据",
            "年度计划批准、第一批数据入库后，这里显示进度、质量和需要您关注的事项。",
        )
        return
    text.as_of_line(
        last_change(r.principal, r.connection) if as_of == today() else as_of,
        f"计划口径：{facts.year} 年{_plan_words(facts.plan)}",
        *([facts.note] if facts.note else []),
        version=r.versions.get("records"),
    )
    figures.metric_cards(
        [
            figures.Metric(
                name=words.metric_name(metric),
                value=words.metric_value(metric),
                delta=words.metric_delta(metric),
                than=metric.against,
                history=[value for _, value in metric.series],
                help=words.metric_help(metric.key),
            )
            for metric in facts.metrics
        ]
    )


def _departments(facts, months, as_of: dt.date) -> None:
    text.heading("各处室完成率与应达进度")
    text.sentence(words.forecast_sentence(facts.headline))
    lines = words.by_completion(facts.departments)
    figures.ranked_bars([_bar(line, as_of) for line in lines], facts.headline.pace)
    rows = frames.of(_department_row(line) for line in lines)
    for name, frame in (("departments", rows), ("months", months)):
        files = tables.addresses(PAGE.path, name, as_of=as_of.isoformat())
        tabular.folded_table(frame, TABLES[name].name, files)


def _needs_a_word(facts) -> None:
    text.heading("需要您关注")
    states.attention(
        [
            states.Notice(line.level, line.subject, words.attention_words(line))
            for line in facts.attention[:MOST_NOTICES]
        ]
    )
    text.heading("逐月汇聚（万条）")


def _plan_words(plan) -> str:
    if plan.approved_on is None:
        return "计划"
    return f"第 {plan.newest_version} 版（{formats.day_month_zh(plan.approved_on)}{'批准' if plan.newest_version == 1 else '修订'}）"


def _bar(line, as_of: dt.date) -> figures.Bar:
    return figures.Bar(
        name=words.department_name(line.department),
        ratio=line.completion,
        state=words.LIGHT_STATES[line.light],
        reach=line.forecast,
        address=links.address("progress", only=line.department, **links.as_shown(as_of, today())),
    )


def _department_row(line) -> dict[str, object]:
    return {
        "处室": words.department_name(line.department),
        "完成率": formats.percent(line.completion),
        "应达进度": formats.percent(line.pace),
        "年底预计": formats.percent(line.forecast),
        "预计区间": f"{formats.percent(line.low)}～{formats.percent(line.high)}",
        "逾期项": line.late_items,
        "状态": LIGHT_NAMES[line.light],
    }


def _months(lines):
    return frames.of(
        {
            "月份": words.month_name(line.month),
            "实际": words.in_wan(line.delivered),
            "计划": words.in_wan(line.planned),
        }
        for line in lines
    )
