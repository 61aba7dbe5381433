"""The cookie's content: streamlit-authenticator's JWT with the session's id and an end, HS256 only.

The signature says that we wrote it; whether the session still runs is asked of the
database (`sessions.current`), so a cookie can be revoked.
"""

from __future__ import annotations

import datetime as dt
import os
import stat
from functools import cache
from pathlib import Path

import jwt

from data_access.settings import Settings, settings

COOKIE = "sports_session"
ALGORITHM = "HS256"
VARIABLE = "SPORTS_ACCOUNTS_KEY"
FILE = "cookie.key"
LEAST_BYTES = 32
LEAST_DIFFERENT = 10
_WELL_KNOWN = (
    "some_signature_key",
    "random_signature_key",
    "changeme",
    "change_me",
    "secret",
    "default",
    "example",
)


class KeyRefused(Exception):
    """The key cannot be used; the message says where it comes from and what to do."""


def load_key(configured: Settings, environment: dict[str, str] | None = None) -> bytes:
    """The key of this installation: from the environment, else from a 0600 file made at the first start.

    Raises:
        KeyRefused: short, well known, too uniform, or readable by others.
    """
    given = (os.environ if environment is None else environment).get(VARIABLE)
    if given is not None:
        return _checked(given.strip().encode(), f"环境变量 {VARIABLE}")
    path = configured.storage.folder / FILE
    if not path.exists():
        _make(path)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise KeyRefused(f"密钥文件 {FILE} 的权限是 {mode:04o}，其他用户可以读。请执行 chmod 600 后再启动。")
    return _checked(path.read_bytes().strip(), f"密钥文件 {FILE}")


def _make(path: Path) -> None:
    """Written aside and linked into place: of two processes that start at once, one key wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, os.urandom(32).hex().encode() + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(unfinished, path)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()


def _checked(key: bytes, where: str) -> bytes:
    advice = "请用 openssl rand -hex 32 生成一个，再启动。"
    if not key:
        raise KeyRefused(f"{where} 是空的。{advice}")
    if len(key) < LEAST_BYTES:
        raise KeyRefused(f"{where} 只有 {len(key)} 个字节，至少要 {LEAST_BYTES} 个。{advice}")
    if len(set(key)) < LEAST_DIFFERENT or any(w.encode() in key.lower() for w in _WELL_KNOWN):
        raise KeyRefused(f"{where} 是默认的或容易猜到的。{advice}")
    return key


@cache
def key() -> bytes:
    return load_key(settings())


def write(account: str, sid: str, expires: dt.datetime) -> str:
    """The cookie of a session that ends at `expires` at the latest."""
    end = int(expires.timestamp())
    payload = {"username": account, "exp_date": float(end), "sid": sid, "exp": end}
    return jwt.encode(payload, key(), algorithm=ALGORITHM)


def read(token: str, now: dt.datetime | None = None) -> tuple[str, str] | None:
    """Account and session id of a cookie we wrote and that has not ended; None for anything else."""
    options = {"require": ["exp", "exp_date", "sid", "username"], "verify_exp": False, "verify_iat": False}
    try:
        payload = jwt.decode(token, key(), algorithms=[ALGORITHM], options=options)  # type: ignore[arg-type]
    except (jwt.InvalidTokenError, ValueError, UnicodeError):
        return None
    account, sid, end = payload["username"], payload["sid"], payload["exp"]
    if not isinstance(account, str) or not isinstance(sid, str) or not isinstance(end, int) or not sid:
        return None
    moment = now or dt.datetime.now(dt.UTC)
    return (account, sid) if end > moment.timestamp() else None
