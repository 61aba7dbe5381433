"""What the server refuses to start with, each with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit import config

from data_access.base_version import VERSIONS
from data_access.settings import settings
from tests.helpers.other_version import become
from web import start


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_may_be_served(address):
    start.refuse_open_address(address, tls=False)


@pytest.mark.parametrize("address", [None, "", "0.0.0.0", "::", "192.168.1.20", "center.example"])
def test_every_other_address_needs_https_in_front_of_it(address):
    """Passwords would cross the network readable."""
    start.refuse_open_address(address, tls=True)

    with pytest.raises(SystemExit) as refused:
        start.refuse_open_address(address, tls=False)

    assert "没有启动：监听地址是" in str(refused.value) and "tls_terminated = true" in str(refused.value)


@pytest.fixture
def as_delivered():
    """Streamlit's own settings before and after."""
    kept = {name: config.get_option(name) for name in ("server.allowedHosts", "server.cookieSecret")}
    yield
    for name, value in kept.items():
        config.set_option(name, value)


@pytest.fixture
def installed(as_delivered, embedded, tmp_path, monkeypatch) -> Iterator[Path]:
    """An installation with a base and a folder of its own; the folder."""
    monkeypatch.setenv("SPORTS_DATABASE_URL", embedded)
    monkeypatch.setenv("SPORTS_STORAGE_FOLDER", str(tmp_path))
    monkeypatch.setenv("SPORTS_WEB_HOSTS", "center.example")
    monkeypatch.delenv("SPORTS_ACCOUNTS_KEY", raising=False)
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def test_streamlit_gets_what_follows_from_our_settings(installed):
    """One truth: an operator writes the host names once, and all processes sign with one secret."""
    start.apply()
    secret = config.get_option("server.cookieSecret")

    assert config.get_option("server.allowedHosts") == ["center.example"]
    start.apply()
    assert config.get_option("server.cookieSecret") == secret and len(secret) == 64
    assert secret not in (installed / "cookie.key").read_text(), "it is derived, not the key itself"


@pytest.mark.parametrize("version", ["9999", VERSIONS[-2]])
def test_a_base_of_another_version_stops_the_start(installed, embedded, version):
    """Pages would fail one by one, or write what a newer program reads otherwise."""
    become(embedded, version)

    with pytest.raises(SystemExit, match=f"^没有启动：数据库的版本 {version} 比程序"):
        start.apply()


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "是空的"),
        ("0123456789", "只有 10 个字节"),
        ("change_me_" * 4, "容易猜到"),
        ("a" * 40, "容易猜到"),
    ],
)
def test_a_key_that_is_no_secret_stops_the_start(installed, monkeypatch, key, said):
    """Whoever knows the key can write a cookie for anybody's session id."""
    monkeypatch.setenv("SPORTS_ACCOUNTS_KEY", key)

    with pytest.raises(SystemExit) as refused:
        start.apply()

    assert str(refused.value).startswith("没有启动：")
    assert said in str(refused.value) and "openssl rand -hex 32" in str(refused.value)


def test_a_key_that_others_can_read_stops_the_start(installed):
    start.apply()
    (installed / "cookie.key").chmod(0o644)

    with pytest.raises(SystemExit, match="chmod 600"):
        start.apply()
