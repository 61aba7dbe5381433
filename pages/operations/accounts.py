"""账号: applications decided, accounts kept, the yearly confirmation (Article 18)."""

from collections.abc import Callable

import streamlit as st

from accounts import life
from accounts.forms import ApplicationForm
from data_access.calendar import today
from data_access.clock import now
from data_access.principal import Forbidden
from data_access.queries.accounts import Account, Application, accounts, applications
from data_access.settings import settings
from pages._shared import downloads
from pages._shared.numbers import reading
from pages._shared.principal import principal
from reports import account_words as words
from ui import formats, frames
from ui.pieces import fields, filters, layout, states, tabular, text
from ui.registry import Page

PAGE = Page(
    path="accounts",
    title="账号",
    icon=":material/badge:",
    roles=("office",),
    order=70,
)
WAITING, ALL, YEARLY = VIEWS = ("待审核", "全部账号", "年度确认")
MOST_WAITING = 10
SLIP, RECEIPT = "accounts.slip", "accounts.receipt"


def render() -> None:
    with layout.title_bar(PAGE.title):
        view = filters.url_segments("内容", VIEWS, key="view")
    with reading() as r:
        known = accounts(r.principal, r.connection)
        waiting = applications(r.principal, r.connection, state="submitted")
    unconfirmed = life.confirmation_list(settings().database.url, principal(), today())
    text.headline(words.headline(len(waiting), known, len(unconfirmed), today().year))
    _receipt()
    _slip()
    if view == WAITING:
        _waiting(waiting)
    elif view == ALL:
        _all(known)
    else:
        _yearly(unconfirmed)


# ---- what was just done ----


def _do(done: str, act: Callable[[str], object], explain: str = "已记入审计。") -> None:
    """One step; its receipt or its refusal stands above everything in the next run."""
    try:
        result = act(settings().database.url)
    except (life.AccountRefused, Forbidden) as error:
        st.session_state[RECEIPT] = ("alarm", "未办理", str(error))
    else:
        st.session_state[RECEIPT] = ("good", done, explain)
        if isinstance(result, tuple):
            st.session_state[SLIP] = result
    st.rerun()


def _receipt() -> None:
    shown = st.session_state.pop(RECEIPT, None)
    if shown is not None:
        states.notice(*shown)


def _slip() -> None:
    """The one-time password: in this run and in no other; nothing keeps it."""
    slip = st.session_state.pop(SLIP, None)
    if slip is None:
        return
    opened, person, unit = slip
    with st.container(border=True):
        left, right = layout.two_columns(5, 4)
        with left:
            text.slip("账号开通通知", words.slip_facts(opened, person, unit), words.SLIP_ADVICE)
        with right:
            text.heading("复制一次性密码")
            st.code(opened.password, language=None)
            st.caption("只显示这一次，系统不保存。点密码右侧的图标复制；按 Ctrl+P 只打印左边这张通知。")
            st.caption("操作其他内容后不再显示；遗失的，重置一次即可。")


# ---- applications ----


def _waiting(found: list[Application]) -> None:
    if not found:
        states.empty(
            "没有待审核的申请", "新的申请提交后显示在这里。申请人在登录页点“申请账号”填写，也可以由您代填。"
        )
    for application in found[:MOST_WAITING]:
        _application(application)
    if len(found) > MOST_WAITING:
        st.caption(f"共 {len(found)} 份，先办最早的 {MOST_WAITING} 份，其余随后显示。")
    text.way("代填申请表", "/apply", "纸质申请由局办公室代填，提交后在这里审核。")


def _application(a: Application) -> None:
    """Two ways to decide, each with what it needs."""
    with st.container(border=True, key=f"application.{a.number}"):
        left, right = layout.two_columns(5, 4)
        with left:
            text.heading(f"{a.person}　{words.unit_words(a.role, a.unit)}")
            text.facts(words.application_facts(a))
        with right:
            who = principal()
            field, button = st.columns([5, 3], vertical_alignment="bottom")
            name = field.text_input(
                "账号名",
                value=life.propose_name(settings().database.url, who, a.person),
                key=f"name.{a.number}",
                max_chars=32,
                help="本人姓名的拼音；开通后不能改，也不再分配给别人。",
            )
            namesake = st.checkbox("已核对：与其他单位的同名账号不是同一人", key=f"namesake.{a.number}")
            approved = button.button(
                "开通账号",
                type="primary",
                icon=":material/how_to_reg:",
                width="stretch",
                key=f"open.{a.number}",
            )
            if approved:
                _do(
                    f"已为{a.person}开通账号 {name}",
                    lambda url: _with_slip(
                        life.approve(url, who, a.number, name, now(), is_namesake=namesake), a
                    ),
                    "请把一次性密码当面或电话告知本人。",
                )
            field, button = st.columns([5, 3], vertical_alignment="bottom")
            reason = field.text_input("退回原因", key=f"reason.{a.number}", max_chars=200)
            if button.button("退回申请", icon=":material/undo:", width="stretch", key=f"refuse.{a.number}"):
                _do(f"已退回{a.person}的申请", lambda url: life.refuse(url, who, a.number, reason, now()))


def _with_slip(opened: life.Opened, person: Application | Account) -> tuple[life.Opened, str, str]:
    return opened, person.person, words.unit_words(person.role, person.unit)


# ---- accounts ----


def _all(known: list[Account]) -> None:
    with filters.filter_bar():
        state = words.STATES[filters.url_select("状态", list(words.STATES), key="state")]
        role = words.ROLES[filters.url_select("身份", list(words.ROLES), key="role")]
        idle = words.IDLE[filters.url_select("使用情况", list(words.IDLE), key="idle")]
        search = st.text_input(
            "查找", key="search", bind="query-params", placeholder="账号、姓名、单位、职务"
        )
    shown = words.matching(known, state=state, role=role, idle_days=idle, search=search or "", now=now())
    if not shown:
        states.empty("没有符合条件的账号", "清空筛选条件后再看。")
        return
    picked = tabular.table(
        frames.of(words.account_rows(shown, now())), on_select="rerun", selection_mode="single-row",
        key=f"accounts.{state}.{role}.{idle}.{search}", height="auto" if len(shown) < 12 else 440,
    )  # fmt: skip
    st.caption(
        f"{len(shown)} 个账号。选中一行，查看详细内容并办理。{settings().accounts.unused_days} 天未使用的自动暂停。"
    )
    for index in picked.selection.rows:
        if index < len(shown):
            _account(shown[index])


def _account(a: Account) -> None:
    with st.container(border=True):
        left, right = layout.two_columns(5, 4)
        with left:
            text.heading(f"{a.person}　{a.name}")
            text.facts(words.account_facts(a, now()))
        with right:
            if a.state == "closed":
                states.empty("账号已注销", "本人再次需要时重新申请；注销的账号名不再分配。")
            else:
                _actions(a)


def _actions(a: Account) -> None:
    """What the account's state allows; whatever takes a right away asks for a reason."""
    who, done = principal(), f"{a.person}（{a.name}）"
    if a.state == "open" and st.button(
        "重置密码", icon=":material/key:", width="stretch", key=f"reset.{a.name}",
        help="发一个新的一次性密码；本人正在使用的会话立即结束。",
    ):  # fmt: skip
        _do(f"已重置密码：{done}", lambda url: _with_slip(life.reset(url, who, a.name, now()), a))
    reason = st.text_input(
        "原因", key=f"why.{a.name}", max_chars=200, placeholder="停用、恢复、注销、调动都要写明原因"
    )
    if a.state in ("suspended", "disabled") and st.button(
        "恢复使用", type="primary", icon=":material/lock_open:", width="stretch", key=f"resume.{a.name}"
    ):
        _do(f"已恢复：{done}", lambda url: _with_slip(life.resume(url, who, a.name, reason, now()), a))
    stop, end = st.columns(2)
    if a.state in ("open", "suspended") and stop.button(
        "停用", icon=":material/block:", width="stretch", key=f"disable.{a.name}",
        help="离岗或有异常时；会话立即结束，可以恢复。",
    ):  # fmt: skip
        _do(f"已停用：{done}", lambda url: life.disable(url, who, a.name, reason, now()))
    if end.button(
        "注销", icon=":material/person_off:", width="stretch", key=f"close.{a.name}",
        help="离职时；不能恢复，账号名不再分配。",
    ):  # fmt: skip
        _do(f"已注销：{done}", lambda url: life.close(url, who, a.name, reason, now()))
    with st.expander("调动到其他单位"):
        _transfer(a, reason)


def _transfer(a: Account, reason: str) -> None:
    """Close and apply in one step; the new account waits for the office like any other."""
    roles = {name: key for name, key in words.ROLES.items() if key}
    role = roles[fields.choice("新身份", list(roles), key=f"role.{a.name}")]
    units = words.unit_choices(role)
    unit = units[fields.choice("新单位", list(units), key=f"unit.{a.name}.{role}")]
    position = st.text_input("新职务", key=f"position.{a.name}", max_chars=30)
    duty = st.text_input("分管或从事工作", key=f"duty.{a.name}", max_chars=60)
    form = ApplicationForm("", "", position, duty, "", role, unit)
    if st.button("注销并提交新申请", icon=":material/move_up:", width="stretch", key=f"move.{a.name}"):
        _do(
            f"{a.person}的账号 {a.name} 已注销，新申请待审核",
            lambda url: life.transfer(url, principal(), a.name, form, reason, now()),
            "请在“待审核”中为新单位开通账号。",
        )


# ---- once a year ----


def _yearly(found: list[Account]) -> None:
    if not found:
        states.empty(
            f"{today().year} 年度确认已全部完成", "每年 1 月 1 日起，这里重新列出需要与各单位核对的账号。"
        )
        return
    shown = frames.of(words.confirmation_rows(found, now()))
    picked = tabular.table(
        shown,
        on_select="rerun",
        selection_mode="multi-row",
        key="yearly",
        height="auto" if len(found) < 12 else 440,
    )
    st.caption("与各单位核对后，勾选仍在岗、仍需使用的账号并确认；不再需要的，到“全部账号”停用或注销。")
    chosen = [found[index] for index in picked.selection.rows if index < len(found)]
    left, right = st.columns(2)
    if left.button(
        f"确认所选（{len(chosen)}）", type="primary", icon=":material/verified:", disabled=not chosen
    ):
        _do(f"已确认 {formats.number(len(chosen))} 个账号", lambda url: _confirm(url, chosen))
    with right:
        downloads.tables("账号年度确认表", _yearly_again, as_of=today())


def _confirm(url: str, chosen: list[Account]) -> None:
    for a in chosen:
        life.confirm(url, principal(), a.name, now())


def _yearly_again():
    """Runs without the page's script: asks for the principal anew."""
    found = life.confirmation_list(settings().database.url, principal(), today())
    return frames.of(words.confirmation_rows(found, now()))
