"""Reminders as they are shown and mailed. A mail holds subjects and days, no person and nothing anybody typed."""

from __future__ import annotations

import datetime as dt
import smtplib
import ssl
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from hashlib import sha256
from typing import Any

from data_access.commands.notices import Message, ToMail, scope_of
from data_access.queries.circulars import KIND_NAMES
from data_access.queries.notices import Notice
from metrics.attention import period_words
from metrics.reminders import DueReminder, ReplyReminder, Stage
from reports.words import category_name, unit_name
from ui import formats

LEVELS: dict[Stage, str] = {"T-7": "calm", "T-1": "attention", "overdue": "alarm"}
KINDS = {"due": "到期提醒", "circular": "通报", "plan": "年度计划", "erratum": "更正"}


def day_words(days: int) -> str:
    if days < 0:
        return f"已逾期 {-days} 天"
    return {0: "今天截止", 1: "明天截止"}.get(days, f"还有 {days} 天截止")


def due_message(of: DueReminder) -> Message:
    """One delivery; its key holds the stage, so each stage is written once."""
    name, recipient = category_name(of.category), of.unit or of.department
    missing = f"还没有收到{'本单位的报送' if of.unit else ''}"
    return Message(
        key=f"due:{recipient}:{of.category}:{of.period}:{of.due_on}:{of.stage}",
        scope=scope_of(recipient),
        kind="due",
        level=LEVELS[of.stage],
        subject=f"报送《{name}》{period_words(of.period)}",
        words=f"{missing}，请尽快补报。" if of.days < 0 else f"{missing}，请按期报送。",
        address="/deliveries",
        due_on=of.due_on,
    )


def reply_message(of: ReplyReminder) -> Message:
    reply = of.reply
    return Message(
        key=f"due:{reply.code}:{reply.unit}:{reply.reply_due}:{of.stage}",
        scope=scope_of(reply.unit),
        kind="due",
        level=LEVELS[of.stage],
        subject=f"回复{reply.number}（{KIND_NAMES[reply.kind]}）",
        words="还没有回复，请立即回复。" if of.days < 0 else "还没有回复，请按期回复。",
        address=f"/circulars?id={reply.code}",
        due_on=reply.reply_due,
    )


# ---------------------------------------------------------------- on the screen


def sentence(found: Sequence[Notice], today: dt.date) -> str:
    """The answer to: what must I do first?"""
    standing = [n for n in found if n.settled_at is None]
    late = sum(n.due_on is not None and n.due_on < today for n in standing)
    soon = sum(n.due_on is not None and n.due_on >= today for n in standing)
    unread = sum(n.read_at is None for n in standing)
    if not standing:
        return "没有待办的提醒。"
    parts = [f"{late} 项已逾期" if late else "", f"{soon} 项即将到期" if soon else ""]
    words = "，".join(p for p in parts if p) or f"{len(standing)} 条提醒"
    return f"{words}；{unread} 条未读。" if unread else f"{words}，均已读过。"


def state_now(of: Notice, today: dt.date) -> str:
    """Its colour today: a reminder grows more urgent while it stands."""
    if of.settled_at is not None:
        return "muted"
    if of.due_on is None:
        return of.level
    days = (of.due_on - today).days
    return "alarm" if days < 0 else "attention" if days <= 1 else of.level


GROUPS = (
    ("已逾期", lambda n, day: n.due_on is not None and n.due_on < day),
    ("即将到期", lambda n, day: n.due_on is not None),
    ("消息", lambda n, day: True),
)
FILTERS: dict[str, str | None] = {"全部": None, **{name: key for key, name in KINDS.items()}}


def of_kind(found: Sequence[Notice], kind: str | None) -> list[Notice]:
    return [n for n in found if kind in (None, n.kind)]


def tiles(found: Sequence[Notice], today: dt.date) -> list[dict[str, Any]]:
    """One tile a notice in three rows; an unread one says so, each leads to where it is settled."""
    made: list[dict[str, Any]] = []
    for n in found:
        due = ""
        if n.due_on is not None:
            due = f"{formats.day_month_zh(n.due_on)}截止，{day_words((n.due_on - today).days)}"
        mark = "" if n.read_at else "未读 · "
        made.append(
            {
                "group": next(name for name, holds in GROUPS if holds(n, today)),
                "state": state_now(n, today),
                "name": n.subject,
                "words": f"{mark}{due or n.words}",
                "hover": f"{n.subject}。{n.words}",
                "address": n.address,
            }
        )
    names = [name for name, _ in GROUPS]
    return sorted(made, key=lambda tile: names.index(tile["group"]))


def in_order(found: Sequence[Notice]) -> list[Notice]:
    """Unread first, then the most urgent, then the newest."""
    return sorted(
        found,
        key=lambda n: (n.read_at is not None, n.due_on or dt.date.max, -n.at.timestamp(), n.key),
    )


def rows(found: Sequence[Notice]) -> list[dict[str, str]]:
    """Past and present, as a table."""
    return [
        {
            "时间": formats.clock(n.at),
            "种类": KINDS.get(n.kind, n.kind),
            "事项": n.subject,
            "内容": n.words,
            "截止": formats.missing(n.due_on, str),
            "状态": "已办" if n.settled_at else "已读" if n.read_at else "未读",
        }
        for n in found
    ]


# ---------------------------------------------------------------- by mail


def mail(sender: str, recipient: str, of: Sequence[ToMail], address: str, today: dt.date) -> EmailMessage:
    """One mail for one unit: what is due when, and where to act.

    Its Message-ID is made of the notices' keys, so a server that gets it twice can tell.
    """
    message = EmailMessage()
    message["Subject"] = f"【体育大数据中心】{len(of)} 项提醒待办理"
    message["From"], message["To"] = sender, recipient
    host = Address(addr_spec=sender).domain
    message["Message-ID"] = f"<{sha256('|'.join(n.key for n in of).encode()).hexdigest()[:32]}@{host}>"
    lines = [f"{unit_of(of[0].scope)}："]
    for n in of:
        due = ""
        if n.due_on is not None:
            due = f"，{formats.date_zh(n.due_on)}截止，{day_words((n.due_on - today).days)}"
        lines.append(f"  {n.subject}{due}。")
    lines += ["", f"请登录办理：{address}/notices", "本邮件由系统自动发出，请勿回复。"]
    message.set_content("\n".join(lines) + "\n")
    return message


def mail_problem(error: Exception) -> str:
    """Why the mail server could not be used and what to look at; nothing the server said, no password."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"邮件服务器的证书不可信（{_certificate_words(error)}），没有登录。请核对 [mail] host 与证书上的主机名；"
            "证书由单位自建机构签发的，把根证书文件填在 [mail] ca_file。"
        )
    if isinstance(error, FileNotFoundError):
        return "[mail] ca_file 指的证书文件不存在，请核对路径。"
    if isinstance(error, ssl.SSLError):
        return "与邮件服务器的加密连接没有建立，请核对 [mail] security（starttls 或 tls）、port 和 ca_file。"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "邮件服务器不接受账号或密码，请核对 [mail] user 和环境变量 SPORTS_MAIL_PASSWORD。"
    if isinstance(error, UnicodeError):  # its text would hold the password
        return "SMTP 登录的账号和密码只能用英文字母、数字和符号，请更换邮箱密码。"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "邮件服务器不提供 STARTTLS 或不要求登录，请核对 [mail] security 和 user。"
    return f"邮件服务器连接不上（{type(error).__name__}），请核对 [mail] 设置。"


def _certificate_words(error: ssl.SSLCertVerificationError) -> str:
    """OpenSSL's code of the check that failed, in Chinese."""
    known = {
        10: "已过期",
        18: "自签名",
        19: "签发机构不在信任之列",
        20: "签发机构不在信任之列",
        62: "主机名不符",
        64: "主机名不符",
    }
    return known.get(error.verify_code, f"检查未通过，代码 {error.verify_code}")


def unit_of(scope: str) -> str:
    """``department:mass_sport`` → 群体处; roles without a unit are the office, the leaders, the team."""
    names = {"office": "局办公室", "leader": "局领导", "operations": "运维团队"}
    return names.get(scope) or unit_name(scope.partition(":")[2])
