"""With a cookie that is another's, forged or no longer good; and what an open line is worth after that."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable
from urllib.parse import urlencode

import jwt
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.memory_media_file_storage import _calculate_file_id

from accounts import life, tokens
from data_access.account_tables import login_session
from data_access.clock import now
from data_access.commands.sessions import digest_of
from data_access.engine import engine, writing
from data_access.principal import OFFICE
from pages._shared import downloads
from tests.helpers.signed_in import PASSWORD, SignedIn, sign_in, signed_in
from tests.security.conftest import Product
from tests.security.speaking import Tab, ask, form, is_refused, post, tab
from web.sockets import ENDED

NEW_PASSWORD = "Xin-Mi-Ma-2026"


def opens(product: Product, cookie: str) -> bool:
    """Whether any of the three ways in is open: a page, a file, the websocket."""
    page = ask(product.url, "/progress", cookie=cookie).status == 200
    file = ask(product.url, "/_stcore/host-config", cookie=cookie).status == 200
    line = not is_refused(product.url, cookie)
    assert page == file == line, "the ways in disagree"
    return page


def _log_out(product: Product, who: SignedIn) -> None:
    token, _ = form(
        product.url, "/password", cookie=who.cookie
    )  # any form of the session's shows where it stands
    page = ask(product.url, "/password", cookie=who.cookie).text
    logout = re.findall(r'name="token" value="([0-9a-f]+)"', page)[-1]
    assert logout != token
    done = post(product.url, "/logout", {"token": logout}, cookie=who.cookie)
    assert (done.status, done.headers["location"]) == (303, "/login")


def _change_password(product: Product, who: SignedIn) -> None:
    token, _ = form(product.url, "/password", cookie=who.cookie)
    fields = {"token": token, "current": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD}
    done = post(product.url, "/password", fields, cookie=who.cookie)
    assert (done.status, done.headers["location"]) == (303, "/")
    assert opens(product, done.cookies[tokens.COOKIE]), "whoever changed it goes on in a new session"


def _disable(product: Product, who: SignedIn) -> None:
    life.disable(product.base, OFFICE, who.account, "离岗", now())


def _log_in_elsewhere(product: Product, who: SignedIn) -> None:
    sign_in(product.base, who.account)


def _let_it_idle(product: Product, who: SignedIn) -> None:
    _set(product, who, seen_at=now() - dt.timedelta(minutes=31))


def _let_it_run_out(product: Product, who: SignedIn) -> None:
    _set(product, who, expires_at=now() - dt.timedelta(seconds=1))


def _set(product: Product, who: SignedIn, **values: dt.datetime) -> None:
    with writing(engine(product.base)) as connection:
        connection.execute(
            login_session.update().where(login_session.c.digest == digest_of(who.sid)).values(**values)
        )


ENDS: list[Callable[[Product, SignedIn], None]] = [
    _log_out, _change_password, _disable, _log_in_elsewhere, _let_it_idle, _let_it_run_out,
]  # fmt: skip


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__.strip("_"))
def test_a_cookie_is_worth_nothing_after_its_session_has_ended(product: Product, clerk: SignedIn, end):
    """
    The cookie of the library could not be taken back. And a line that was open
    goes down within seconds, so that nobody reads on.
    """
    with tab(product.url, clerk.cookie) as line:
        assert "汇聚进度" in line.open("progress")
        end(product, clerk)

        assert not opens(product, clerk.cookie)
        assert line.closed_with(6.0) == ENDED


def _claims(who: SignedIn, **other: object) -> dict[str, object]:
    end = int((now() + dt.timedelta(hours=1)).timestamp())
    return {"username": who.account, "sid": who.sid, "exp": end, "exp_date": float(end), **other}


def test_a_forged_or_foreign_cookie_opens_nothing(product: Product, clerk: SignedIn, other: SignedIn):
    """alg none, another key, no session, another's session, run out: each way in stays shut."""
    key, past = tokens.key(), int(time.time()) - 60
    head, body, seal = clerk.cookie.split(".")
    forged = {
        "alg none": jwt.encode(_claims(clerk), "", algorithm="none"),
        "wrong key": jwt.encode(_claims(clerk), "k" * 32, algorithm="HS256"),
        "empty key": jwt.api_jws.encode(b'{"sid":"%s"}' % clerk.sid.encode(), b"k" * 32, algorithm="HS256"),
        "no sid": jwt.encode({k: v for k, v in _claims(clerk).items() if k != "sid"}, key, algorithm="HS256"),
        "run out": jwt.encode(_claims(clerk, exp=past, exp_date=past), key, algorithm="HS256"),
        "another's session": jwt.encode(_claims(clerk, sid=other.sid), key, algorithm="HS256"),
        "another's seal": f"{head}.{body}.{other.cookie.split('.')[2]}",
        "without seal": f"{head}.{body}.",
        "cut": clerk.cookie[:-2],
        "bare session id": clerk.sid,
        "the form's token": seal * 2,
    }

    assert [name for name, cookie in forged.items() if opens(product, cookie)] == []
    assert opens(product, clerk.cookie)


def test_a_session_of_streamlit_cannot_be_taken_over_by_its_id(product: Product, clerk, office):
    """Whoever presented the id got the session with everything on its screen."""
    with tab(product.url, office.cookie) as victim:
        victim.open("leadership")
        stolen = victim.session_id
        with tab(product.url, clerk.cookie, resume=stolen) as thief:
            drawn = thief.open("leadership")

            assert thief.session_id != stolen
            assert "不对您开放" in drawn
        assert "领导总览" in victim.again(), "and the victim's line is still his"


def test_a_fragment_run_or_a_click_after_the_end_draws_nothing(product: Product, clerk: SignedIn):
    """Between two looks at the open lines a message may still arrive: the run asks anew who it is for."""
    with tab(product.url, clerk.cookie) as line:
        line.open("records")
        _log_in_elsewhere(product, clerk)
        for fragment in [*sorted(line.fragments), ""]:
            drawn = line.again(fragment=fragment)
            assert "群众体育赛事" not in drawn and "条记录" not in drawn


def _export(line: Tab, product: Product, cookie: str) -> tuple[str, bytes]:
    """Press the CSV button of the records page; the address it was told, and the file."""
    line.open("records", query=urlencode({"category": "群众体育赛事", "view": "记录"}))
    buttons = [e.download_button for e in line.elements if e.WhichOneof("type") == "download_button"]
    assert buttons, "the page offers no file"
    message = BackMsg()
    message.backend_operation_request.request_id = "r"
    message.backend_operation_request.session_id = line.session_id
    message.backend_operation_request.deferred_file.file_id = buttons[0].deferred_file_id
    line.send(message)
    for answer in line.messages():
        if answer.WhichOneof("type") == "backend_operation_response":
            url = answer.backend_operation_response.deferred_file.url
            return url, ask(product.url, url, cookie=cookie).body
    raise AssertionError("no file was made")


def test_a_file_opens_for_whom_it_was_made_only(product: Product, office: SignedIn, clerk: SignedIn):
    """An address of an export is no permission: another clerk who knows it gets nothing."""
    with tab(product.url, office.cookie) as line:
        url, content = _export(line, product, office.cookie)
        stolen = ask(product.url, url, cookie=clerk.cookie)

        assert content and ask(product.url, url).status == 401
        assert (stolen.status, stolen.text) == (403, "这个文件不是给您的，或已经过期。请回到页面重新下载。")
        assert ask(product.url, url, cookie=office.cookie).headers["cache-control"] == "no-store"


def test_two_exports_of_one_moment_never_share_an_address(product: Product, office: SignedIn):
    """
    Streamlit names a file over 1 MiB by its length, head, middle and tail and its
    name: of two that differ elsewhere the second reader would get the first one's rows.
    """
    one = b"a" * 3_000_000
    two = one[:200_000] + b"b" + one[200_001:]
    assert _calculate_file_id(one, "text/csv", "x.csv") == _calculate_file_id(two, "text/csv", "x.csv")

    names = [downloads.unique("x.csv", office.account) for _ in (one, two)]
    ids = {
        _calculate_file_id(*content_and_name)
        for content_and_name in zip((one, two), ("text/csv",) * 2, names, strict=True)
    }
    assert len(ids) == 2

    another = signed_in(product.base, "office")
    with tab(product.url, office.cookie) as first, tab(product.url, another.cookie) as second:
        assert _export(first, product, office.cookie)[0] != _export(second, product, another.cookie)[0]
