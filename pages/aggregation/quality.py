"""数据质量: six characteristics by category, month and unit; problems by rule; who mends them (GB/T 36344)."""

import datetime as dt

from data_access.calendar import today
from data_access.queries.quality_queries import problems_by_rule
from data_access.versions import last_change
from metrics import Known
from pages._shared import downloads, drawn
from pages._shared.days import FIRST_DAY
from pages._shared.numbers import Reading, reading
from reports import quality_words as words
from ui import charts, formats, frames
from ui.pieces import figures, filters, graphics, layout, states, tabular, text
from ui.registry import ALL_ROLES, Page

PAGE = Page(
    path="quality",
    title="数据质量",
    icon=":material/rule:",
    roles=ALL_ROLES,
    order=50,
)
MOST_PROBLEMS = 200


def render() -> None:
    with layout.title_bar(PAGE.title):
        as_of = filters.url_as_of(today(), FIRST_DAY)
    with reading() as r:
        drawn.draw(r, _summary, as_of)
        downloads.tables("质量问题", lambda: _problems_again(as_of), as_of=as_of)


def _summary(r: Reading, as_of: dt.date) -> None:
    known = Known(r.principal, r.connection, as_of.year, as_of)
    values = words.whole(known)
    found = problems_by_rule(r.principal, r.connection, known.first, known.day, categories=known.categories)
    text.headline(words.sentence(values, found, as_of.year))
    if values["quality"] is None:
        states.empty("还没有可以计算质量的数据", "第一批数据报送后，这里按类别显示六项质量指标和常见问题。")
        return
    text.as_of_line(
        last_change(r.principal, r.connection) if as_of == today() else as_of,
        "按 GB/T 36344 六项特性，权重 20/25/25/15/10/5（建议值）",
        version=r.versions.get("records"),
    )
    figures.metric_cards(
        [
            figures.Metric(name=words.name(key), value=formats.percent(values[key]), help=words.meaning(key))
            for key in words.CHARACTERISTICS
        ]
    )
    left, right = layout.two_columns(6, 4)
    with left:
        text.heading("各类别的六项特性")
        grid = words.grid(known)
        graphics.chart_with_table(
            charts.matrix(grid, "类别", "特性", "state", "text", hover="hover"),
            grid.loc[:, ["类别", "特性", "text"]],
            "",
            "六项特性",
        )
        figures.legend(words.LEGEND)
    with right:
        text.heading("逐月质量")
        months = words.months(known)
        graphics.chart_with_table(
            charts.lines(months, "月份", {"数据质量": "数据质量"}, ratio=True, height=220),
            months,
            "",
            "逐月质量",
        )
        text.heading("各单位质量（由低到高）")
        tabular.table(words.units(known), height=260)
    text.heading("常见问题与责任单位")
    if not found:
        states.empty("没有退回的问题", "有行被退回时，这里按规则汇总，并写明由谁修改。")
        return
    by_unit = problems_by_rule(
        r.principal, r.connection, known.first, known.day, categories=known.categories, by_unit=True
    )
    tabular.table(
        frames.of(words.problem_rows(by_unit[:MOST_PROBLEMS])), counts=words.PROBLEM_COUNTS, height=420
    )


def _problems_again(as_of: dt.date):
    """Runs without the page's script: asks for the principal anew."""
    with reading() as r:
        known = Known(r.principal, r.connection, as_of.year, as_of)
        found = problems_by_rule(
            r.principal, r.connection, known.first, known.day, categories=known.categories, by_unit=True
        )
    return frames.of(words.problem_rows(found))
