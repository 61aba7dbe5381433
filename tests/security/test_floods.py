"""Too large, malformed, too many at once: whoever does it hurts himself, and nobody learns anything."""

from __future__ import annotations

import contextlib
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import bcrypt
import pytest
from websockets.exceptions import ConnectionClosed

from tests.helpers.signed_in import PASSWORD, SignedIn, open_account
from tests.security.conftest import ROUNDS, Product
from tests.security.speaking import ask, log_in, tab
from web.forms import LONGEST

AT_ONCE = 50


@pytest.fixture(scope="module")
def hashed() -> str:
    """`PASSWORD` as the server itself would keep it."""
    return bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(ROUNDS)).decode()


def address(number: int) -> dict[str, str]:
    """As a proxy of this machine says it: each attempt from another place, so that none is slowed down."""
    return {"X-Forwarded-For": f"10.7.{number // 250}.{number % 250 + 1}"}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"\xff\xff\xff not protobuf", 1002),
        (b"\x00", 1002),
        ("text instead of bytes", 1003),
        (b"", 1003),
        (b"x" * (5 * 2**20), 1009),
        (b"x" * (32 * 2**20), 1009),
    ],
    ids=["rubbish", "zero", "text", "empty", "5 MiB", "32 MiB"],
)
def test_a_faulty_message_closes_its_own_line_only(product: Product, clerk: SignedIn, office, message, code):
    """No traceback in the log, no page of anybody else disturbed."""
    written = len(product.log)
    with tab(product.url, office.cookie) as bystander, tab(product.url, clerk.cookie) as line:
        bystander.open("progress")
        with contextlib.suppress(ConnectionClosed):
            line.socket.send(message)

        assert line.closed_with(10.0) == code
        assert "汇聚进度" in bystander.again()
    assert "Traceback" not in product.log[written:]


def test_a_message_of_more_than_the_server_takes_is_cut_off(product: Product, clerk: SignedIn):
    """60 MiB are more than `server.maxMessageSize`: the line goes down while they are sent."""
    with tab(product.url, clerk.cookie) as line:
        with contextlib.suppress(ConnectionClosed):
            line.socket.send(b"x" * (60 * 2**20))

        assert line.closed_with(10.0) in (1006, 1009)
    assert ask(product.url, "/health").status == 200


def test_a_form_of_megabytes_is_not_read(product: Product):
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": product.url}
    answer = ask(product.url, "/login", method="POST", body=b"name=" + b"x" * LONGEST, headers=headers)

    assert answer.status == 400 and "这一页已失效" in answer.text


def test_fifty_people_log_in_at_once_and_nobody_else_waits(product: Product, hashed: str):
    """A hash costs a tenth of a second here and a third in use: on the event loop all pages would stand still."""
    names = [open_account(product.base, "guide", password_hash=hashed) for _ in range(AT_ONCE)]
    stop, took = threading.Event(), []

    def watch() -> None:
        while not stop.is_set():
            started = time.perf_counter()
            assert ask(product.url, "/_stcore/health").status == 200
            took.append(time.perf_counter() - started)
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        answers = list(
            crowd.map(lambda n: log_in(product.url, n[1], PASSWORD, headers=address(n[0])), enumerate(names))
        )
    stop.set()
    watcher.join()

    assert [answer.status for answer in answers] == [303] * AT_ONCE
    assert all(ask(product.url, "/", cookie=a.cookies["sports_session"]).status == 200 for a in answers[:3])
    assert statistics.median(took) < 0.25, [f"{seconds * 1000:.0f} ms" for seconds in took]


def test_the_time_of_a_refusal_does_not_tell_whether_the_name_is_known(product: Product, hashed: str):
    """A stranger could collect the names of accounts; measured in turns, so that both meet the same noise."""
    names = [open_account(product.base, password_hash=hashed) for _ in range(10)]
    known, unknown = [], []
    for number, name in enumerate(names):
        for asked, took in ((name, known), (f"nobody.{number}", unknown)):
            started = time.perf_counter()
            answer = log_in(product.url, asked, "Falsch-2026-falsch", headers=address(500 + 2 * number))
            took.append(time.perf_counter() - started)
            assert answer.status == 401 and "账号或密码不正确" in answer.text

    difference = abs(statistics.median(known) - statistics.median(unknown))
    noise = max(statistics.pstdev(known), statistics.pstdev(unknown))
    assert difference < max(2 * noise, 0.01), (known, unknown)


def test_a_stranger_cannot_lock_a_person_out_from_another_place(product: Product):
    """Failures count for the name and the address together."""
    name = open_account(product.base)
    for _ in range(5):
        refused = log_in(product.url, name, "Falsch-2026-falsch", headers=address(900))
    again = log_in(product.url, name, PASSWORD, headers=address(900))

    assert (refused.status, again.status) == (429, 429)
    assert 800 < int(again.headers["retry-after"]) <= 900 and "已暂时锁定" in again.text
    assert log_in(product.url, name, PASSWORD, headers=address(901)).status == 303


def test_an_address_that_tries_many_names_is_slowed_down(product: Product):
    """One guess for each of a thousand names would never lock any of them."""
    answers = [
        log_in(product.url, f"nobody.{n}", "Falsch-2026-falsch", headers=address(950)) for n in range(22)
    ]

    assert [a.status for a in answers[:19]] == [401] * 19
    assert answers[-1].status == 429 and "这个地址登录失败次数过多" in answers[-1].text
