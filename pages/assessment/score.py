"""考核评分: what the score is, why, what would raise it, down to batch, row and document (Article 23)."""

import datetime as dt

import streamlit as st

import catalog
from data_access.calendar import today
from data_access.queries.batches import BatchFilter, batches, count_batches, problems
from data_access.versions import last_change
from metrics import Known, score as scores
from metrics.score.formula import PART_NAMES
from pages._shared import downloads, drawn, links
from pages._shared.days import FIRST_DAY
from pages._shared.next_steps import next_steps
from pages._shared.numbers import Reading, reading
from pages._shared.problems import listed
from pages.assessment import _closing, _judged, _rules
from reports import receipt, score_drill as drill, score_words as words, unit_words
from reports.words import department_name, metric_help, unit_name
from ui import formats, frames
from ui.pieces import figures, filters, layout, states, tabular, text
from ui.registry import ALL_ROLES, Page

PAGE = Page(
    path="score",
    title="考核评分",
    icon=":material/grading:",
    roles=ALL_ROLES,
    order=10,
)
EVERY = "全部处室"
VIEWS = ("得分", "扣分与应办", "规则与试算", "封存与申诉")
FOR_INFORMATION = ("district", "affiliated")
MOST_BATCHES = 50
KEPT = ("year", "as_of", "department", "part")
"""Filters of the URL that the links in the pictures carry on."""


def render() -> None:
    years = words.years(today(), FIRST_DAY)
    with reading() as r:
        with layout.title_bar(PAGE.title):
            department = _department(r)
            year = int(filters.url_select("年度", years, key="year", is_small=True))
            as_of = filters.url_as_of(today(), FIRST_DAY)
        if r.principal.role in FOR_INFORMATION:
            drawn.draw(r, _for_information, year, as_of)
            return
        if as_of.year < year:
            states.empty(f"{as_of} 还没有 {year} 年度的考核", "请改选年度，或把截至日期改到这一年之内。")
            return
        view = filters.url_segments("内容", VIEWS, key="view")
        if view == VIEWS[1]:
            _judged.show(r, year, as_of, department)
        elif view == VIEWS[2]:
            _rules.show(r, year, as_of)
        elif view == VIEWS[3]:
            _closing.show(r, year, as_of)
        else:
            _score(r, year, as_of, department)


def _department(r: Reading) -> str | None:
    """The department in view; None is all of them. A department has its own only."""
    if r.principal.role == "department" or r.principal.role in FOR_INFORMATION:
        return r.principal.unit
    names = {d.short: d.code for d in catalog.default().departments}
    return names.get(filters.url_select("处室", [EVERY, *names], key="department", is_small=True))


def _score(r: Reading, year: int, as_of: dt.date, department: str | None) -> None:
    query = tuple((key, st.query_params[key]) for key in KEPT if key in st.query_params)
    if department is None:
        drawn.draw(r, _overview, year, as_of, query)
        downloads.tables(f"{year}年度考核排名", lambda: _ranking_again(year, as_of), as_of=as_of)
        return
    part = st.query_params.get("part", "")
    key = next((k for k, name in PART_NAMES.items() if name == part), "")
    chosen = catalog.default().find_category(st.query_params.get("category", ""))
    code = chosen.code if chosen else ""
    is_shown = drawn.draw(r, _one, year, as_of, department, key, code, query)
    if chosen is not None and is_shown:
        _evidence(r, year, as_of, department, code)


def _overview(r: Reading, year: int, as_of: dt.date, query) -> None:
    """All departments by grade, each a link; the figures folded beneath."""
    found = scores.standing(r.principal, r.connection, year, as_of)
    with layout.together():
        _top(r, found, words.overview_sentence(found), as_of)
        figures.tiles([figures.Tile(**tile) for tile in words.overview_tiles(found, dict(query))])
        tabular.folded_table(frames.of(words.ranking_rows(found)), "名次、各部分得分与扣分")


def _ranking_again(year: int, as_of: dt.date):
    """Runs without the page's script: asks for the principal anew."""
    with reading() as r:
        return frames.of(words.ranking_rows(scores.standing(r.principal, r.connection, year, as_of)))


def _top(r: Reading, found, sentence: str, as_of: dt.date) -> None:
    text.headline(sentence)
    moment = last_change(r.principal, r.connection) if as_of == today() else as_of
    text.as_of_line(
        moment if found.frozen is None else None,
        *words.basis(found),
    )


def _one(r: Reading, year: int, as_of: dt.date, department: str, part: str, category: str, query) -> bool:
    """One department: figures, parts and next steps, why, and what was opened. Whether the category is its own."""
    found = scores.standing(r.principal, r.connection, year, as_of)
    scored = found.of(department)
    kept = dict(query)
    with layout.together():
        if scored is None or scored.score is None:
            text.headline(
                words.sentence(found, scored) if scored else f"{department_name(department)}不参评。"
            )
            states.empty(
                "这一年度不参评", "没有归口的数据类别，或归口类别都是零计划；有了计划后这里显示得分。"
            )
            return False
        _top(r, found, words.sentence(found, scored), as_of)
        figures.metric_cards(_cards(found, scored))
        layout.two_sides(lambda: _parts(scored, kept), lambda: next_steps(found, scored))
        if part:
            _part(found, scored, part, kept)
        shown = next((c for c in scored.categories if c.code == category), None)
        if shown is None:
            text.heading(f"为什么是 {words.points(scored.score)}")
            text.facts(words.why(scored, found.rules), is_wide=True)
        if shown is not None:
            text.heading(catalog.default().category_by_code[category].name_zh)
            text.facts(drill.category_facts(shown, found.rules), is_wide=True)
            tabular.folded_table(frames.of(drill.item_rows(shown)), "应报项与得分")
    return shown is not None


def _cards(found, scored):
    place = found.place(scored.department.code)
    return [
        figures.Metric("得分", f"{place.score} 分", help=words.total_rule(found.rules)),
        figures.Metric("等次", place.grade),
        figures.Metric(
            "名次",
            f"{place.rank} / {found.assessed}",
            delta=words.movement(place, found.since),
            than=f"较{found.since}" if found.since else "",
        ),
        figures.Metric("六部分合计", f"{words.points(scored.points)} 分"),
        figures.Metric("扣分", f"{words.points(scored.deductions.taken)} 分"),
    ]


def _parts(scored, query) -> None:
    text.heading("六个部分（点开看各类别）")
    figures.ranked_bars([figures.Bar(**bar) for bar in drill.part_bars(scored, query)], reach_name="满分")
    tabular.folded_table(frames.of(drill.part_rows(scored)), "满分、得分与失分")


def _part(found, scored, part: str, query) -> None:
    text.heading(f"{PART_NAMES[part]}：各类别")
    text.sentence(drill.part_rule(part, found.rules))
    if part == "cooperation":
        rows = drill.obligation_rows(scored)
        if rows:
            tabular.folded_table(frames.of(rows), f"{len(rows)} 项应办事项")
        else:
            text.sentence("这一年度还没有到期的应办事项，按规则记满分。")
        return
    figures.tiles([figures.Tile(**tile) for tile in drill.category_tiles(scored, part, query)])


def _evidence(r: Reading, year: int, as_of: dt.date, department: str, category: str) -> None:
    """Batches behind the category's figures; one opened leads to its rows and its file."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    chosen = BatchFilter(category=category, first=first, last=last)
    day = min(as_of, scores.freeze_of(year))
    found = batches(r.principal, r.connection, chosen, day, limit=MOST_BATCHES)
    if not found:
        states.empty("这一年没有收到这一类别的批次", "第一批报送后，这里列出每个批次，可以看到行和文件。")
        return
    total = count_batches(r.principal, r.connection, chosen, day)
    text.sentence(drill.batch_caption(found, total))
    picked = tabular.table(
        frames.of(receipt.batch_rows(found)), on_select="rerun", selection_mode="single-row",
        key=f"evidence.{category}.{year}",
    )  # fmt: skip
    for index in picked.selection.rows:
        _batch(r, day, category, found[index])


def _batch(r: Reading, day: dt.date, category: str, batch) -> None:
    entry = catalog.default().category_by_code[category]
    faulty = [p for p in problems(r.principal, r.connection, batch.receipt, day) if not p.is_warning]
    with st.container(border=True):
        text.heading(f"{batch.receipt}　{batch.file_name}")
        text.facts(
            [
                ("报送单位", unit_name(batch.unit)),
                ("收到", formats.datetime_zh(batch.received_at)),
                ("状态", batch.state_name),
                (
                    "行数",
                    f"{formats.number(batch.rows_accepted)} 接收 / {formats.number(batch.rows_total)} 提交",
                ),
            ]
        )
        if faulty:
            listed(entry, faulty)
        links.batch_records(entry.name_zh, batch.receipt)


def _for_information(r: Reading, year: int, as_of: dt.date) -> None:
    """Districts and affiliated units are not assessed; they get the same figures without a grade."""
    own = unit_words.own_figures(Known(r.principal, r.connection, year, as_of))
    with layout.together():
        text.headline(f"考核对象是机关各处室；{unit_name(r.principal.unit)}的同类指标供参考，不评等次。")
        figures.metric_cards(
            [
                figures.Metric("汇聚记录", formats.wan(own.delivered), help=metric_help("delivered")),
                figures.Metric("及时率", formats.percent(own.timeliness), help=metric_help("timeliness")),
                figures.Metric("数据质量", formats.percent(own.quality), help=metric_help("quality")),
                figures.Metric(
                    "上架率", formats.percent(own.publishing), help=metric_help("publishing_rate")
                ),
            ]
        )
