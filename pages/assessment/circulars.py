"""通报: draft with preview, approve, issue; receive, reply, close by the data (Article 22)."""

from functools import partial

import streamlit as st

from data_access import engine as database
from data_access.calendar import today
from data_access.clock import now
from data_access.commands import circular_replies as replies, circulars as commands
from data_access.commands.circulars import CircularRefused
from data_access.principal import Forbidden
from data_access.queries import circulars as queries
from data_access.settings import settings
from pages._shared import downloads, links
from pages._shared.numbers import reading
from pages._shared.principal import principal
from pages.assessment import _drafting
from reports import (
    circular_erratum as erratum,
    circular_list as lists,
    circular_paper as papers,
    circular_words as words,
)
from ui import frames
from ui.pieces import fields, figures, filters, layout, states, tabular, text
from ui.registry import ALL_ROLES, Page

PAGE = Page(
    path="circulars",
    title="通报",
    icon=":material/campaign:",
    roles=ALL_ROLES,
    order=30,
)
RECEIPT = "circulars.receipt"
NAMES = {"docx": "Word", "pdf": "PDF"}


def render() -> None:
    who = principal()
    asked = st.query_params.get("id")
    with reading() as r:
        found = queries.circulars(r.principal, r.connection)
        lines = queries.recipients(r.principal, r.connection)
    if asked:
        text.title(PAGE.title)
        _receipt()
        if asked in lists.codes_of(found):
            _one(who, asked)
        else:
            with layout.together():
                text.way_back("", "‹ 全部通报", links.address(PAGE.path))
                states.empty(f"没有编号 {asked} 的通报", "请核对编号；不是印发给本单位的通报看不到。")
        return
    with layout.title_bar(PAGE.title):
        state = filters.url_select("状态", list(lists.FILTERS), key="state", is_small=True)
    _receipt()
    is_writer = who.role in queries.WRITERS
    if is_writer and filters.url_segments("内容", lists.VIEWS, key="view") == lists.VIEWS[1]:
        _drafting.new(_do)
    else:
        _list(who, found, lines, state)


def _list(who, found, lines, state: str) -> None:
    unit = queries.own_unit(who) if who.role not in queries.WRITERS else None
    shown = lists.of_state(found, state)
    with layout.together():
        text.headline(words.list_sentence(found, lines, who.role, today()))
        if not found:
            states.empty("还没有通报", lists.nothing_yet(who.role))
        elif not shown:
            states.empty(f"没有{state}的通报", "在右上角换一个状态，或选“全部”。")
        else:
            if who.role in lists.OVERSEERS:
                figures.metric_cards([figures.Metric(**c) for c in lists.cards(found, lines, today())])
            figures.tiles([figures.Tile(**tile) for tile in lists.tiles(shown, lines, today(), unit)])
    if shown:
        tabular.folded_table(frames.of(words.list_rows(shown, lines, today(), unit)), "通报一览")


def _one(who, code: str) -> None:
    with reading() as r:
        of = words.read_circular(r.principal, r.connection, code)
    unit = queries.own_unit(who)
    is_writer = who.role in queries.WRITERS
    own = lists.own_line(of, unit)
    with layout.together():
        text.way_back("", "‹ 全部通报", links.address(PAGE.path))
        text.headline(
            words.headline(of) if is_writer or own is None else words.own_headline(of, own, today())
        )
        if of.row.state == "withdrawn":
            states.notice("muted", "已撤回", of.row.withdrawn_reason or "")
        text.sentence(of.row.title)
        if of.errata:
            states.notice("attention", "有更正", words.erratum_sentence(of))
            tabular.folded_table(frames.of(words.erratum_rows(of)), "更正的数字")
    if of.errata:
        _erratum(of)
    left, right = layout.two_columns(6, 4)
    with left:
        with layout.together():
            text.heading("通报事项")
            figures.tiles([figures.Tile(**tile) for tile in lists.item_tiles(of, unit)])
            if of.row.body:
                text.sentence(of.row.body)
        if own is not None and own.must_reply:
            _reply(of, own)
        _lines(of, is_writer)
    with right, st.container(border=True):
        text.facts(words.facts(of))
        _files(of)
        if own is not None:
            _receive(of, own)
        if is_writer:
            _steps(who, of)
    if is_writer and of.row.state == "draft":
        with st.expander("修改草稿", icon=":material/edit_note:"):
            _drafting.edit(of, _do)
    tabular.folded_table(frames.of(words.step_rows(of)), f"办理经过（{len(of.steps)} 步）")


def _files(of) -> None:
    with st.container(horizontal=True, gap="small"):
        for ending, name in NAMES.items():
            downloads.download(
                f"下载 {name}", partial(_file, of.row.code, ending), f"{of.row.title}.{ending}",
                key=f"circular.{ending}", mime=papers.MIMES[ending], detail={"circular": of.row.number},
            )  # fmt: skip


def _erratum(of) -> None:
    """The note of a circular's errata, and for those who see every department the list it stands in."""
    with st.container(horizontal=True, gap="small"):
        for ending, name in NAMES.items():
            downloads.download(
                f"下载更正说明 {name}", partial(_erratum_file, of.row.code, ending),
                f"{of.row.number}更正说明.{ending}", key=f"erratum.{ending}", mime=papers.MIMES[ending],
                detail={"circular": of.row.number},
            )  # fmt: skip
        year = str(of.errata[-1].year)
        if principal().role in lists.OVERSEERS:
            links.link("score", "更正清单", ":material/rule:", view="封存与申诉", year=year)


def _erratum_file(code: str, ending: str) -> bytes:
    """Runs without the page's script: asks for the principal anew."""
    with reading() as r:
        return erratum.erratum_file(r.principal, r.connection, code, ending)[1]


def _file(code: str, ending: str) -> bytes:
    """Runs without the page's script: asks for the principal anew."""
    with reading() as r:
        return papers.circular_file(r.principal, r.connection, code, ending)[1]


# ---- what a recipient does ----


def _receive(of, own) -> None:
    waits = of.row.state == "issued" and own.received_at is None
    if waits and st.button("签收", icon=":material/done:", width="stretch", type="primary"):
        _do("已签收", partial(_run, replies.receive, of.row.code))


def _reply(of, own) -> None:
    """What was answered; the form, as long as an answer is asked for."""
    text.heading("本单位回复")
    if own.reply:
        states.notice(words.LINE_STATES[own.state], own.state_name, own.reply)
    returned = lists.return_reason(of, own)
    if returned:
        states.notice("attention", "退回原因", returned)
    if of.row.state == "issued" and own.is_unanswered:
        key = f"reply.{of.row.code}"
        st.text_area(
            "回复内容",
            key=key,
            max_chars=replies.MOST_REPLY,
            placeholder="写明原因、改正措施、责任人和完成时间。",
        )
        st.button(
            "提交回复",
            type="primary",
            icon=":material/send:",
            on_click=_answer,
            args=(of.row.code, key),
        )


def _answer(code: str, key: str) -> None:
    """Before the page is drawn anew: who answers what closed meanwhile is told so, form or no form."""
    _take("已回复", partial(_run, replies.reply, code, st.session_state.get(key) or ""))


# ---- what the team and the office do ----


def _lines(of, is_writer: bool) -> None:
    """Who has received and answered; replies in full for those who judge them."""
    if not is_writer:
        if lists.has_others(of):
            tabular.folded_table(frames.of(words.recipient_rows(of)), "签收和回复")
        return
    text.heading("签收和回复")
    tabular.table(frames.of(words.recipient_rows(of)))
    replied = words.reply_rows(of)
    if replied:
        tabular.folded_table(frames.of(replied), f"回复内容（{len(replied)} 份）")


def _steps(who, of) -> None:
    """What the state allows, to whom."""
    code, state = of.row.code, of.row.state
    may_approve = state == "draft" and who.role == "office"
    if may_approve and st.button("批准", icon=":material/done_all:", type="primary", width="stretch"):
        _do("已批准", partial(_run, commands.approve, code))
    if state == "approved" and st.button("印发", icon=":material/send:", type="primary", width="stretch"):
        _do("已印发，各单位已收到提醒", partial(_run, commands.issue, code))
    if who.role != "office":
        return
    _judge(of)
    if state in ("draft", "approved", "issued"):
        with st.expander("撤回通报"):
            reason = st.text_input("撤回原因", key=f"withdraw.{code}", max_chars=200)
            if st.button("撤回", icon=":material/undo:", width="stretch"):
                _do("已撤回，仍可查看", partial(_run, commands.withdraw, code, reason=reason))


def _judge(of) -> None:
    """Accept or return one reply."""
    waiting = lists.to_judge(of)
    if not waiting:
        return
    name = fields.choice("审阅回复", list(waiting), key=f"judge.{of.row.code}")
    unit, reply = waiting[name]
    states.notice("calm", name, reply)
    note = st.text_input("意见（退回时必填）", key=f"note.{of.row.code}.{unit}", max_chars=200)
    accept, back = st.columns(2)
    if accept.button("办结", type="primary", icon=":material/done:", width="stretch"):
        _do(f"{name}已办结", partial(_run, replies.close_line, of.row.code, unit, note=note))
    if back.button("退回", icon=":material/undo:", width="stretch"):
        _do(f"已退回{name}", partial(_run, replies.send_back, of.row.code, unit, reason=note))


# ---- one command, its receipt or its refusal ----


def _run(command, code: str, *arguments, made, who, at, **more) -> None:
    with database.writing(made) as connection:
        command(who, connection, code, *arguments, at=at, **more)


def _do(done: str, step) -> None:
    """One step, and the page anew."""
    _take(done, step)
    st.rerun()


def _take(done: str, step) -> None:
    """One step; its receipt or its refusal stands above everything in the next run."""
    try:
        code = step(made=database.engine(settings().database.url), who=principal(), at=now())
        st.session_state[RECEIPT] = ("good", done, "已记入审计。")
        if code:
            st.query_params["id"] = code
    except (CircularRefused, Forbidden) as error:
        st.session_state[RECEIPT] = ("alarm", "未办理", str(error))


def _receipt() -> None:
    said = st.session_state.pop(RECEIPT, None)
    if said is not None:
        states.notice(*said)
