"""基础数据: the catalogue, the field dictionary, records with their lineage, export (Article 13)."""

import datetime as dt
from functools import partial
from typing import Literal

import streamlit as st

import catalog
from data_access import engine as database
from data_access.calendar import today
from data_access.clock import now
from data_access.commands.unmasking import ReasonMissing, unmask
from data_access.masking import may_unmask
from data_access.principal import Forbidden
from data_access.queries.progress import current_counts
from data_access.queries.records import BadFilter, records, versions
from data_access.settings import settings
from data_access.versions import last_change
from pages._shared import downloads, drawn, links
from pages._shared.days import FIRST_DAY
from pages._shared.numbers import Reading, reading
from pages._shared.principal import principal
from reports import record_words as words
from reports.dictionary import dictionary
from reports.export import export
from ui import files, formats, frames
from ui.pieces import filters, layout, states, tabular, text
from ui.registry import ALL_ROLES, Page

PAGE = Page(
    path="records",
    title="基础数据",
    icon=":material/database:",
    roles=ALL_ROLES,
    order=40,
)
VIEWS = ("数据目录", links.RECORDS, "数据字典")
PAGE_SIZE = 100
KINDS: tuple[tuple[Literal["csv", "xlsx"], str], ...] = (("csv", "CSV"), ("xlsx", "xlsx"))


def render() -> None:
    with layout.title_bar(PAGE.title):
        view = filters.url_segments("内容", VIEWS, key="view")
        as_of = None if view == "数据字典" else _past(filters.url_as_of(today(), FIRST_DAY))
    if view == "数据目录":
        with reading() as r:
            drawn.draw(r, _catalog, as_of)
        return
    readable = words.readable_categories(principal())
    names = {c.name_zh: c for c in (catalog.default().categories if view == "数据字典" else readable)}
    if not names:
        states.empty("没有可以查看的类别", "您的身份没有可以查看记录的类别；需要时请向局办公室申请。")
        return
    with filters.filter_bar():
        chosen = names[filters.url_select("数据类别", list(names), key="category")]
        search = "" if view == "数据字典" else _text("查找", "search", "名称、地址等文字中包含")
        receipt = "" if view == "数据字典" else _text("回执号", "receipt", "只看这一批")
    if view == "数据字典":
        _dictionary(chosen)
    else:
        _records(chosen, search, receipt, as_of)


def _past(day: dt.date) -> dt.date | None:
    """A day before today; None: the base as it stands, with what arrived while the page is looked at."""
    return day if day < today() else None


def _text(label: str, key: str, hint: str) -> str:
    return st.text_input(label, key=key, bind="query-params", placeholder=hint) or ""


def _catalog(r: Reading, as_of: dt.date | None) -> None:
    known = catalog.default()
    counts = current_counts(r.principal, r.connection, as_of)
    when = "现有" if as_of is None else f"截至{formats.date_zh(as_of)}有"
    text.headline(
        f"{len(known.departments)} 个处室、{len(known.categories)} 个数据类别，"
        f"基础数据库{when} {formats.wan(words.total(counts))} 条记录。"
    )
    text.as_of_line(
        last_change(r.principal, r.connection) if as_of is None else as_of,
        f"目录版本 {known.version}",
        version=r.versions.get("records"),
    )
    tabular.table(
        frames.of(words.catalog_rows(counts, known.categories)), counts=words.CATALOG_COUNTS, height=640
    )


def _dictionary(category) -> None:
    text.headline(f"《{category.name_zh}》有 {len(category.fields)} 个字段：{category.grain}。")
    rows = words.dictionary_rows(category)
    tabular.table(frames.of(rows), height=520)
    with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        downloads.download(
            "本类别字典 xlsx", partial(dictionary, catalog.default(), [category]),
            f"数据字典_{category.name_zh}.xlsx", key=f"dictionary.{category.code}", mime=downloads.XLSX,
            recorded=False, type="tertiary",
        )  # fmt: skip
        downloads.download(
            "全部类别字典 xlsx", partial(dictionary, catalog.default()), "数据字典.xlsx", key="dictionary.all",
            mime=downloads.XLSX, recorded=False, type="tertiary",
        )  # fmt: skip
    if category.cross_checks:
        text.heading("栏目之间的校验")
        tabular.table(frames.of(words.check_rows(category)))


def _records(category, search: str, receipt: str, as_of: dt.date | None) -> None:
    with reading() as r:
        try:
            first = records(
                r.principal,
                r.connection,
                category,
                search=search or None,
                receipt=receipt or None,
                as_of=as_of,
                limit=0,
            )
        except BadFilter as error:
            states.notice("alarm", "筛选条件有误", str(error))
            return
        when = "" if as_of is None else f"在 {formats.date_zh(as_of)} "
        text.headline(f"《{category.name_zh}》{when}符合条件的记录 {formats.number(first.total)} 条。")
        text.as_of_line(
            last_change(r.principal, r.connection) if as_of is None else as_of,
            version=r.versions.get("records"),
        )
        if not first.total:
            states.empty("没有符合条件的记录", "清空筛选条件，或等这一类别的数据入库后再看。")
            return
        number = st.pagination(words.pages_of(first.total, PAGE_SIZE), key=f"page.{category.code}")
        shown = records(
            r.principal, r.connection, category, search=search or None, receipt=receipt or None,
            as_of=as_of, limit=PAGE_SIZE, offset=words.offset_of(number, PAGE_SIZE), count=False,
        )  # fmt: skip
        picked = tabular.table(
            frames.of(words.record_rows(category, shown.records)), on_select="rerun",
            selection_mode="single-row", key=f"rows.{category.code}", height=520,
        )  # fmt: skip
        st.caption("个人信息已遮盖。选中一行，查看这条记录的来源和每次变化。")
        _exports(category, search, receipt, as_of)
        for index in picked.selection.rows:
            _lineage(r, category, shown.records[index])


def _lineage(r: Reading, category, record) -> None:
    history = versions(r.principal, r.connection, category, record)
    with st.container(border=True):
        text.heading("这条记录的来源与变化")
        tabular.table(frames.of(words.version_rows(category, history)))
        if category.contains_personal_data and may_unmask(r.principal):
            _unmasked(category, record)
        links.link("deliveries", "查看报送记录", ":material/upload_file:", category=category.name_zh)


def _unmasked(category, record) -> None:
    """One record's personal values, drawn in the run of the button only: nothing keeps them."""
    place = f"{record['receipt']}.{record['sheet']}.{record['row']}"
    with st.form(f"unmask.{place}", border=False):
        reason = st.text_input(
            "查看个人信息的原因", placeholder="例如：核对裁判员等级证书编号", max_chars=200
        )
        asked = st.form_submit_button("查看这一条的个人信息", icon=":material/visibility:")
    st.caption("每次查看都记入审计：谁、何时、哪一条、什么原因。离开或刷新后重新遮盖。")
    if asked:
        try:
            shown = unmask(
                database.engine(settings().database.url),
                principal(),
                category,
                record,
                reason=reason,
                at=now(),
            )
        except (ReasonMissing, Forbidden) as error:
            states.notice("alarm", "没有显示", str(error))
            return
        text.facts(words.personal_facts(category, shown))


def _exports(category, search: str, receipt: str, as_of: dt.date | None) -> None:
    """All that match, masked as on the screen; written when asked for."""
    stem = files.file_stem(f"{category.name_zh}_记录", as_of or today())
    with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        for kind, label in KINDS:
            downloads.download(
                label, partial(_exported, category.code, kind, search, receipt, as_of), f"{stem}.{kind}",
                key=f"export.{kind}.{category.code}", mime=downloads.TYPES[kind], type="tertiary",
                detail={"category": category.code, "searched": bool(search), "receipt": receipt, "as_of": str(as_of or "")},
            )  # fmt: skip


def _exported(
    code: str, kind: Literal["csv", "xlsx"], search: str, receipt: str, as_of: dt.date | None
) -> bytes:
    """Runs without the page's script: asks for the principal anew."""
    category = catalog.default().category_by_code[code]
    with reading() as r:
        return export(
            r.principal,
            r.connection,
            category,
            kind,
            search=search or None,
            receipt=receipt or None,
            as_of=as_of,
        )
