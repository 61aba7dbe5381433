"""变更申请: open, accept, approve, carry out; every step and value in view (Articles 13, 14)."""

from functools import partial

import streamlit as st

import catalog
from data_access import engine as database
from data_access.calendar import today
from data_access.clock import now
from data_access.commands import change_applying, change_requests as commands
from data_access.commands.change_requests import ChangeRefused
from data_access.principal import Forbidden
from data_access.queries import change_requests as queries
from data_access.queries.records import records
from data_access.settings import settings
from pages._shared import downloads, links
from pages._shared.numbers import reading
from pages._shared.principal import principal
from reports import change_words as words
from ui import frames
from ui.pieces import fields, figures, filters, layout, states, tabular, text
from ui.registry import ALL_ROLES, Page

PAGE = Page(
    path="changes",
    title="变更申请",
    icon=":material/edit_note:",
    roles=ALL_ROLES,
    order=30,
)
RECEIPT = "changes.receipt"
MOST_SHOWN, MOST_FOUND = 200, 20


def render() -> None:
    who = principal()
    asked = st.query_params.get("id")
    if asked:
        text.title(PAGE.title)
        _receipt()
        _one(who, asked)
        return
    with layout.title_bar(PAGE.title):
        state = filters.url_select("状态", list(words.FILTERS), key="state", is_small=True)
        category = filters.url_select(
            "类别", [words.EVERY, *words.categories_of(who)], key="category", is_small=True
        )
    _receipt()
    if who.role != "leader" and filters.url_segments("内容", words.VIEWS, key="view") == words.VIEWS[1]:
        _open(category)
    else:
        _list(who, state, category)


def _list(who, state: str, category: str) -> None:
    chosen = words.chosen(state, category)
    with reading() as r:
        found = queries.change_requests(r.principal, r.connection, chosen, limit=MOST_SHOWN)
        counts = queries.count_by_state(r.principal, r.connection, words.chosen("全部", category))
    with layout.together():
        text.headline(words.sentence(counts, found, today()))
        if not found:
            states.empty("没有符合条件的变更申请", words.nothing_yet(who.role))
        else:
            figures.tiles([figures.Tile(**tile) for tile in words.tiles(found, today())])
    if found:
        downloads.tables("变更申请", partial(_rows, state, category), as_of=today())


def _rows(state: str, category: str):
    """Runs without the page's script: asks for the principal anew."""
    with reading() as r:
        chosen = words.chosen(state, category)
        return frames.of(
            words.list_rows(queries.change_requests(r.principal, r.connection, chosen, limit=None))
        )


def _one(who, number: str) -> None:
    with reading() as r:
        found = queries.one_change_request(r.principal, r.connection, number)
        steps = queries.change_steps(r.principal, r.connection, number)
    with layout.together():
        text.way_back("", "‹ 全部变更申请", links.address(PAGE.path))
        if found is None:
            states.empty(f"没有编号 {number} 的变更申请", "请核对编号；不涉及本单位数据的申请看不到。")
            return
        text.headline(words.headline(found))
        text.facts([("原因", found.reason), ("依据", found.evidence or "—")], is_wide=True)
    left, right = layout.two_columns(6, 4)
    with left:
        if found.before:
            tabular.table(frames.of(words.value_rows(found)))
        tabular.folded_table(frames.of(words.step_rows(steps)), "办理经过")
    with right, st.container(border=True):
        text.facts(words.facts(found, today()))
        _steps(words.may(who, found), found)


def _steps(may: set[str], found) -> None:
    """The buttons of this state for this person."""
    number = found.number
    if "submit" in may:
        _complete(found)
    note = ""
    if may & {"accept", "refuse", "approve", "cancel"}:
        note = st.text_input("意见（退回、撤回时必填）", key=f"note.{number}", max_chars=200)
    for key, label, icon, done, step in (
        ("accept", "受理", ":material/done:", "已受理，转核准", partial(commands.accept_request, note=note)),
        (
            "approve",
            "核准",
            ":material/done_all:",
            "已核准，转运维团队更新",
            partial(commands.approve_request, note=note),
        ),
        ("confirm", "确认", ":material/verified:", "已确认", commands.confirm_request),
        ("refuse", "退回", ":material/undo:", "已退回", partial(commands.refuse_request, reason=note)),
        ("cancel", "撤回", ":material/cancel:", "已撤回", partial(commands.cancel_request, reason=note)),
    ):
        if key in may and st.button(label, icon=icon, width="stretch", key=f"{key}.{number}"):
            _do(done, partial(_run, step, number))
    if "apply" in may and st.button(
        "更新基础数据库", icon=":material/database:", type="primary", width="stretch"
    ):
        _do("", partial(_apply, number))


def _complete(found) -> None:
    """A draft's missing values, entered by the unit."""
    values = {
        name: st.text_input(label, key=f"value.{found.number}.{name}")
        for name, label in words.labels_of(found).items()
    }
    if st.button("补全并提交", icon=":material/send:", type="primary", width="stretch"):
        _do("已提交", partial(_run, partial(commands.submit_request, proposed=values), found.number))


def _open(category: str) -> None:
    """Find the record, choose the field, say what it should be and why."""
    codes = words.categories_of(principal())
    if category not in codes:
        states.empty("请先选类别", "在右上角选定数据类别，再查找要变更的记录。")
        return
    known = catalog.default().category_by_code[codes[category]]
    search = st.text_input(
        "查找记录", key="search", bind="query-params", placeholder="名称、地址等文字中包含"
    )
    with reading() as r:
        try:
            found = records(r.principal, r.connection, known, search=search or None, limit=MOST_FOUND).records
        except Forbidden as error:
            states.notice("muted", "没有可以变更的记录", str(error))
            return
    if not found:
        states.empty("没有找到记录", "换一个查找词；本单位没有报送的记录不在其中。")
        return
    shown = hash(tuple((r["receipt"], r["sheet"], r["row"]) for r in found))  # chosen among these, no others
    picked = tabular.table(
        frames.of(words.found_rows(known, found)), on_select="rerun", selection_mode="single-row",
        key=f"pick.{known.code}.{search}.{shown}",
    )  # fmt: skip
    for index in [i for i in picked.selection.rows if i < len(found)]:
        _form(known, found[index])


def _form(known, record) -> None:
    changeable = words.changeable(known)
    with st.container(border=True):
        label = fields.choice("要变更的栏目", list(changeable), key=f"field.{known.code}")
        name = changeable[label]
        allowed = words.choices(known, name)
        value = (
            fields.choice("拟改为", list(allowed), key=f"to.{known.code}.{name}")
            if allowed
            else st.text_input("拟改为", key=f"to.{known.code}.{name}")
        )
        reason = st.text_input("变更原因", key="reason", max_chars=200)
        evidence = st.text_input(
            "依据", key="evidence", max_chars=500, placeholder="文件、照片、现场核对情况"
        )
        given = {"proposed": {name: value or None}, "reason": reason, "evidence": evidence}
        change, delete = st.columns(2)
        if change.button("提出变更", icon=":material/send:", type="primary", width="stretch"):
            _do("已提出，待运维团队受理", partial(_propose, known, record, given))
        if delete.button("提出删除这条记录", icon=":material/delete:", width="stretch"):
            given = {"kind": "delete", "reason": reason, "evidence": evidence}
            _do("已提出，待运维团队受理", partial(_propose, known, record, given))


# ---- one command, its receipt or its refusal ----


def _propose(known, record, given, *, made, who, at) -> str:
    with database.writing(made) as connection:
        key = commands.key_of(who, connection, known, record)
        number = commands.open_request(who, connection, commands.Proposal(known.code, key, **given), at=at)
    st.query_params["id"] = number
    return ""


def _run(step, number: str, *, made, who, at) -> str:
    with database.writing(made) as connection:
        step(who, connection, number, at=at)
    return ""


def _apply(number: str, *, made, who, at) -> str:
    return change_applying.apply_request(made, who, number, at=at)


def _do(done: str, step) -> None:
    """One step, its receipt or its refusal, and the page anew."""
    try:
        said = step(made=database.engine(settings().database.url), who=principal(), at=now())
        st.session_state[RECEIPT] = ("good", done or said, "已记入审计。")
    except (ChangeRefused, Forbidden) as error:
        st.session_state[RECEIPT] = ("alarm", "未办理", str(error))
    st.rerun()


def _receipt() -> None:
    said = st.session_state.pop(RECEIPT, None)
    if said is not None:
        states.notice(*said)
