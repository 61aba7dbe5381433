"""封存与申诉: freeze, its chain of revisions, errata, the evidence pack, and objections with their deadlines."""

import datetime as dt
from functools import partial

import streamlit as st

from data_access import engine as database
from data_access.calendar import today
from data_access.clock import now
from data_access.commands import assessment_appeals as appeals
from data_access.queries import assessment as queries
from data_access.queries.assessment import OUTCOME_NAMES
from data_access.settings import settings
from metrics import score as scores
from metrics.score import life
from metrics.score.formula import PART_NAMES
from pages._shared import downloads, drawn
from pages._shared.numbers import Reading, reading
from pages._shared.principal import principal
from pages.assessment._acting import act, in_transaction, show_receipt
from reports import assessment_words as words, errata_words, score_pack
from ui import frames
from ui.pieces import layout, states, tabular, text


def show(r: Reading, year: int, as_of: dt.date) -> None:
    show_receipt()
    if drawn.draw(r, _chain, year, as_of):
        downloads.tables(f"{year}年度考核更正清单", partial(_errata, year))
    heads = queries.freeze_heads(r.principal, r.connection, year)
    is_frozen = any(h.state == "approved" for h in heads)
    if r.principal.role == "office":
        _office(year, heads, is_frozen)
    if is_frozen:
        _appeals(r, year)


def _chain(r: Reading, year: int, as_of: dt.date) -> bool:
    """What is frozen, by whom, with which hash; what a correction touched. Whether it touched anything in sight."""
    heads = queries.freeze_heads(r.principal, r.connection, year)
    with layout.together():
        text.headline(words.freeze_sentence(heads, year, scores.freeze_of(year)))
        if not heads:
            states.empty(
                "还没有封存的结果", "封存后，这里列出每一次结果的输入哈希、经办人和第二人，并可提出申诉。"
            )
            return False
        for head in heads:
            text.facts(words.freeze_facts(head), is_wide=True)
        if r.principal.role == "department":
            return False
        listed = errata_words.read_errata(r.principal, r.connection, year)
        if listed:
            text.heading(errata_words.errata_sentence(listed))
            tabular.folded_table(frames.of(errata_words.errata_rows(listed)), "更正清单")
    return bool(listed)


def _errata(year: int):
    """Runs without the page's script: asks for the principal anew."""
    with reading() as r:
        return frames.of(errata_words.errata_rows(errata_words.read_errata(r.principal, r.connection, year)))


def _office(year: int, heads, is_frozen: bool) -> None:
    """Freeze by hand; a correction and its second person; the pack for 人事处."""
    if not is_frozen:
        if st.button("手动封存", icon=":material/lock:", key="freeze"):
            act(f"{year} 年度已封存", lambda made, who, at: life.freeze(made, who, year, at=at))
        return
    downloads.download(
        "下载证据包（报人事处）", partial(_pack, year), score_pack.file_name(year), key="pack",
        mime="application/zip", detail={"year": year},
    )  # fmt: skip
    for head in heads:
        if head.state == "proposed":
            _decide(year, head)
    with st.expander("提出更正"):
        text.sentence(
            "先在“扣分与应办”登记并确认要更正的事项，再在这里提出；由另一名同志确认后成为下一次结果。"
        )
        reason = st.text_input(
            "更正理由", key="revise.reason", max_chars=500, placeholder="例如：申诉 S2026-001 采纳"
        )
        if st.button("提出更正，待第二人确认", key="revise", type="primary"):
            act(
                "更正已提出，待第二人确认",
                lambda made, who, at: life.propose_revision(made, who, year, reason=reason, at=at),
            )


def _pack(year: int) -> bytes:
    """Runs without the page's script: asks for the principal anew."""
    return score_pack.issue(database.engine(settings().database.url), principal(), year, at=now())[1]


def _decide(year: int, head) -> None:
    with st.container(border=True):
        states.notice("attention", "更正待第二人确认", f"{head.reason}。{head.author}提出。")
        note = st.text_input("意见（不同意时必填）", key=f"revise.note.{head.number}", max_chars=200)
        yes, no = st.columns(2)

        def decide(is_approved: bool):
            return lambda made, who, at: life.decide_revision(
                made, who, year, head.number, is_approved=is_approved, note=note, at=at
            )

        if yes.button("确认更正", key=f"revise.yes.{head.number}", type="primary", width="stretch"):
            act("更正已生效，更正清单已列出，收件单位已收到提醒", decide(True))
        if no.button("不同意", key=f"revise.no.{head.number}", width="stretch"):
            act("更正已退回", decide(False))


def _appeals(r: Reading, year: int) -> None:
    found = queries.appeals(r.principal, r.connection, year)
    text.heading("申诉")
    for line in words.overdue_appeals(found, today()):
        states.notice("alarm", "逾期", line)
    if found:
        tabular.table(frames.of(words.appeal_rows(found)))
        for one in found:
            with st.expander(f"{one.number} 办理过程"):
                text.facts(words.appeal_steps(queries.appeal_events(r.principal, r.connection, one.number)))
                _step(r, one)
    else:
        text.sentence("还没有申诉。")
    if r.principal.role in ("department", "office"):
        with st.expander("提出申诉"):
            _file(r, year)


def _file(r: Reading, year: int) -> None:
    part = st.selectbox("对哪一部分有异议", ["全部", *PART_NAMES.values()], key="appeal.part")
    objection = st.text_area(
        "异议内容和依据", key="appeal.objection", max_chars=2000, placeholder="写明回执号、文号和日期"
    )
    code = next((k for k, name in PART_NAMES.items() if name == part), None)
    if st.button("提出申诉", key="appeal.file", type="primary"):
        step = in_transaction(
            appeals.file_appeal, year=year, department=r.principal.unit, objection=objection, part=code
        )
        act("申诉已提出", step)


def _step(r: Reading, one) -> None:
    """What the reader may do with an appeal as it stands."""
    role = r.principal.role
    is_own = one.state in ("filed", "rechecked") and r.principal.unit == one.department
    if is_own and st.button("撤回申诉", key=f"withdraw.{one.number}"):
        act("申诉已撤回", in_transaction(appeals.withdraw_appeal, one.number))
    if one.state == "filed" and role == "operations":
        finding = st.text_area("复核情况", key=f"finding.{one.number}", max_chars=2000)
        if st.button("完成复核", key=f"recheck.{one.number}", type="primary"):
            act("复核已记录", in_transaction(appeals.recheck_appeal, one.number, finding=finding))
    if one.state == "rechecked" and role == "office":
        names = {name: code for code, name in OUTCOME_NAMES.items()}
        outcome = names[st.selectbox("决定", list(names), key=f"outcome.{one.number}")]
        reason = st.text_area("决定理由", key=f"decision.{one.number}", max_chars=2000)
        if st.button("作出决定", key=f"decide.{one.number}", type="primary"):
            step = in_transaction(appeals.decide_appeal, one.number, outcome=outcome, decision=reason)
            act("决定已记录", step)
    if one.state == "decided" and one.outcome != "rejected" and role == "office":
        revision = st.number_input("更正见第几次结果", 2, 99, 2, key=f"effect.{one.number}")
        if st.button("办结", key=f"carry.{one.number}", type="primary"):
            step = in_transaction(appeals.carry_out_appeal, one.number, revision=int(revision))
            act("申诉已办结", step)
