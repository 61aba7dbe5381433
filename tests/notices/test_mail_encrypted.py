"""Mail over STARTTLS and TLS through a real local server with a certificate made here; no password in any log."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Engine, select

from data_access.account_tables import audit_entry
from data_access.commands import lease
from data_access.engine import engine, reading
from data_access.principal import SYSTEM
from data_access.schema import job_run
from data_access.settings import Settings, SettingsError, load
from jobs import send_reminders
from jobs.base import Context, Job, JobFailed
from jobs.worker import LEASE, Worker
from tests.notices.certificates import Authority, authority, server_context
from tests.notices.test_mail import MORNING, Inbox, claims, rules

HOST, USER, SECRET = "127.0.0.1", "tiyu", "Zq7-geheim-Wort"
SECURITY = ("starttls", "tls")


@pytest.fixture
def base(embedded: str) -> Engine:
    """What the line is encrypted with does not depend on the database."""
    return engine(embedded)


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca"))


@contextmanager
def server(security: str, context: ssl.SSLContext | None) -> Iterator[tuple[Inbox, int, list[str]]]:
    """A server that wants a login over an encrypted line; its inbox, its port, the passwords it was given."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    box, given = Inbox(), []

    def authenticate(_server: Any, session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert session.ssl is not None or security == "tls", "a password in clear text"
        given.append(data.password.decode())
        is_right = data.login.decode() == USER and given[-1] == SECRET
        return AuthResult(success=is_right, handled=False)  # the server says the rest

    options: dict[str, Any] = {"authenticator": authenticate, "auth_required": True}
    if security == "tls":
        options |= {"ssl_context": context, "auth_required": False, "auth_require_tls": False}
    elif context is not None:
        options |= {"tls_context": context, "require_starttls": True}
    controller = Controller(box, hostname=HOST, port=port, **options)
    controller.start()
    try:
        yield box, port, given
    finally:
        controller.stop()


def encrypted(port: int, security: str, ca: Path | str, **more: Any) -> Settings:
    return rules(port, security=security, ca_file=str(ca), user=USER, **more)


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(send_reminders.PASSWORD, SECRET)


@pytest.mark.parametrize("security", SECURITY)
def test_mail_goes_out_over_an_encrypted_line_after_a_login(
    base: Engine, bureau: Authority, tmp_path: Path, security: str
) -> None:
    with server(security, server_context(tmp_path, bureau, HOST)) as (box, port, given):
        said = send_reminders.run(Context(base, MORNING), encrypted(port, security, bureau.file))

    assert said.endswith("邮件 1 封。") and len(box.mails) == 1
    assert given == [SECRET]


@pytest.mark.parametrize("security", SECURITY)
@pytest.mark.parametrize(
    ("wrong", "reason"),
    [("host", "主机名不符"), ("authority", "签发机构不在信任之列"), ("expired", "已过期")],
)
def test_a_wrong_certificate_is_refused_before_the_password_is_said(
    base: Engine, bureau: Authority, tmp_path: Path, security: str, wrong: str, reason: str
) -> None:
    """Whoever stands between us and the server gets neither mail nor password; the next run tries again."""
    signer = authority(tmp_path, "stranger") if wrong == "authority" else bureau
    context = server_context(
        tmp_path,
        signer,
        "mail.example.org" if wrong == "host" else HOST,
        days=-1 if wrong == "expired" else 30,
    )
    with (
        server(security, context) as (box, port, given),
        pytest.raises(JobFailed, match=f"证书不可信（{reason}），没有登录.*ca_file"),
    ):
        send_reminders.run(Context(base, MORNING), encrypted(port, security, bureau.file))

    assert (box.mails, given, claims(base)) == ([], [], (0, 0))


def test_a_server_without_starttls_gets_no_password(base: Engine, bureau: Authority) -> None:
    """Falling back to clear text would hand the password to whoever strips the offer from the line."""
    with (
        server("starttls", None) as (box, port, given),
        pytest.raises(JobFailed, match="不提供 STARTTLS"),
    ):
        send_reminders.run(Context(base, MORNING), encrypted(port, "starttls", bureau.file))

    assert (box.mails, given) == ([], [])


def test_the_password_is_in_no_log_no_run_and_no_entry_of_the_audit(
    base: Engine, bureau: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Run by the worker as always: a password the server refuses, one SMTP cannot say, the one it takes."""
    with server("starttls", server_context(tmp_path, bureau, HOST)) as (box, port, given):
        settings = encrypted(port, "starttls", bureau.file)
        jobs = [
            Job(key, "到期提醒", CronTrigger(minute=37), lambda c: send_reminders.run(c, settings))
            for key in ("refused", "unspeakable", "taken")
        ]
        worker = Worker(base, jobs, clock=lambda: MORNING)
        assert lease.acquire(base, SYSTEM, LEASE, worker.holder, seconds=60)
        for job, secret in zip(jobs, ("falsch-" + SECRET, f"{SECRET}口令", SECRET), strict=True):
            monkeypatch.setenv(send_reminders.PASSWORD, secret)
            assert worker.run_if_due(job, threading.Event())

    assert given[0] == "falsch-" + SECRET and given[-1] == SECRET and len(box.mails) == 1
    logged = capfd.readouterr()
    with reading(base) as connection:
        runs = str(connection.execute(select(job_run.c.job, job_run.c.detail)).all())
        kept = str(connection.execute(select(audit_entry)).all())
    assert "不接受账号或密码" in runs and "只能用英文字母" in runs and "邮件 1 封" in runs
    assert "job_ended" in logged.out + logged.err
    assert SECRET not in "".join([runs, kept, logged.out, logged.err, repr(settings)])


def test_a_login_in_clear_text_is_no_setting(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '[mail]\nenabled = true\nhost = "x"\nsender = "a@b.cn"\nuser = "x"\nsecurity = "none"', "utf-8"
    )
    with pytest.raises(SettingsError, match="加密传输密码"):
        load(path, {})


def test_a_missing_file_of_certificates_is_named(base: Engine, bureau: Authority, tmp_path: Path) -> None:
    with pytest.raises(JobFailed, match="ca_file 指的证书文件不存在"):
        send_reminders.run(Context(base, MORNING), encrypted(1, "tls", tmp_path / "no.pem"))
