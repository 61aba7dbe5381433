"""Threads that share Python's one lock stay on one core, each server's on its own; long work has them all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

SERVER = """
import json, os, sys, threading
from pages._shared import cores, work
core = cores.settle()
def seen(first=lambda: None):
    found = []
    thread = threading.Thread(target=lambda: (first(), found.append(sorted(os.sched_getaffinity(0)))))
    thread.start(); thread.join()
    return found[0]
done = work.start("k", "t", lambda progress: sorted(os.sched_getaffinity(0)))
while not done.finished: pass
print(json.dumps({"core": core, "script": seen(), "spread": seen(cores.spread), "work": done.result}), flush=True)
sys.stdin.read()
"""

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2, reason="one core, or not Linux"
)


class Server:
    """A process that has settled, as long as the block lasts."""

    def __init__(self, *prefix: str) -> None:
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def __exit__(self, *_: object) -> None:
        self.process.communicate()


def test_scripts_stay_on_the_servers_core_and_long_work_has_all_of_them():
    every = sorted(os.sched_getaffinity(0))
    with Server() as told:
        if told["core"] is None:
            pytest.skip("every core is claimed by another server of this machine")
        assert told["script"] == [told["core"]]
        assert told["spread"] == told["work"] == every


def test_two_servers_do_not_settle_on_one_core():
    with Server() as first, Server() as second:
        cores = [told["core"] for told in (first, second) if told["core"] is not None]
        assert len(cores) == len(set(cores))
        assert all(len(told["script"]) > 1 for told in (first, second) if told["core"] is None)


def test_a_core_is_free_again_after_its_server_was_killed():
    first = Server()
    with first as told:
        first.process.kill()
        first.process.wait()
        with Server() as second:
            assert told["core"] is None or second["core"] is not None


def test_an_operators_choice_of_one_core_is_left_alone():
    core = max(os.sched_getaffinity(0))
    with Server("taskset", "-c", str(core)) as told:
        assert told["core"] is None and told["script"] == told["work"] == [core]
