"""Two runs at a time, and nobody waits long for a slow one."""

from __future__ import annotations

import threading
import time

import pytest

from web.turns import AT_ONCE, PATIENCE_S, turn


def _many(count: int, seconds: float) -> tuple[int, list[float]]:
    """So many runs at once, each of so many seconds: (most beside each other, how long each waited)."""
    guard, here, most, waited = threading.Lock(), 0, 0, []

    def run() -> None:
        nonlocal here, most
        began = time.monotonic()
        with turn():
            with guard:
                waited.append(time.monotonic() - began)
                here += 1
                most = max(most, here)
            time.sleep(seconds)
            with guard:
                here -= 1

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return most, waited


def test_no_more_than_two_short_runs_stand_beside_each_other():
    most, _ = _many(8, 0.01)
    assert most == AT_ONCE


def test_a_run_that_computes_long_holds_the_others_up_for_a_moment_only():
    most, waited = _many(AT_ONCE + 3, 6 * PATIENCE_S)
    assert most == AT_ONCE + 3 and max(waited) < 3 * PATIENCE_S


@pytest.mark.parametrize("how", [ValueError, KeyboardInterrupt])
def test_a_run_that_fails_or_is_stopped_gives_its_turn_back(how: type[BaseException]):
    for _ in range(AT_ONCE):
        with pytest.raises(how), turn():
            raise how
    began = time.monotonic()
    with turn(), turn():
        assert time.monotonic() - began < PATIENCE_S
