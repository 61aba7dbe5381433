"""扣分与应办: what people judged, with author, date and second person; recorded here, in force by another person."""

import datetime as dt

import streamlit as st

import catalog
from data_access.calendar import today
from data_access.commands import assessment_facts as facts
from data_access.queries import assessment as queries
from data_access.queries.assessment import KIND_NAMES, NATURE_NAMES
from pages._shared import downloads, drawn
from pages._shared.numbers import Reading, reading
from pages.assessment._acting import act, in_transaction, show_receipt
from reports import assessment_words as words
from ui import frames
from ui.pieces import layout, states, tabular, text

RECORDERS = ("office", "operations")


def show(r: Reading, year: int, as_of: dt.date, department: str | None) -> None:
    show_receipt()
    drawn.draw(r, _list, year, department or "")
    found = _found(r, year, department or "")
    if found:
        tabular.table(frames.of(words.fact_rows(found)))
        downloads.tables(f"{year}年度扣分与应办事项", lambda: _again(year, department or ""), as_of=as_of)
    if r.principal.role == "office":
        _waiting([v for v in found if v.state == "proposed"])
    if r.principal.role in RECORDERS:
        with st.expander("登记扣分、应办事项或更正"):
            _form(year, department, found)


def _found(r: Reading, year: int, department: str):
    every = queries.fact_versions(r.principal, r.connection, year)
    return [v for v in every if v.department == department or not department]


def _again(year: int, department: str):
    """Runs without the page's script: asks for the principal anew."""
    with reading() as r:
        return frames.of(words.fact_rows(_found(r, year, department)))


def _list(r: Reading, year: int, department: str) -> None:
    found = _found(r, year, department)
    with layout.together():
        text.headline(words.fact_sentence(found, year))
        if not found:
            states.empty(
                "没有扣分和应办事项",
                "计划迟报由系统按提交日期计算，不在这里登记；经确认的其他扣分、通报回复和整改登记后列在这里。",
            )
        else:
            text.sentence("每一处登记和变更都由另一名同志确认后才生效；原有版本保留。")


def _waiting(found) -> None:
    """Buttons for the second person."""
    for version in found:
        with st.container(border=True):
            states.notice(
                "attention",
                f"{version.number} 待第二人确认",
                f"{words.fact_words(version)}。依据：{version.evidence}。{version.author}登记。",
            )
            note = st.text_input("意见（不同意时必填）", key=f"note.{version.number}", max_chars=200)
            yes, no = st.columns(2)
            if yes.button("确认生效", key=f"yes.{version.number}", type="primary", width="stretch"):
                act(
                    "已确认生效",
                    in_transaction(facts.decide_fact, version.number, is_approved=True, note=note),
                )
            if no.button("不同意", key=f"no.{version.number}", width="stretch"):
                act("已退回", in_transaction(facts.decide_fact, version.number, is_approved=False, note=note))


def _form(year: int, department: str | None, found) -> None:
    """A new fact, or a change of one that stands."""
    names = {d.short: d.code for d in catalog.default().departments}
    codes = list(names.values())
    new = "新登记"
    standing = {
        f"{v.number} {words.fact_words(v)}": v for v in found if v.state == "approved" and not v.is_void
    }
    left, right = st.columns(2)
    chosen = left.selectbox("登记或变更", [new, *standing], key="fact.which")
    changed = standing.get(chosen)
    nature = right.selectbox(
        "种类", list(NATURE_NAMES.values()), key="fact.nature", disabled=changed is not None
    )
    code = next(k for k, name in NATURE_NAMES.items() if name == nature)
    code = changed.nature if changed else code
    place = codes.index(changed.department if changed else department or codes[0])
    unit = names[
        left.selectbox("处室", list(names), index=place, key="fact.department", disabled=changed is not None)
    ]
    kinds = [KIND_NAMES[k] for k in facts.KINDS[code]]
    kind = words.KIND_BY_NAME[right.selectbox("事项", kinds, key=f"fact.kind.{code}")]
    kind = changed.kind if changed else kind
    given = _details(code, kind, unit, left, right)
    evidence = st.text_input(
        "依据", key="fact.evidence", placeholder="通报文号、回执号或确认记录", max_chars=500
    )
    entry = facts.Fact(year=year, nature=code, department=unit, kind=kind, evidence=evidence, **given)
    number = changed.number if changed else None
    save, void = st.columns(2)
    if save.button("登记，待第二人确认", type="primary", key="fact.save", width="stretch"):
        act("已登记，待第二人确认", in_transaction(facts.propose_fact, entry, number=number))
    if void.button("撤销这一项", key="fact.void", disabled=changed is None, width="stretch"):
        act(
            "已登记撤销，待第二人确认", in_transaction(facts.propose_fact, entry, number=number, is_void=True)
        )


def _details(nature: str, kind: str, unit: str, left, right) -> dict:
    """What the kind needs: days, a level, a category, a figure."""
    given: dict = {}
    if nature != "adjustment":
        is_duty = nature == "obligation"
        given["happened_on"] = left.date_input(
            "截止日期" if is_duty else "发生日期", value=today(), key="fact.happened", format="YYYY-MM-DD"
        )
        given["settled_on"] = right.date_input(
            "完成日期（未完成留空）" if is_duty else "确认日期",
            value=None,
            key="fact.settled",
            format="YYYY-MM-DD",
        )
    if kind == "incident":
        given["level"] = left.selectbox("等级", facts.LEVELS, key="fact.level")
    if nature == "adjustment" or kind in ("falsified", "content"):
        choices = words.category_choices(unit)
        given["category"] = choices[left.selectbox("数据类别", list(choices), key=f"fact.category.{unit}")]
    if nature == "adjustment":
        if kind == "received_on":
            given["period"] = right.text_input(
                "所属期", key="fact.period", placeholder="2026-05", max_chars=7
            )
        given["value"] = right.text_input(
            "更正为", key="fact.value", placeholder="日期或记录数", max_chars=32
        )
    return given
