"""What the log may hold: enough to find the line, nothing of a person or a secret."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FAILING = """
import structlog
from web import logs

def read(cell):
    raise ValueError("not a name: " + cell)

logs.configure("info")
try:
    read("张三丰")
except ValueError:
    structlog.get_logger().exception("job_failed", job="pull")
"""


def test_an_exception_is_logged_without_its_message_and_variables():
    """Both may quote the record that could not be read; one line of JSON says where it was."""
    done = subprocess.run(
        [sys.executable, "-c", FAILING], cwd=ROOT, capture_output=True, text=True, check=True
    )

    line = json.loads(done.stderr)
    assert (line["event"], line["job"], line["type"]) == ("job_failed", "pull", "ValueError")
    assert line["frames"][-1].endswith(" read")
    assert "张三丰" not in done.stderr
