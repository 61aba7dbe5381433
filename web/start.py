"""Before anything listens: an address that others can reach needs TLS, the cookies' key must be a secret.

Each refusal is a sentence for the operator, without a traceback.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import sys

import structlog
from sqlalchemy import inspect
from streamlit import config

import catalog
from accounts import hashing
from accounts.start import problems
from accounts.tokens import load_key
from data_access.base_version import OtherVersion, refuse_other
from data_access.engine import engine
from data_access.migrate import prepare
from data_access.schema import data_version
from data_access.settings import settings

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")


def refuse_open_address(address: str | None, *, tls: bool) -> None:
    """Passwords and cookies cross the network readable without TLS: then only this machine may be served.

    Args:
        address: what the server is going to listen on; None is every address.
        tls: the operator declares that browsers reach it over HTTPS only.
    """
    if address in LOOPBACK_NAMES or tls:
        return
    sys.exit(
        f"没有启动：监听地址是 {address or '0.0.0.0（未设置）'}，而没有声明传输加密。密码和登录凭据会以明文经过网络。\n"
        "请让 nginx 等反向代理负责 HTTPS（见 deploy/nginx.conf），监听地址改回 127.0.0.1；\n"
        "确由前置设备负责 HTTPS 的，在 config.toml 的 [web] 中写 tls_terminated = true。"
    )


def apply() -> None:
    """Streamlit's own settings that follow from ours, so that nobody has to write them twice.

    Exits with a sentence for the operator when the cookies' key or the hashes are too weak.
    """
    given = settings()
    try:
        prepare_empty_base(given.database.url)
    except OtherVersion as error:
        sys.exit(f"没有启动：{error}")
    load_hasher()
    found = problems(given.database.url)
    if found:
        sys.exit("没有启动：" + "\n".join(found))
    key = load_key(given)
    config.set_option("server.allowedHosts", list(given.web.hosts))
    config.set_option("server.cookieSecret", hmac.new(key, b"streamlit", hashlib.sha256).hexdigest())


def load_hasher() -> None:
    """Before the first login: the library is loaded once, and complains that no script is running."""
    logging.disable(logging.WARNING)
    try:
        hashing.matches("", None)
    finally:
        logging.disable(logging.NOTSET)


def prepare_empty_base(url: str) -> None:
    """The tables of a base that has none; one that has tables is upgraded by `manage.py init` only.

    Raises:
        OtherVersion: program and base are of different versions.
    """
    base = engine(url)
    refuse_other(base)
    if not inspect(base).has_table(data_version.name):
        changes = prepare(base, catalog.default())
        structlog.get_logger().info("base_created", changes=len(changes))
