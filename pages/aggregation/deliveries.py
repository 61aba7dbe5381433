"""数据报送: template, check, delivery, receipt, the sender's own file back (Articles 7, 9)."""

from functools import partial

import streamlit as st

import catalog
from data_access import engine as database
from data_access.calendar import today
from data_access.commands import quarantine
from data_access.commands.delivery import deliver
from data_access.commands.publishing import TransitionRefused
from data_access.principal import Forbidden
from data_access.queries.batches import BatchFilter, batches, count_batches, problems, transitions
from data_access.queries.files import original_file
from data_access.settings import settings
from metrics.score import upload_effect
from pages._shared import downloads, links, work
from pages._shared.days import FIRST_DAY
from pages._shared.numbers import reading
from pages._shared.principal import principal
from pages._shared.problems import listed
from reports import receipt, score_words, words
from reports.marked import CannotMark, marked_name, marked_workbook
from reports.template import file_name as template_name, template
from ui import formats, frames
from ui.pieces import fields, filters, layout, states, tabular, text
from ui.registry import Page

PAGE = Page(
    path="deliveries",
    title="数据报送",
    icon=":material/upload_file:",
    roles=("department", "district", "affiliated", "operations", "office"),
    order=30,
)
XLSX = downloads.XLSX
LAST = 50
UNITS = ("district", "affiliated")
"""They are told the change of the department's score, not the score."""


def render() -> None:
    who = principal()
    with layout.title_bar(PAGE.title):
        as_of = filters.url_as_of(today(), FIRST_DAY)
    if as_of < today():
        _then(as_of)
    else:
        _sending(who)
    _history(as_of)


def _then(as_of) -> None:
    """How far things had come on a past day: to be read, nothing to be sent."""
    with reading() as r:
        sent = count_batches(r.principal, r.connection, BatchFilter(), as_of)
        faulty = count_batches(r.principal, r.connection, BatchFilter(with_problems=True), as_of)
    with layout.together():
        text.headline(receipt.sent_until(as_of, sent, faulty))
        text.way_back("过去一天的报送记录，只能查看", "回到今天报送", links.address(PAGE.path))


def _sending(who) -> None:
    """Choose, check, send; what is held back; the result beside the file."""
    text.headline("选好类别和单位，上传文件，先检查、再报送；有问题的行会逐条说明怎样修改。")
    category, unit, period = _choices(who)
    left, right = layout.two_columns(4, 5)
    with left:
        _template(category)
        file = fields.upload(
            "报送文件",
            ("xlsx", "xls", "csv"),
            key=f"file.{category.code}",
            most_mb=settings().intake.max_upload_mb,
            help="一次一个文件；Excel 可以有多个工作表。",
        )
        if file is not None:
            _send(who, file, category, unit, period)
    with right:
        _result(who, category)
    if who.role == "office":
        _quarantine(who)


def _choices(who):
    """What is being sent, by whom, for which month; all of it lives in the URL."""
    open_to = {c.name_zh: c for c in _offered(who)}
    with filters.filter_bar():
        name = filters.url_select("数据类别", list(open_to), key="category")
        unit_names = words.sending_units(who, open_to[name], today())
        unit = filters.url_select("报送单位", list(unit_names), key="unit")
        months = words.recent_months(today())
        period = filters.url_select(
            "所属期",
            ["由文件内容判断", *months],
            key="period",
            help="这批数据属于哪个月；季报、年报选该期内任一月。",
        )
    return open_to[name], unit_names[unit], months.get(period)


def _offered(who) -> list[catalog.Category]:
    """A department's own categories; for a unit all, those it sent lately first.

    The order stays while the page is open: a colleague's file must not move the choice of somebody at work.
    """
    known = catalog.default().categories
    if who.role == "department":
        return [c for c in known if c.department == who.unit]
    if who.role not in UNITS:
        return list(known)
    if "lately" not in st.session_state:
        with reading() as r:
            found = batches(r.principal, r.connection, BatchFilter(), today(), limit=LAST)
        st.session_state["lately"] = list(dict.fromkeys(b.category for b in found))
    order: list[str] = st.session_state["lately"]
    return sorted(known, key=lambda c: order.index(c.code) if c.code in order else len(order))


def _template(category) -> None:
    with st.container(border=True):
        text.facts(
            [
                ("归口处室", words.department_name(category.department)),
                ("一条记录是", category.grain),
                ("报送频率", words.rhythm_words(category)),
            ]
        )
        downloads.download(
            "下载填报模板",
            partial(template, catalog.default(), category),
            template_name(category),
            key=f"template.{category.code}",
            mime=XLSX,
            recorded=False,
        )


def _send(who, file, category, unit, period) -> None:
    """Two buttons: check only, or deliver. The work goes on when the page is left."""
    content = file.getvalue()
    check, send = st.columns(2)
    options = {
        "content": content,
        "file_name": file.name,
        "category": category.code,
        "unit": unit,
        "period": period,
    }
    if check.button("先检查，不入库", icon=":material/fact_check:", width="stretch"):
        _start(who, category, file.name, options, dry_run=True)
    if send.button("正式报送", type="primary", icon=":material/send:", width="stretch"):
        _start(who, category, file.name, options, dry_run=False)


def _start(who, category, name, options, *, dry_run) -> None:
    made = database.engine(settings().database.url)

    def task(progress):
        if dry_run:
            return options["content"], *upload_effect.check(made, who, progress=progress, **options)
        return options["content"], deliver(made, who, progress=progress, **options), None

    work.forget(_key(who, category))
    work.start(_key(who, category), name, task)


def _key(who, category) -> str:
    return f"delivery {who.scope} {who.account} {category.code}"


def _result(who, category) -> None:
    current = work.find(_key(who, category))
    if current is None:
        states.empty(
            "这里显示检查和报送的结果", "上传文件后，先点「先检查，不入库」，看看有没有需要修改的行。"
        )
    elif current.finished:
        _finished(current, category)
    else:
        _running(category)


@st.fragment(run_every=0.4)
def _running(category) -> None:
    """How far the work is; draws the whole page again when it is done."""
    current = work.find(_key(principal(), category))
    if current is None or current.finished:
        st.rerun()
    else:
        st.progress(current.share, text=f"{receipt.STAGE_NAMES.get(current.stage, '')}：{current.title}")
        st.caption("可以离开本页，处理会继续；回来后在这里看结果。")


def _finished(current, category) -> None:
    if current.error is not None:
        expected = isinstance(current.error, (Forbidden, ValueError)) or words.is_refusal(current.error)
        if not expected:
            raise current.error
        states.notice("alarm", "没有报送", str(current.error))
        return
    content, delivery, effect = current.result
    states.notice(
        receipt.OUTCOME_STATES[delivery.outcome],
        receipt.outcome_title(delivery),
        receipt.outcome_sentence(delivery),
    )
    if effect is not None:
        sentence = score_words.effect_sentence(effect, is_own=principal().role not in UNITS)
        states.notice(score_words.effect_state(effect), "对考核得分的影响", sentence)
    text.facts(
        [
            ("文件", delivery.file_name),
            ("回执号", delivery.receipt or "检查不留回执"),
            ("用时", formats.duration_zh(delivery.seconds)),
        ]
    )
    for sentence in receipt.file_warning_words(delivery.file_warnings):
        st.caption(sentence)
    if delivery.problems:
        _problems(category, content, delivery.file_name, delivery.problems, delivery.warnings)
    if delivery.warnings:
        with st.expander(f"已自动规范的内容（{formats.number(len(delivery.warnings))} 处，不需要修改）"):
            tabular.table(frames.of(receipt.warning_rows(category, delivery.warnings)))


def _problems(category, content, name, found, warnings) -> None:
    downloads.download(
        "下载标注好的原文件",
        partial(_marked, category, content, name, found, warnings),
        marked_name(name),
        key=f"marked.{category.code}",
        mime=XLSX,
        type="primary",
        icon=":material/rule:",
    )
    listed(category, found)
    downloads.tables("问题清单", lambda: frames.of(receipt.problem_rows(category, found)))


def _marked(category, content, name, found, warnings) -> bytes:
    return marked_workbook(category, content, file_name=name, problems=found, warnings=warnings)


def _quarantine(who) -> None:
    """What is held back, for the office only: look, then release or destroy with a second person."""
    with reading() as r:
        held = batches(r.principal, r.connection, BatchFilter(state="quarantined"), today(), limit=LAST)
    shown = st.session_state.pop("quarantine.receipt", None)
    if shown is not None:
        states.notice(*shown)
    if not held:
        return
    text.heading(f"隔离的文件（{len(held)}）")
    names = {f"{b.receipt}　{b.file_name}": b.receipt for b in held}
    with st.container(border=True):
        chosen = names[st.selectbox("隔离的文件", list(names), label_visibility="collapsed")]
        downloads.download(
            "打开原文件核对", partial(_held_file, chosen), f"隔离_{chosen}.bin", key=f"held.{chosen}",
            icon=":material/visibility:",
        )  # fmt: skip
        second = st.text_input("第二核对人姓名", key="quarantine.second")
        reason = st.text_input("原因", key="quarantine.reason")
        left, right = st.columns(2)
        if left.button("误报，放行入库", icon=":material/undo:", width="stretch"):
            _decide(
                lambda made: quarantine.release(made, who, chosen, second=second, reason=reason), "已放行"
            )
        if right.button("确认违规，销毁内容", icon=":material/delete_forever:", width="stretch"):
            _decide(
                lambda made: quarantine.destroy(made, who, chosen, second=second, reason=reason), "已销毁"
            )


def _held_file(number) -> bytes:
    """Runs without the page's script: asks for the principal and its rights anew."""
    with reading() as r:
        return original_file(r.principal, r.connection, number)[1]


def _decide(act, done: str) -> None:
    try:
        act(database.engine(settings().database.url))
        st.session_state["quarantine.receipt"] = ("good", done, "经过和两名经办人已记入批次记录。")
    except (TransitionRefused, Forbidden) as error:
        st.session_state["quarantine.receipt"] = ("alarm", "未办理", str(error))
    st.rerun()


def _history(as_of) -> None:
    text.heading("报送记录")
    with reading() as r:
        found = batches(r.principal, r.connection, BatchFilter(), as_of, limit=LAST)
    if not found:
        states.empty("还没有报送记录", "文件报送后，这里列出回执、状态和结果。")
        return
    chosen = tabular.table(
        frames.of(receipt.batch_rows(found)),
        counts=receipt.BATCH_COUNTS,
        on_select="rerun",
        selection_mode="single-row",
        key="history",
    )
    st.caption("选中一行，查看这一批的经过、问题和标注好的原文件。")
    for index in chosen.selection.rows:
        _batch(found[index], as_of)


def _batch(batch, as_of) -> None:
    """One delivery read back from the pool: found again after any absence."""
    category = catalog.default().category_by_code[batch.category]
    with reading() as r:
        steps = transitions(r.principal, r.connection, batch.receipt, as_of)
        found = problems(r.principal, r.connection, batch.receipt, as_of)
    with st.container(border=True):
        text.heading(f"{batch.receipt}　{batch.file_name}")
        text.facts([(formats.datetime_zh(s.at), words.step_words(s)) for s in steps])
        refused = [p for p in found if not p.is_warning]
        if refused and batch.state != "quarantined":
            downloads.download(
                "下载标注好的原文件",
                partial(_marked_again, category, batch.receipt),
                marked_name(batch.file_name),
                key=f"marked.{batch.receipt}",
                mime=XLSX,
                icon=":material/rule:",
                detail={"receipt": batch.receipt},
            )
            listed(category, refused)


def _marked_again(category, number) -> bytes:
    """Runs without the page's script: asks for the principal and its rights anew."""
    with reading() as r:
        name, content = original_file(r.principal, r.connection, number)
        found = problems(r.principal, r.connection, number, today())
    try:
        return _marked(category, content, name, [p for p in found if not p.is_warning], [])
    except CannotMark:
        return content
