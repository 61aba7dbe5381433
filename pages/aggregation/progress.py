"""汇聚进度: how far each category has come, and down to the unit, the batch, the row (Articles 8, 21)."""

import datetime as dt
from collections.abc import Mapping

import streamlit as st

import catalog
from data_access.calendar import today
from data_access.queries.batches import BatchFilter, batches, problems
from data_access.versions import last_change
from metrics import Known
from metrics.matrix import matrix, unit_lines
from metrics.overview import whole_completion
from pages._shared import drawn, links, tables
from pages._shared.days import FIRST_DAY
from pages._shared.numbers import Reading, reading
from pages._shared.problems import listed
from reports import receipt, words
from ui import formats, frames
from ui.pieces import figures, filters, layout, states, tabular, text
from ui.registry import ALL_ROLES, Page

PAGE = Page(
    path="progress",
    title="汇聚进度",
    icon=":material/stacked_bar_chart:",
    roles=ALL_ROLES,
    order=10,
)
MOST_BATCHES = 200
OPENED, ONLY = "opened", "only"
"""What the URL asks for: the category opened, the one department shown. No widget of another page is bound to these
names: Streamlit takes a page's bound names out of the URL when it is left, of the page the way back leads to as well."""
KEPT = ("as_of", ONLY)
"""Filters of the URL that the links on the tiles carry on."""


def _matrix_table(r: Reading, query: Mapping[str, str]):
    """All categories the reader sees, whatever the page was narrowed to."""
    as_of = tables.day(query, today(), FIRST_DAY)
    known = Known(r.principal, r.connection, as_of.year, as_of)
    return frames.of(words.matrix_rows(matrix(known), is_of_unit=known.unit is not None))


TABLES = {"matrix": tables.Table("汇聚进度", _matrix_table)}


def render() -> None:
    asked = st.query_params.to_dict()
    as_of = filters.asked_day(asked.get("as_of"), today(), FIRST_DAY)
    query = tuple((key, asked[key]) for key in KEPT if key in asked)
    with reading() as r:
        shown = drawn.draw(r, _matrix, as_of, today(), query)
        opened = catalog.default().find_category(asked.get(OPENED, ""))
        if opened is not None and opened.code in shown:
            drawn.draw(r, _due_items, as_of, opened.code, query)
            _units(r, as_of, opened.code)


def _matrix(r: Reading, as_of: dt.date, last: dt.date, query) -> tuple[str, ...]:
    """The sentence, the tiles that open a category, their table folded beneath; codes of the categories shown."""
    known = Known(r.principal, r.connection, as_of.year, as_of)
    cells = matrix(known)
    kept = dict(query)
    shown = [c for c in cells if c.department == kept.get(ONLY)] or cells
    with layout.together():
        text.title_with_day(PAGE.title, as_of, FIRST_DAY, last)
        completion = whole_completion(known) if known.unit is None else None
        text.headline(words.progress_sentence(completion, cells, as_of.year, known.unit))
        text.as_of_line(
            last_change(r.principal, r.connection) if as_of == today() else as_of,
            words.WEIGHTED,
            *([note] if (note := known.calendar.note(as_of.year)) else []),
            version=r.versions.get("records"),
        )
        if not cells:
            states.empty(
                "还没有报送过的类别", "在“数据报送”提交第一个文件后，这里按类别显示条数、状态和截止日期。"
            )
            return ()
        if len(shown) < len(cells):
            every = {key: value for key, value in query if key != ONLY}
            only = f"只显示{words.department_name(shown[0].department)}的类别"
            text.way_back(only, "显示全部处室", links.address(PAGE.path, **every))
        figures.legend(words.MATRIX_LEGEND)
        is_of_unit = known.unit is not None
        figures.tiles([figures.Tile(**words.tile(c, kept, is_of_unit=is_of_unit)) for c in shown])
        files = tables.addresses(PAGE.path, "matrix", as_of=as_of.isoformat())
        tabular.folded_table(frames.of(words.matrix_rows(shown, is_of_unit=is_of_unit)), "汇聚进度", files)
    return tuple(c.category for c in shown)


def _due_items(r: Reading, as_of: dt.date, category: str, query) -> None:
    """What had to arrive when, and when it did."""
    found = catalog.default().category_by_code[category]
    known = Known(r.principal, r.connection, as_of.year, as_of)
    name = f"{words.department_name(found.department)} · {found.name_zh}"
    text.opened(name, "收起", links.address(PAGE.path, **dict(query)))
    st.caption(words.rhythm_words(found))
    items = [item for duty, item in known.items if duty.category == category]
    tabular.table(frames.of(words.due_row(item, as_of) for item in items))


def _units(r: Reading, as_of: dt.date, category: str) -> None:
    """Units, then the batches of a unit: the second and third click."""
    lines = unit_lines(r.principal, r.connection, category, year=as_of.year, as_of=as_of)
    if not lines:
        states.empty("今年还没有单位报送", "第一批报送后，这里按单位列出条数、批次和最近报送日期。")
        return
    text.heading("各单位报送")
    picked = tabular.table(
        frames.of(words.unit_row(line) for line in lines),
        counts=words.UNIT_COUNTS, on_select="rerun", selection_mode="single-row", key=f"units.{category}",
    )  # fmt: skip
    for index in picked.selection.rows:
        _unit(r, as_of, category, lines[index].unit)


def _unit(r: Reading, as_of: dt.date, category: str, unit: str) -> None:
    text.heading(f"{words.unit_name(unit)}的批次")
    chosen = BatchFilter(category=category, unit=unit, first=as_of.replace(month=1, day=1))
    found = batches(r.principal, r.connection, chosen, as_of, limit=MOST_BATCHES)
    picked = tabular.table(
        frames.of(receipt.batch_rows(found)), counts=receipt.BATCH_COUNTS, on_select="rerun",
        selection_mode="single-row", key=f"batches.{category}.{unit}",
    )  # fmt: skip
    for index in picked.selection.rows:
        _batch(r, as_of, category, found[index])


def _batch(r: Reading, as_of: dt.date, category: str, batch) -> None:
    """The fourth click: the problems of the batch, and its rows in the base."""
    found = catalog.default().category_by_code[category]
    faulty = [p for p in problems(r.principal, r.connection, batch.receipt, as_of) if not p.is_warning]
    with st.container(border=True):
        text.heading(f"{batch.receipt}　{batch.file_name}")
        if faulty:
            listed(found, faulty)
        else:
            st.caption(f"{formats.number(batch.rows_total)} 行全部通过检查。")
        links.batch_records(found.name_zh, batch.receipt, **links.as_shown(as_of, today()))
