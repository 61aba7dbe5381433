"""Mail through a real local SMTP server: what it says, that it comes once, what becomes of failures."""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Engine, select, update

from data_access.circular_tables import notice
from data_access.commands import circulars
from data_access.engine import reading, writing
from data_access.settings import Settings, SettingsError, load
from jobs import send_reminders
from jobs.base import Context, JobFailed
from tests.circulars.made_up import OFFICE, TEAM, at, do, draft, issued, said

ROOT = Path(__file__).resolve().parents[2]
BOX = "qtc@example.gov.cn"
MORNING = at("2026-11-06")
Answer = Callable[[], str]


class Inbox:
    """A server's memory; `answer` decides what the server says to each mail."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer: Answer = lambda: "250 OK"

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.startswith("gone"):
            return "550 no such box"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        made = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(made, EmailMessage)
        self.mails.append(made)
        return self.answer()


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    """A server on a free port of this machine, and what it has received."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    box = Inbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


def rules(port: int, *recipients: str, **more: Any) -> Settings:
    mail = {
        "enabled": True, "host": "127.0.0.1", "port": port, "security": "none", "sender": "tiyu@example.gov.cn",
        "recipients": recipients or (f"mass_sport={BOX}",),
    }  # fmt: skip
    return Settings.model_validate({"mail": {**mail, **more}})


def text(mail: EmailMessage) -> str:
    return mail.get_content()


def claims(made: Engine) -> tuple[int, int]:
    """(claimed, mailed) among the notices of 群体处."""
    with reading(made) as connection:
        c = notice.c
        rows = connection.execute(
            select(c.mail_claimed_at, c.mailed_at).where(c.scope == "department:mass_sport")
        ).all()
    return sum(r.mail_claimed_at is not None for r in rows), sum(r.mailed_at is not None for r in rows)


def test_a_unit_gets_one_mail_with_what_is_due_and_nothing_about_anybody(made: Engine, inbox) -> None:
    """Subjects and days. No name, no telephone, nothing that somebody typed, not even a circular's title."""
    box, port = inbox
    issued(made, items=(said(),), copies=(), title="关于张三同志负责事项的通报", body="联系电话13800000000")

    said_words = send_reminders.run(Context(made, MORNING), rules(port))

    (mail,) = box.mails
    assert said_words.endswith("邮件 1 封。") and mail["To"] == BOX
    body = text(mail)
    assert "报送《群众体育工作人员》" in body or "报送《" in body
    assert "2026年11月5日截止，已逾期 1 天" in body and "通报〔2026〕1号（整改）" in body
    everything = mail.as_string() + body + str(mail["Subject"])
    for private in ("张三", "13800000000", "李某", "运维王某", "zhang", "wang"):
        assert private not in everything
    assert "/notices" in body


def test_the_next_run_sends_nothing_again(made: Engine, inbox) -> None:
    box, port = inbox
    for hour in range(3):
        send_reminders.run(Context(made, MORNING + dt.timedelta(hours=hour)), rules(port))
    assert len(box.mails) == 1


def test_mail_is_off_unless_it_is_switched_on(made: Engine, inbox) -> None:
    box, port = inbox
    assert Settings.model_validate({}).mail.enabled is False

    send_reminders.run(Context(made, MORNING), rules(port, enabled=False))

    assert box.mails == [] and claims(made) == (0, 0)


def test_a_refused_mail_is_tried_again_and_the_others_go_out(made: Engine, inbox) -> None:
    """One wrong address must not keep the other units from being reminded."""
    box, port = inbox
    with pytest.raises(JobFailed, match="拒收 1 封"):
        send_reminders.run(
            Context(made, MORNING), rules(port, "mass_sport=gone@example.gov.cn", f"youth_sport={BOX}")
        )
    assert len(box.mails) == 1 and claims(made) == (0, 0)

    send_reminders.run(Context(made, MORNING), rules(port, f"mass_sport={BOX}", f"youth_sport={BOX}"))

    assert len(box.mails) == 2 and "群体处：" in text(box.mails[1])


def test_an_unreachable_server_is_named_and_nothing_is_lost(made: Engine, inbox) -> None:
    box, port = inbox
    with pytest.raises(JobFailed, match="连接不上"):
        send_reminders.run(Context(made, MORNING), rules(1))
    assert claims(made) == (0, 0)

    send_reminders.run(Context(made, MORNING), rules(port))

    assert len(box.mails) == 1


def test_old_notices_are_not_mailed_when_mail_is_switched_on(made: Engine, inbox) -> None:
    """A flood on the first day would teach people to delete unread."""
    box, port = inbox
    send_reminders.run(Context(made, MORNING), rules(port, enabled=False))
    with writing(made) as connection:
        connection.execute(update(notice).values(at=MORNING - dt.timedelta(days=4)))

    send_reminders.run(Context(made, MORNING), rules(port))

    assert box.mails == []


WORKER = """
import datetime as dt, sys
from data_access.engine import engine
from jobs import send_reminders
from jobs.base import Context
send_reminders.run(Context(engine(sys.argv[1]), dt.datetime.fromisoformat(sys.argv[2])))
"""


def test_a_worker_killed_while_it_sends_repeats_nothing(database: str, made: Engine, inbox) -> None:
    """SIGKILL between the mail and the note that it went: the mail is in the box once, and no reminder twice."""
    box, port = inbox
    environment = {
        **os.environ, "SPORTS_MAIL_ENABLED": "true", "SPORTS_MAIL_HOST": "127.0.0.1", "SPORTS_MAIL_PORT": str(port),
        "SPORTS_MAIL_SECURITY": "none", "SPORTS_MAIL_SENDER": "tiyu@example.gov.cn",
        "SPORTS_MAIL_RECIPIENTS": f"mass_sport={BOX}",
    }  # fmt: skip

    def start() -> subprocess.Popen[bytes]:
        script = [sys.executable, "-c", WORKER, database, MORNING.isoformat()]
        return subprocess.Popen(script, cwd=ROOT, env=environment, stderr=subprocess.PIPE)

    def kill() -> str:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        return "250 OK"

    box.answer = kill
    worker = start()
    worker.communicate()
    assert worker.returncode == -signal.SIGKILL and len(box.mails) == 1
    claimed, mailed = claims(made)
    assert claimed > 0 and mailed == 0

    box.answer = lambda: "250 OK"
    worker = start()
    _, problems = worker.communicate()

    assert worker.returncode == 0, problems.decode()
    assert len(box.mails) == 1
    with reading(made) as connection:
        assert len(connection.execute(select(notice.c.key)).all()) == len(
            set(connection.scalars(select(notice.c.key)))
        )


def test_a_withdrawn_circular_is_not_mailed(made: Engine, inbox) -> None:
    box, port = inbox
    code = do(made, circulars.save_draft, TEAM, draft(items=(said(),), copies=()), at=MORNING)
    do(made, circulars.approve, OFFICE, code, at=MORNING)
    do(made, circulars.issue, TEAM, code, at=MORNING)
    do(made, circulars.withdraw, OFFICE, code, reason="数据有误", at=MORNING)

    send_reminders.run(Context(made, MORNING), rules(port))

    assert "通报〔2026〕1号（整改）" not in text(box.mails[0])
    assert "通报〔2026〕1号已撤回" in text(box.mails[0])


@pytest.mark.parametrize(
    ("written", "said_words"),
    [
        ("[mail]\nenabled = true", "须写明 host"),
        ('[mail]\nrecipients = ["mass_sport"]', "单位代码=邮箱"),
        ('[mail]\nsender = "nobody"', "请写发件邮箱"),
        ("[notices]\nquiet_from = 24", "不大于 23"),
        ('[mail]\npassword = "x"', "没有这一项"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_write(tmp_path: Path, written: str, said_words: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(written, "utf-8")
    with pytest.raises(SettingsError, match=said_words):
        load(path, {})
