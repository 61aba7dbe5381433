"""本处室 / 本单位: my plan, what is due, what was refused, my score and what raises it. Prints on one A4 (Articles 7–9, 23)."""

import datetime as dt

from data_access.calendar import today
from data_access.queries.batches import BatchFilter, batches
from data_access.queries.notices import unread_count
from data_access.versions import last_change
from metrics import Known, score as scores
from metrics.matrix import matrix
from metrics.reminders import due_reminders
from pages._shared import drawn, links
from pages._shared.days import FIRST_DAY
from pages._shared.next_steps import next_steps
from pages._shared.numbers import Reading, reading
from reports import score_words, unit_words, words
from ui import charts, formats, frames
from ui.pieces import figures, filters, graphics, layout, states, tabular, text
from ui.registry import Page

PAGE = Page(
    path="own",
    title="本处室 / 本单位",
    icon=":material/home_work:",
    roles=("department", "district", "affiliated"),
    order=20,
)
LAST = 100
MOST_DUE, MOST_REFUSED = 8, 5
"""Lines listed: the page prints on one A4. All of them stand under 汇聚进度 and 数据报送."""


def render() -> None:
    with layout.title_bar(PAGE.title):
        as_of = filters.url_as_of(today(), FIRST_DAY)
    with reading() as r:
        score = drawn.draw(r, _page, as_of)
        unread = unread_count(r.principal, r.connection)
    if score is not None:
        day = {} if as_of == today() else {"as_of": as_of.isoformat(), "year": str(as_of.year)}
        links.link("score", f"为什么是 {score} 分", ":material/grading:", **day)
    if unread:
        links.link("notices", f"消息提醒：{unread} 条未读", ":material/notifications_unread:")
    links.link("deliveries", "去报送数据", ":material/upload_file:")


def _page(r: Reading, as_of: dt.date) -> str | None:
    """The whole page; a department's score as written, None where there is none."""
    known = Known(r.principal, r.connection, as_of.year, as_of)
    is_department = r.principal.role == "department"
    own = unit_words.own_figures(known)
    cells = matrix(known) if is_department else []
    name = words.unit_name(r.principal.unit)
    text.headline(unit_words.sentence(name, own, cells, is_department, as_of.year))
    text.as_of_line(
        last_change(r.principal, r.connection) if as_of == today() else as_of,
        version=r.versions.get("records"),
    )
    found = scores.standing(r.principal, r.connection, as_of.year, as_of) if is_department else None
    scored = found.of(r.principal.unit) if found else None
    score = score_words.points(scored.score) if scored and scored.score is not None else None
    figures.metric_cards([*_assessed(own, found, score), *_delivered(own)] if found else _delivered(own))
    left, right = layout.two_columns(5, 4)
    with left:
        if is_department:
            text.heading("各类别进度")
            figures.tiles([figures.Tile(**words.tile(c)) for c in cells])
            figures.legend(words.MATRIX_LEGEND)
            rows = unit_words.category_rows(cells)
            tabular.folded_table(frames.of(rows), "各类别进度", is_open=True)
        else:
            _months(known)
    with right:
        if found and scored and score is not None:
            next_steps(found, scored)
        _due(r, known, as_of)
        _refused(r, as_of)
    return score


def _assessed(own, found: scores.Standing, score: str | None) -> list[figures.Metric]:
    """What only a department has: its score, and how far it is on its plan."""
    return [
        figures.Metric(
            "考核得分", f"{score} 分" if score else "不参评", help=score_words.total_rule(found.rules)
        ),
        figures.Metric(
            "计划完成率",
            formats.percent(own.completion),
            delta=None if own.ahead is None else formats.points(own.ahead),
            than="较应达",
            help=words.metric_help("completion"),
        ),
        figures.Metric("及时率", formats.percent(own.timeliness), help=words.metric_help("timeliness")),
    ]


def _delivered(own) -> list[figures.Metric]:
    return [
        figures.Metric("汇聚记录（条）", formats.wan(own.delivered), help=words.metric_help("delivered")),
        figures.Metric("数据质量", formats.percent(own.quality), help=words.metric_help("quality")),
        figures.Metric("上架率", formats.percent(own.publishing), help=words.metric_help("publishing_rate")),
    ]


def _months(known) -> None:
    text.heading("逐月报送（条）")
    rows = words.delivered_by_month(known)
    if not rows:
        states.empty("今年还没有报送", "第一个文件入库后，这里按月显示报送的条数。")
        return
    graphics.chart_with_table(
        charts.columns_with_plan(frames.of(rows), "月份", "实际"), frames.of(rows), "", "逐月报送"
    )


def _due(r: Reading, known, as_of: dt.date) -> None:
    text.heading("近期应报")
    if known.unit is None:
        rows = unit_words.due_rows(known.items, as_of)
    else:
        rows = unit_words.own_due_rows(due_reminders(r.principal, r.connection, as_of), known.unit)
    if rows:
        name = unit_words.shortened("近期应报", "最急的", len(rows), MOST_DUE)
        tabular.folded_table(frames.of(rows[:MOST_DUE]), name, is_open=True)
    else:
        states.empty("近两周没有到期的应报项", "下一个截止日期前 14 天，这里会列出来。")


def _refused(r: Reading, as_of: dt.date) -> None:
    text.heading("被退回的文件")
    found = batches(r.principal, r.connection, BatchFilter(with_problems=True), as_of, limit=LAST)
    refused = unit_words.refused_batches(found)
    if refused:
        rows = unit_words.refused_rows(refused, MOST_REFUSED)
        name = unit_words.shortened("被退回的文件", "最近", len(refused), MOST_REFUSED)
        tabular.folded_table(frames.of(rows), name, is_open=True)
    else:
        states.empty("没有被退回的文件", "有行需要修改时，这里列出文件；在“数据报送”下载标注好的原文件。")
