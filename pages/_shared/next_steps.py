"""What would raise a department's score most: the same words on 本处室 and 考核评分."""

from __future__ import annotations

from metrics.score import Scored, Standing, actions
from reports import score_words as words
from ui.pieces import states, text


def next_steps(found: Standing, scored: Scored) -> None:
    """What could still be done; nothing once the year is frozen."""
    text.heading("下一步最值得做的三件事")
    if found.frozen is not None:
        states.notice("muted", "已封存", "这一年度已经封存，补报和补办不再计分；有异议的，可在期限内申诉。")
        return
    steps = actions.best(found.document, scored)
    if not steps:
        states.notice("good", "", "没有逾期未报、未办、待确认的事项，也没有落后于时间进度的类别。")
    for number, step in enumerate(steps, 1):
        states.notice("calm", f"{number}", words.step_sentence(step), f"counter_{number}")
