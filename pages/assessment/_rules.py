"""规则与试算: the rules that compute, their versions, and what other weights would make of past years."""

import datetime as dt

import streamlit as st

from data_access.calendar import today
from data_access.commands import assessment_rules
from data_access.commands.assessment import AssessmentRefused
from data_access.queries import assessment as queries
from metrics import score as scores
from metrics.score import life, what_if
from metrics.score.formula import PART_NAMES
from pages._shared import drawn
from pages._shared.numbers import Reading
from pages.assessment._acting import act, in_transaction, show_receipt
from reports import assessment_words as words, score_words
from ui import frames
from ui.pieces import layout, states, tabular, text

SEES_ALL = ("office", "leader", "operations")
YEARS_TRIED = 3


def show(r: Reading, year: int, as_of: dt.date) -> None:
    show_receipt()
    weights = dict(drawn.draw(r, _rules, year, as_of))
    if r.principal.role not in SEES_ALL:
        return
    text.heading("换一组权重试算")
    text.sentence("六项权重之和应为 100。试算用往年的同一批事实，不改变任何得分；链接可以转给别人看。")
    tried = _inputs(weights)
    drawn.draw(r, _compare, year, as_of, tuple(tried.items()))
    if r.principal.role == "office":
        _proposals(r)
        with st.expander("以试算权重提出新规则"):
            _form(tried)


def _rules(r: Reading, year: int, as_of: dt.date) -> tuple[tuple[str, float], ...]:
    """The rules in words from the objects that compute; their weights, to start a trial from."""
    rules = scores.standing(r.principal, r.connection, year, as_of).rules
    with layout.together():
        text.headline(words.rule_sentence(rules, year))
        text.sentence(score_words.total_rule(rules))
        text.facts(words.rule_lines(rules), is_wide=True)
        found = queries.rule_sets(r.principal, r.connection)
        if found:
            tabular.folded_table(frames.of(words.rule_set_rows(found)), "规则版本")
    return tuple((part, float(weight)) for part, weight in rules.weights.items())


def _inputs(weights) -> dict[str, str]:
    tried = {}
    for (part, name), column in zip(PART_NAMES.items(), st.columns(6), strict=True):
        value = column.number_input(
            name, 0.0, 100.0, weights[part], 0.5, format="%g", key=f"w_{part}", bind="query-params",
            help="权重，0 到 100，最多两位小数",
        )  # fmt: skip
        tried[part] = words.weight_text(value)
    return tried


def _compare(r: Reading, year: int, as_of: dt.date, weights) -> None:
    try:
        documents = what_if.past(r.principal, r.connection, year, as_of, YEARS_TRIED)
        found = what_if.compare(documents, dict(weights))
    except AssessmentRefused as error:
        states.notice("attention", "不能试算", str(error))
        return
    text.sentence(words.compared_sentence(found))
    tabular.table(frames.of(words.compared_rows(found)))


def _proposals(r: Reading) -> None:
    """Buttons for the second person."""
    for rules in queries.rule_sets(r.principal, r.connection):
        if rules.state != "proposed":
            continue
        with st.container(border=True):
            states.notice("attention", f"规则 {rules.version} 待第二人确认", words.proposed_rules(rules))
            note = st.text_input("意见（不同意时必填）", key=f"rules.note.{rules.version}", max_chars=200)
            yes, no = st.columns(2)
            decide = assessment_rules.decide_rules
            if yes.button("批准", key=f"rules.yes.{rules.version}", type="primary", width="stretch"):
                act("规则已批准", in_transaction(decide, rules.version, is_approved=True, note=note))
            if no.button("不同意", key=f"rules.no.{rules.version}", width="stretch"):
                act("已退回", in_transaction(decide, rules.version, is_approved=False, note=note))


def _form(tried: dict[str, str]) -> None:
    left, right = st.columns(2)
    version = left.text_input("版本", key="rules.version", placeholder="2027-1", max_chars=32)
    first = right.date_input("生效日期（某年 1 月 1 日）", today(), key="rules.from", format="YYYY-MM-DD")
    office = left.text_input("批准机关", "市体育局办公室", key="rules.office", max_chars=64)
    reason = right.text_input("理由", key="rules.reason", max_chars=500)
    if st.button("提出，待第二人确认", type="primary", key="rules.propose"):

        def step(made, who, at) -> None:
            life.propose_rules(
                made, who, {"weights": tried}, version=version, effective_from=first,
                approving_office=office, reason=reason, at=at,
            )  # fmt: skip

        act("规则已提出，待第二人确认", step)
