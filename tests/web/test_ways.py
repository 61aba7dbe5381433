"""Which address is what to the gate, and where one may be sent after login."""

from __future__ import annotations

import pytest

from web import ways


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "page"),
        ("/leadership", "page"),
        ("/no-such-page", "page"),
        ("/static/js/index.js", "file"),
        ("/app/static/fonts/noto-sans-sc.woff2", "file"),
        ("/media/abc.csv", "told"),
        ("/_stcore/upload_file/a/b", "told"),
        ("/_stcore/stream", "other"),
        ("/_stcore/metrics", "other"),
        ("/leadership/_stcore/health", "other"),
        ("/component/x/index.html", "other"),
    ],
)
def test_an_address_is_a_page_a_file_somebodys_data_or_something_else(path, kind):
    """Only files that are the same for everybody may be let in on a session seen a moment ago."""
    assert ways.kind(path) == kind


@pytest.mark.parametrize("target", ["/", "/progress", "/progress?year=2026&unit=%E6%B8%9D", "/a/b#c"])
def test_a_deep_link_survives_the_login(target):
    assert ways.local(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None, "", "progress", "https://evil.example/", "//evil.example", "/\\evil.example", "/\tevil", "/%0d%0a x",
        "/a\r\nSet-Cookie: x=1", "javascript:alert(1)", "/login", "/logout", "/%6Cogout", "/password",
        "/media/abc.csv", "/_stcore/stream", "/" + "a" * 3000, "/中文",
    ],
)  # fmt: skip
def test_nobody_is_sent_to_another_server_or_in_a_circle(target):
    """A link to the login form that ends at a copy of it elsewhere would collect passwords."""
    assert ways.local(target) == "/"


def test_the_form_remembers_the_whole_address():
    assert ways.with_next("/login", "/") == "/login"
    assert (
        ways.with_next("/login", "/progress?year=2026&m=3") == "/login?next=/progress%3Fyear%3D2026%26m%3D3"
    )
