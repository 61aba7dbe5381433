"""月度调度: the month's review read in thirty seconds, edited, signed, sent, corrected (Article 21)."""

from functools import partial

import streamlit as st

from data_access import engine as database
from data_access.calendar import today
from data_access.clock import now
from data_access.commands import reviews as commands
from data_access.commands.reviews import ReviewRefused
from data_access.principal import Forbidden
from data_access.queries import reviews as queries
from data_access.settings import settings
from metrics import review_life as life
from metrics.review import newest_month
from pages._shared import downloads, drawn, links
from pages._shared.numbers import Reading, reading
from pages._shared.principal import principal
from reports import errata_words, review as papers, review_screen as words
from reports.review_words import month_zh
from ui import frames
from ui.pieces import fields, figures, filters, layout, states, tabular, text
from ui.registry import Page

PAGE = Page(
    path="review",
    title="月度调度",
    icon=":material/fact_check:",
    roles=("leader", "office", "operations"),
    order=20,
)
RECEIPT = "review.receipt"
WRITERS = ("operations", "office")
STEPS = {
    "generated": ("operations", "核对无误", "done", "已核对"),
    "checked": ("office", "签发", "draw", "已签发，不再改动"),
    "signed": ("office", "报送局领导", "send", "已报送"),
    "sent": ("office", "归档", "inventory_2", "已归档"),
}
"""State → who takes it on, what the button says, its symbol, the receipt."""
NAMES = {"docx": "Word", "pdf": "PDF", "xlsx": "Excel"}


def render() -> None:
    asked = st.query_params.get("id")
    with reading() as r:
        listed = queries.reviews(r.principal, r.connection, with_replaced=True)
    numbers = [line.number for line in listed]
    with layout.title_bar(PAGE.title):
        number = filters.url_select("报表", numbers, key="id", is_small=True) if numbers else None
    _receipt()
    if number is None:
        _nothing_yet()
    elif asked and asked not in numbers:
        states.empty(
            f"没有 {asked} 号调度报表", "请核对编号；尚未报送的报表局领导看不到。可在右上角另选一期。"
        )
    else:
        _one(number, listed)


def _nothing_yet() -> None:
    who = principal()
    states.empty("还没有调度报表", "每月 6 日自动生成上月的调度报表，核对、签发、报送后局领导在这里查看。")
    month = newest_month(today())
    if who.role in WRITERS and st.button(f"生成{month_zh(month)}调度报表", type="primary"):
        _do("已生成", lambda made, who, at: life.build(made, who, month, at=at))


def _one(number: str, listed) -> None:
    _note_reading(number)
    with reading() as r:
        of = papers.read_review(r.principal, r.connection, number)
        drawn.draw(r, _shown, number)
        _files(of)
        if r.principal.role in WRITERS:
            _work(r, of)
    tabular.folded_table(frames.of(words.list_rows(listed)), "各期调度报表")


def _note_reading(number: str) -> None:
    """The receipt of a leader: the first opening of what was sent."""
    who = principal()
    if who.role == "leader":
        with database.writing(database.engine(settings().database.url)) as connection:
            commands.record_reading(who, connection, number, at=now())


def _shown(r: Reading, number: str) -> None:
    of = papers.read_review(r.principal, r.connection, number)
    with layout.together():
        text.headline(words.headline(of))
        text.as_of_line(words.as_of_moment(of), *words.as_of_parts(of))
        figures.metric_cards([figures.Metric(**card) for card in words.cards(of)])
        _errata(r, of)
        layout.two_sides(partial(_bars, of), partial(_matters, of))
        text.heading("全部数字")
        tabular.folded_table(frames.of(words.figure_rows(of)), "各处室数据归口情况")
        if of.row.signed_at is None or r.principal.role != "leader":
            text.facts([("快照 SHA-256", of.row.sha256), ("打开同一快照", of.address)])


def _bars(of) -> None:
    text.heading("完成应达（%），落后的在前")
    figures.ranked_bars(
        [
            figures.Bar(
                name=bar["name"],
                ratio=bar["ratio"],
                state=bar["state"],
                reach=bar["reach"],
                address=links.address("progress", only=bar["code"], as_of=of.review["as_of"]),
            )
            for bar in words.bars(of)
        ],
        1.0,
        reach_name="年度完成率",
    )
    tabular.folded_table(frames.of(words.good_rows(of), ("处室", "情况")), "正常的处室")
    if words.late_table(of):
        tabular.folded_table(frames.of(words.late_table(of)), "逾期应报项")


def _matters(of) -> None:
    text.heading("需要您关注")
    states.attention([states.Notice(*matter) for matter in words.matters(of)])


def _errata(r: Reading, of) -> None:
    """An erratum says what it corrects; what was corrected says by which."""
    changes = life.corrected_figures(r.principal, r.connection, of.row)
    if of.row.corrects:
        states.attention([states.Notice("attention", f"对 {of.row.corrects} 号的更正。", of.row.reason)])
        tabular.folded_table(
            frames.of(words.correction_table(of, changes), ("数字", "原为", "更正为")), "更正的数字"
        )
        text.way(
            f"打开 {of.row.corrects} 号", links.address("review", id=of.row.corrects), "原报表保留不变。"
        )
    touched = errata_words.of_review(r.principal, r.connection, of.row.number)
    if touched:
        states.attention([states.Notice("attention", "考核更正涉及本期。", touched)])
        text.way("打开更正清单", links.address("score", view="封存与申诉"), "封存与申诉中列出每个数字。")
    for erratum in queries.corrections(r.principal, r.connection, of.row.number):
        states.attention(
            [
                states.Notice(
                    "alarm", "本期有更正。", f"{erratum.number} 号（{erratum.state_name}）：{erratum.reason}"
                )
            ]
        )
        text.way(f"打开 {erratum.number} 号", links.address("review", id=erratum.number), "以更正为准。")


def _files(of) -> None:
    with st.container(horizontal=True, gap="small"):
        for ending, name in NAMES.items():
            downloads.download(
                f"下载 {name}", partial(_file, of.row.number, ending), f"{of.title}.{ending}",
                key=f"review.{ending}", mime=papers.MIMES[ending],
                detail={"review": of.row.number, "sha256": of.row.sha256},
            )  # fmt: skip


def _file(number: str, ending: str) -> bytes:
    """Runs without the page's script: asks for the principal anew."""
    with reading() as r:
        return papers.review_file(r.principal, r.connection, number, ending)[1]


# ---- what the team and the office do ----


def _work(r: Reading, of) -> None:
    edits = queries.review_edits(r.principal, r.connection, of.row.number)
    left, right = layout.two_columns(6, 3)
    with left:
        if of.row.is_open:
            _sentences(of, edits)
        tabular.folded_table(
            frames.of(words.edit_rows(of, edits), ("时间", "修改人", "处室", "修改")),
            f"语句修改（{len(edits)} 处）",
        )
        readers = queries.review_readers(r.principal, r.connection, of.row.number)
        if readers:
            text.sentence(words.reader_sentence(readers))
            tabular.folded_table(frames.of(words.reader_rows(readers)), "阅读回执")
    with right, st.container(border=True):
        states.notice(words.STATES[of.row.state], of.row.state_name, words.NEXT[of.row.state])
        text.facts(words.event_facts(queries.review_events(r.principal, r.connection, of.row.number)))
        _step(r.principal.role, of.row)
        _again(of.row)


def _sentences(of, edits) -> None:
    """Drafted by rules, changed by people; emptied, a sentence is left out.

    The key of a field knows how often its sentence was changed: what somebody else
    saved meanwhile is shown, not overwritten.
    """
    text.heading("语句（系统起草，可改；清空即不写入报表）")
    names = words.owners(of)
    owner = names[fields.choice("处室", list(names), key="review.owner")]
    lines = words.sentence_lines(of, owner, edits)
    typed = [
        st.text_area(
            f"何时起草：{line.rule}", line.text, max_chars=commands.MOST_CHARACTERS, height=68,
            key=f"review.text.{of.row.number}.{line.place}.{line.edits}",
        )
        for line in lines
    ]  # fmt: skip
    if st.button("保存语句", icon=":material/save:"):
        _do("语句已保存", partial(_save, of.row.number, words.changed_sentences(lines, typed)))


def _save(number: str, changes, made, who, at) -> None:
    if not changes:
        raise ReviewRefused("没有改动。请先修改语句，再保存。")
    for place, was, typed in changes:
        life.edit(made, who, number, place, was, typed, at=at)


def _step(role: str, row) -> None:
    """The one step the review's state and the reader's role allow now."""
    who_may, label, icon, done = STEPS.get(row.state, ("", "", "", ""))
    if role == who_may and st.button(label, type="primary", icon=f":material/{icon}:", width="stretch"):
        _do(done, partial(_take, row.state, row.number))


def _take(state: str, number: str, made, who, at) -> None:
    if state == "checked":
        life.sign(made, who, number, at=at)
        return
    command = {
        "generated": commands.check_review,
        "signed": commands.send_review,
        "sent": commands.archive_review,
    }[state]
    with database.writing(made) as connection:
        command(who, connection, number, at=at)


def _again(row) -> None:
    """Before the signature: generated again; after it: an erratum."""
    number, month = row.number, row.month
    if row.state == "replaced":
        return
    with st.expander("数据有变化：重新生成" if row.is_open else "数字有误：出更正"):
        reason = st.text_input("原因", key=f"review.reason.{number}", max_chars=200)
        if row.is_open and st.button("重新生成", key=f"review.again.{number}", width="stretch"):
            _do("已重新生成", lambda made, who, at: life.generate(made, who, month, reason=reason, at=at))
        if not row.is_open and st.button("出更正", key=f"review.correct.{number}", width="stretch"):
            _do(
                "更正已生成，待核对",
                lambda made, who, at: life.correct(made, who, number, reason=reason, at=at),
            )


def _do(done: str, step) -> None:
    """One step; its receipt or its refusal stands above everything in the next run."""
    try:
        step(database.engine(settings().database.url), principal(), now())
        st.session_state[RECEIPT] = ("good", done, "已记入审计。")
    except (ReviewRefused, Forbidden) as error:
        st.session_state[RECEIPT] = ("alarm", "未办理", str(error))
    st.rerun()


def _receipt() -> None:
    said = st.session_state.pop(RECEIPT, None)
    if said is not None:
        states.notice(*said)
