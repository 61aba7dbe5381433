"""The form of a circular: period, kind, departments and indicators, preview with ticks, words, recipients."""

from functools import partial

import streamlit as st

from data_access.calendar import today
from data_access.commands.circulars import MOST_BODY, MOST_TITLE, REPLY_DAYS
from metrics import circular_life as life
from pages._shared import drawn
from pages._shared.numbers import Reading, reading
from reports import circular_list as lists, circular_words as words
from ui import frames
from ui.pieces import fields, filters, states, text


def new(do) -> None:
    _form(do, "new", None)


def edit(of, do) -> None:
    _form(do, of.row.code, of)


def _form(do, key: str, of) -> None:
    row = of.row if of else None
    with filters.filter_bar():
        kind_name = fields.choice("种类", lists.kinds(row), key=f"{key}.kind")
        period = st.date_input(
            "通报期间",
            value=lists.period(row, today()),
            max_value=today(),
            format="YYYY-MM-DD",
            key=f"{key}.period",
        )
    left, right = st.columns(2)
    names = left.multiselect(
        "处室", list(lists.departments()), key=f"{key}.departments", placeholder="全部处室",
        default=lists.named(of),
    )  # fmt: skip
    measures = right.multiselect(
        "指标", list(lists.indicators()), key=f"{key}.indicators", placeholder="全部指标"
    )
    days = lists.both_days(period)
    if days is None:
        states.empty("请选择期间的起日和止日", "选好后，这里显示各处室的数据，勾选要通报的事项。")
        return
    first, last = days
    kind = lists.KINDS[kind_name]
    asked = (
        tuple(lists.codes(lists.departments(), names)), tuple(lists.codes(lists.indicators(), measures)),
    )  # fmt: skip
    with reading() as r:
        found = lists.in_order(drawn.draw(r, _figures, first, last, *asked, today()), kind)
    text.sentence(lists.preview_sentence(found, kind))
    edited = st.data_editor(
        frames.of(lists.preview_rows(found, kind)),
        hide_index=True,
        disabled=["处室", "指标", "类别", "通报期末", "今天", "要求"],
        column_config={"列入": st.column_config.CheckboxColumn(width="small")},
        key=f"{key}.lines.{kind}.{first}.{last}.{'-'.join(names)}.{'-'.join(measures)}",
        height=330,
    )
    chosen = lists.chosen(edited.to_dict("records"), found)
    title = st.text_input(
        "标题", value=row.title if row else words.title_for(kind_name, first, last), max_chars=MOST_TITLE,
        key=f"{key}.title.{kind}.{first}.{last}",
    )  # fmt: skip
    body = st.text_area(
        "补充说明（可空）", value=row.body if row else "", max_chars=MOST_BODY, key=f"{key}.body", height=90
    )
    options = lists.copies(lists.codes(lists.departments(), []))
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    copies = left.multiselect(
        "抄送（只签收，不回复）", list(options), key=f"{key}.copies", placeholder="不抄送"
    )
    due = right.date_input(
        "回复期限",
        value=row.reply_due if row else None,
        min_value=today(),
        format="YYYY-MM-DD",
        key=f"{key}.due",
        help=f"空着即印发后 {REPLY_DAYS} 个工作日。表扬不需要回复。",
    )
    if st.button(f"存为草稿（{len(chosen)} 项）", type="primary", icon=":material/save:", key=f"{key}.save"):
        wish = life.Wish(
            kind, title, body, first, last, chosen, tuple(lists.codes(options, copies) if copies else ()),
            lists.day_of(due),
        )  # fmt: skip
        do("草稿已保存", partial(_save, wish, row.code if row else None))


def _figures(r: Reading, first, last, departments, indicators, day):
    """The lines to choose from; draws nothing: kept by arguments and versions, a tick costs no second."""
    return tuple(life.preview(r.principal, r.connection, first, last, departments, indicators, day))


def _save(wish, code, made, who, at):
    return life.draft(made, who, wish, code=code, at=at)
