"""Due reminders (T-7, T-1, overdue), outside quiet hours, each once; by mail where that is switched on.

Three steps, each whole in itself: overdue replies are marked, reminders are written under
their keys, mails are claimed before they are handed over. Killed anywhere and run again,
nothing is said twice.
"""

from __future__ import annotations

import datetime as dt
import os
import smtplib
import ssl
from collections import defaultdict
from contextlib import suppress
from email.message import EmailMessage

from data_access.clock import day_of
from data_access.commands import circular_replies, notices
from data_access.commands.notices import ToMail, scope_of
from data_access.engine import BEIJING, reading, writing
from data_access.principal import SYSTEM
from data_access.settings import Mail, Settings, settings
from jobs.base import Context, JobFailed
from metrics.reminders import due_reminders, reply_reminders
from reports import notice_words as words

PASSWORD = "SPORTS_MAIL_PASSWORD"
"""The environment variable of the mail server's password: secrets do not belong in config.toml."""
FRESH = dt.timedelta(days=3)
"""Older notices are not mailed: after an outage, or when mail is switched on, nobody gets a flood."""
TIMEOUT_S = 20


def run(context: Context, given: Settings | None = None) -> str:
    """`given`: the operators' settings; those of this installation if None."""
    rules = given or settings()
    if is_quiet(context.now, rules.notices.quiet_from, rules.notices.quiet_to):
        return f"免打扰时段（{rules.notices.quiet_from} 时至 {rules.notices.quiet_to} 时），到时再发。"
    today = day_of(context.now)
    context.check_lease()
    with writing(context.engine) as connection:
        late = circular_replies.mark_overdue(SYSTEM, connection, at=context.now)
    with reading(context.engine) as connection:
        messages = [words.due_message(r) for r in due_reminders(SYSTEM, connection, today)]
        messages += [words.reply_message(r) for r in reply_reminders(SYSTEM, connection, today)]
    context.check_lease()
    with writing(context.engine) as connection:
        written = notices.remind(SYSTEM, connection, messages, at=context.now)
    said = f"新提醒 {written} 条，通报逾期未回复 {late} 条"
    if rules.mail.enabled:
        said += f"，邮件 {_mail(context, rules, today)} 封"
    return said + "。"


def is_quiet(now: dt.datetime, first: int, last: int) -> bool:
    """Whether the hour of 北京时间 lies in first..last (over midnight where first is greater); equal, never."""
    hour = now.astimezone(BEIJING).hour
    if first <= last:
        return first <= hour < last
    return hour >= first or hour < last


def _mail(context: Context, rules: Settings, today: dt.date) -> int:
    """One mail a unit with new notices; how many the server took."""
    addresses = {scope_of(unit): address for unit, address in rules.mail.by_unit.items()}
    context.check_lease()
    with writing(context.engine) as connection:
        claimed = notices.claim_mail(SYSTEM, connection, addresses, since=context.now - FRESH, at=context.now)
    by_scope: dict[str, list[ToMail]] = defaultdict(list)
    for one in claimed:
        by_scope[one.scope].append(one)
    if not by_scope:
        return 0
    try:
        server = _connected(rules.mail)
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        _release(context, claimed)
        raise JobFailed(f"{words.mail_problem(error)}没有发出邮件，稍后自动重试。") from None
    refused: list[str] = []
    sent = 0
    with suppress(OSError, smtplib.SMTPException), server:  # a server that hangs up at QUIT has the mails
        for n, (scope, found) in enumerate(by_scope.items()):
            made = words.mail(rules.mail.sender, addresses[scope], found, rules.web.address, today)
            outcome = _handed_over(server, made)
            if outcome == "taken":
                with writing(context.engine) as connection:
                    notices.keep_mailed(SYSTEM, connection, [f.key for f in found], at=context.now)
                sent += 1
            elif outcome == "refused":
                _release(context, found)
                refused.append(scope)
            else:
                _release(context, [f for rest in list(by_scope.values())[n + 1 :] for f in rest])
                raise JobFailed("邮件服务器中途断开，有一封是否送达不能确定，不再重发；其余稍后自动重试。")
    if refused:
        raise JobFailed(
            f"邮件服务器拒收 {len(refused)} 封（{'、'.join(refused)}），请核对收件地址；稍后自动重试。"
        )
    return sent


def _connected(mail: Mail) -> smtplib.SMTP:
    """A session that is encrypted as set and logged in; nothing is said before the certificate holds."""
    context = ssl.create_default_context(cafile=mail.ca_file or None)
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT_S)
    try:
        if mail.security == "starttls":
            server.starttls(context=context)
        if mail.user:
            server.login(mail.user, os.environ.get(PASSWORD, ""))
    except BaseException:
        server.close()
        raise
    return server


def _handed_over(server: smtplib.SMTP, message: EmailMessage) -> str:
    """``taken``, ``refused`` (nothing was sent), or ``unknown``: the line broke while the mail was on its way."""
    try:
        server.send_message(message)
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
        return "refused"
    except (OSError, smtplib.SMTPException):
        return "unknown"
    return "taken"


def _release(context: Context, found: list[ToMail]) -> None:
    with writing(context.engine) as connection:
        notices.release_mail(SYSTEM, connection, [f.key for f in found])
