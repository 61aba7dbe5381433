"""The audit in sentences: who did what to what, from where, and why."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import catalog
from accounts.sessions import REASONS
from data_access.audit import ACTIONS, RESULTS, Verdict, group_names
from data_access.principal import ROLE_NAMES, SYSTEM
from data_access.queries.audit_entries import AuditFilter, Entry
from reports.escaping import escaped, printable
from ui import formats

EVERY = "全部"
DETAILS = {
    "category": "类别",
    "role": "身份",
    "unit": "单位",
    "reason": "原因",
    "application": "申请编号",
    "receipt": "回执号",
    "receipts": "回执号",
    "period": "所属期",
    "file": "文件",
    "rows": "行数",
    "accepted": "入库",
    "updated": "更新",
    "rejected": "退回",
    "entries": "核对条数",
    "heads": "库外存证",
    "broken": "有问题的编号",
    "fields": "栏目",
    "until": "锁定至",
    "confirmed_by": "第一责任人",
    "replaced": "结束的会话",
}
"""Keys of an entry's detail people understand; the export has all of them."""
LOGIN_REASONS = {**REASONS, "wrong": "账号或密码不正确", "unknown": "账号或密码不正确", "locked": "已锁定"}
MOST_LISTED = 5
REFUSED = ("refused", "failed")
HEADINGS = (
    "编号", "时间", "账号", "姓名", "身份", "单位", "来源地址", "动作", "动作代码", "对象", "结果", "说明", "前一条哈希", "哈希",
)  # fmt: skip


def action_groups() -> dict[str, tuple[str, ...] | None]:
    """Name in the filter → the actions it stands for; a group, then its actions one by one."""
    found: dict[str, tuple[str, ...] | None] = {EVERY: None}
    for prefix, name in group_names().items():
        own = {key: words for key, words in ACTIONS.items() if key.partition(".")[0] == prefix}
        found[f"{name}：全部"] = tuple(own)
        found |= {f"{name}：{words}": (key,) for key, words in own.items()}
    return found


def results() -> dict[str, tuple[str, ...] | None]:
    """Name in the filter → the results it stands for."""
    return {EVERY: None, "拒绝或失败": REFUSED, **{words: (key,) for key, words in RESULTS.items()}}


def place(entry: Entry) -> str:
    """群体处 of a department's clerk, the role of somebody without a unit of his own."""
    unit = catalog.default().units.get(entry.unit)
    role = ROLE_NAMES.get(entry.role, entry.role)
    return unit.label if unit and unit.label != role else role


def person(entry: Entry) -> str:
    """王芳（局办公室）; what the product did by itself is the system's."""
    return entry.person if entry.person == SYSTEM.name else f"{entry.person}（{place(entry)}）"


def facts(entry: Entry) -> list[tuple[str, str]]:
    """Who and where of one entry."""
    return [
        ("编号", str(entry.number)),
        ("时间", formats.datetime_zh(entry.at)),
        ("人员", person(entry)),
        ("账号", entry.account or "—"),
        ("来源地址", entry.address or "—"),
        ("结果", RESULTS.get(entry.result, entry.result)),
    ]


def evidence(entry: Entry) -> str:
    """The detail as it was written down, and the two hashes that hold the entry in its place."""
    lines = [_detail(entry), f"前一条 {entry.previous}", f"本　条 {entry.hash}"]
    return "\n".join(line for line in lines if line)


def did(entry: Entry) -> str:
    """What was done to what, and the reason that was given."""
    action = ACTIONS.get(entry.action, entry.action)
    about = _object(entry)
    more = "；".join(
        f"{name}：{_value(key, entry.detail[key])}" for key, name in DETAILS.items() if entry.detail.get(key)
    )
    words = f"{action}：{about}" if about else action
    return f"{words}（{more}）" if more else words


def rows(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The list on the screen."""
    return [
        {
            "编号": e.number,
            "时间": formats.clock(e.at),
            "人员": person(e),
            "账号": e.account or "—",
            "做了什么": did(e),
            "结果": RESULTS.get(e.result, e.result),
            "来源地址": e.address or "—",
        }
        for e in entries
    ]


def sentence(total: int, refused: int, days: str) -> str:
    """The first sentence of the page."""
    if not total:
        return f"{days}没有符合条件的审计记录。"
    failed = f"，其中 {formats.number(refused)} 条被拒绝或失败" if refused else "，没有被拒绝或失败的"
    return f"{days}有 {formats.number(total)} 条审计记录{failed}。"


def not_done(chosen: AuditFilter) -> AuditFilter:
    """The same filter for what was refused or failed."""
    asked = REFUSED if chosen.results is None else tuple(r for r in chosen.results if r in REFUSED)
    return replace(chosen, results=asked)


def week_before(day: dt.date) -> dt.date:
    """The first of the seven days that end with `day`."""
    return day - dt.timedelta(days=6)


def days(chosen: AuditFilter) -> str:
    """11月19日至11月25日."""
    first, last = formats.day_month_zh(chosen.first), formats.day_month_zh(chosen.last)
    return first if first == last else f"{first}至{last}"


def stem(chosen: AuditFilter) -> str:
    return f"{chosen.first:%Y%m%d}-{chosen.last:%Y%m%d}"


def filter_detail(chosen: AuditFilter) -> dict[str, Any]:
    """What the entry about an export says it held."""
    return {"days": stem(chosen), "actions": list(chosen.actions or ()), "person": bool(chosen.person)}


def verdict_notice(verdict: Verdict) -> tuple[str, str, str]:
    """State, title and words of the card that tells what a verification found."""
    if verdict.broken is None:
        return "good", "核验通过", verdict.sentence
    return "alarm", "核验不符", f"{verdict.sentence}请保留现场，立即报告信息安全负责人。"


def as_csv(entries: Iterable[Entry]) -> bytes:
    """Everything of each entry, hashes too, so that the chain can be computed again outside."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for e in entries:
        cells = (
            e.number, e.at.isoformat(), e.account, e.person, ROLE_NAMES.get(e.role, e.role), place(e), e.address,
            ACTIONS.get(e.action, e.action), e.action, e.object, RESULTS.get(e.result, e.result), _detail(e),
            e.previous, e.hash,
        )  # fmt: skip
        writer.writerow([escaped(printable(c)) if isinstance(c, str) else c for c in cells])
    return target.getvalue().encode("utf-8-sig")


def _detail(entry: Entry) -> str:
    return json.dumps(entry.detail, ensure_ascii=False, sort_keys=True) if entry.detail else ""


def _object(entry: Entry) -> str:
    if entry.action == "data.unmask":
        code, _, rest = entry.object.partition(" ")
        receipt, _, row = rest.partition(" ")
        return f"《{_category(code)}》{receipt} 第 {row} 行"
    if entry.action.startswith("session.") and entry.object == entry.account:
        return ""
    return entry.object


def _category(code: str) -> str:
    found = catalog.default().category_by_code.get(code)
    return found.name_zh if found else code


def _value(key: str, value: Any) -> str:
    if isinstance(value, list):
        shown = "、".join(map(str, value[:MOST_LISTED]))
        return f"{shown} 等 {len(value)} 个" if len(value) > MOST_LISTED else shown
    if isinstance(value, Mapping):
        return "、".join(f"{k} {v}" for k, v in value.items())
    text = str(value)
    if key == "role":
        return ROLE_NAMES.get(text, text)
    if key == "unit":
        unit = catalog.default().units.get(text)
        return unit.label if unit else ROLE_NAMES.get(text, text)
    if key == "category":
        return _category(text)
    return LOGIN_REASONS.get(text, text) if key == "reason" else text
