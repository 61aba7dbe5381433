"""The load generator behaves as a browser does: otherwise it measures something no user waits for."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.process import cpu_seconds, peak_bytes, resident_bytes
from bench.streamlit_client import PageFailed, Run, Session, load, percentile

SCRIPT = """
import streamlit as st

def large():
    st.text("x" * 50_000)

def choose():
    chosen = st.selectbox("c", ["a", "b"], index=1)
    st.session_state.runs = st.session_state.get("runs", 0) + 1
    if st.query_params.get("expect") == "second":
        assert chosen == "b" and st.session_state.runs == 2

def broken():
    raise RuntimeError("of the test")

def away():
    st.switch_page(second)

home = st.Page(lambda: None, title="home", default=True)
first = st.Page(large, title="large", url_path="large")
second = st.Page(choose, title="choose", url_path="choose")
st.navigation([home, first, second, st.Page(broken, title="broken", url_path="broken"),
               st.Page(away, title="away", url_path="away")]).run()
"""


@dataclass
class Served:
    url: str
    pid: int


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of a small script, started as the product is."""
    folder: Path = tmp_path_factory.mktemp("served")
    (folder / "script.py").write_text(SCRIPT)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [
            sys.executable, "-m", "streamlit", "run", str(folder / "script.py"), "--server.port", str(port),
            "--server.headless", "true", "--server.fileWatcherType", "none", "--browser.gatherUsageStats", "false",
        ],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield Served(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait(20)


def runs(served: Served, *asked: tuple[str | None, str]) -> list[Run]:
    """Page and query of each run, all in one tab."""

    async def in_one_tab() -> list[Run]:
        async with Session(served.url) as tab:
            return [await tab.run(page, query) for page, query in asked]

    return asyncio.run(in_one_tab())


def test_a_large_message_is_sent_once_and_then_by_its_hash(served):
    first, again, third = runs(served, ("large", ""), (None, ""), (None, ""))

    assert first.bytes > 50_000 and first.references == 0
    assert (again.references, third.references) == (1, 1)
    assert again.bytes < 5_000


def test_a_message_that_two_runs_did_not_use_is_forgotten(served):
    """The browser drops it after two runs elsewhere, so the server must send it whole again."""
    *_, soon = runs(served, ("large", ""), ("choose", ""), ("large", ""))
    *_, late = runs(served, ("large", ""), ("choose", ""), ("choose", ""), ("large", ""))

    assert soon.references == 1
    assert late.references == 0 and late.bytes > 50_000


def test_a_rerun_stays_on_its_page_with_its_widgets(served):
    first, second = runs(served, ("choose", ""), (None, "expect=second"))

    assert first.page == second.page


def test_a_page_that_sends_elsewhere_ends_there(served):
    (there,) = runs(served, ("choose", ""))
    (sent,) = runs(served, ("away", ""))

    assert sent.page == there.page


@pytest.mark.parametrize(("page", "said"), [("broken", "RuntimeError"), ("nowhere", "no page 'nowhere'")])
def test_a_page_that_fails_is_no_measurement(served, page, said):
    with pytest.raises(PageFailed, match=said):
        runs(served, (page, ""))


def test_a_load_counts_only_reruns_and_what_they_cost_the_server(served):
    took = asyncio.run(load(served.url, served.pid, "large", 2, seconds=0.3))

    assert took.runs and all(run.references == 1 for run in took.runs)
    assert 0 < took.cpu_seconds < cpu_seconds(served.pid)
    assert took.per_second == pytest.approx(len(took.runs) / took.seconds)


def test_memory_of_a_process_is_read_in_bytes(served):
    assert 20_000_000 < resident_bytes(served.pid) <= peak_bytes(served.pid)


@pytest.mark.parametrize(("share", "value"), [(0.5, 2), (0.75, 3), (0.95, 4), (1.0, 4), (0.0, 1)])
def test_a_percentile_is_a_value_that_was_measured(share, value):
    assert percentile([4, 1, 3, 2], share) == value
