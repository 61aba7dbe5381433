"""The snapshot's file: whole or not there, strict or refused; killed writers leave no trace on a wall."""

from __future__ import annotations

import datetime as dt
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pydantic import ValidationError

from kiosk import snapshot_file
from kiosk.kinds import plain_name
from kiosk.snapshot import PARTS, Arrival, Totals
from kiosk.snapshot_file import SnapshotError, dump, load, parse, sweep, write
from tests.kiosk.published import published

AT = dt.datetime(2026, 11, 26, 6, 0, tzinfo=dt.UTC)
ROOT = Path(__file__).resolve().parents[2]


def test_what_is_written_is_what_is_read(tmp_path: Path):
    path = tmp_path / "wall" / "snapshot.json"
    write(path, dump(published(AT)))

    assert load(path) == published(AT)
    assert path.stat().st_mode & 0o777 == 0o444
    assert [p.name for p in path.parent.iterdir()] == ["snapshot.json"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b'"records_today":120', b'"records_today":9', "totals.records_today"),
        (b'"records_today":120', b'"records_today":-1', "totals.records_today"),
        (b'"records_today":120', b'"records_today":"120"', "totals.records_today"),
        (b'"units":53', b'"units":53,"person":"x"', "totals.person"),
        (b'"units":53,', b"", "totals.units"),
        (b'"schema":2', b'"schema":3', "schema 3"),
        (b'"schema":2', b'"schema":1', "schema 1"),
        (b'"records_today":120', b'"records_today":false', "totals.records_today"),
        (b'"schema":2,', b"", "schema unknown"),
        (b'"on_time":0.926', b'"on_time":1.01', "totals.on_time"),
        (b'"on_time":0.926', b'"on_time":NaN', "totals.on_time"),
    ],
)
def test_a_file_that_may_not_be_shown_is_refused_with_the_place(old: bytes, new: bytes, said: str):
    """A newer worker, a foreign hand or a small cell: the wall says where and shows nothing of it."""
    content = dump(published(AT))
    assert old in content

    with pytest.raises(SnapshotError, match=said):
        parse(content.replace(old, new, 1))


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"null", b'{"schema":2}', b"\xff\xfe\x00"])
def test_what_is_no_snapshot_is_refused(content: bytes):
    with pytest.raises(SnapshotError):
        parse(content)


def test_every_beginning_of_a_file_is_refused():
    """A file that is copied onto another machine may be seen half-way."""
    content = dump(published(AT))

    for end in range(0, len(content) - 1, 97):
        with pytest.raises(SnapshotError):
            parse(content[:end])


@pytest.mark.parametrize(
    "name",
    [
        "",
        " 渝中",
        "13800138000",
        "138-0013 8000",
        "138.0013.8000",
        "(023) 6312-3456",
        "138_0013_8000",
        "张<b>",
        "a\nb",
        "x" * 61,
        "500101199001011234",
        "138 2026 1234",
        "023-2026-5678",
        "电话 6312 2026",
        "重庆2026-12-311234",
    ],
)
def test_a_name_that_could_be_a_number_or_markup_is_none(name: str):
    with pytest.raises(ValueError):
        plain_name(name)


@pytest.mark.parametrize(
    "name",
    ["2026-2027赛季篮球联赛", "2026.11.29 马拉松", "2026年11月29日 10:30-11:30 开幕式", "第12届3对3篮球赛"],
)
def test_years_dates_and_times_are_no_telephone_numbers(name: str):
    assert plain_name(name) == name


def test_a_file_whose_parts_are_not_on_lines_of_their_own_is_read_as_well():
    """Copied by hand and formatted anew: the same snapshot, checked the same."""
    content = dump(published(AT))
    formatted = json.dumps(json.loads(content), indent=1).encode()

    assert content.count(b"\n") == len(PARTS) + 1 and parse(formatted) == parse(content) == published(AT)
    with pytest.raises(SnapshotError, match=r"totals\.records_today"):
        parse(formatted.replace(b'"records_today": 120', b'"records_today": 9'))
    with pytest.raises(SnapshotError):
        parse(content.replace(b',"lanes":null', b',"lanes":null,"person":"x"'))


def test_a_small_count_cannot_even_be_made():
    """The writer's suppression may be forgotten; the dataclass does not forget."""
    with pytest.raises(ValidationError):
        Arrival(at=AT, unit="渝中区", category="群众体育赛事", count=9, stage="published")
    with pytest.raises(ValidationError):
        Totals(**{**vars(published(AT).totals), "person": "张三"})  # type: ignore[arg-type]


WRITER = """
import datetime as dt, itertools, sys
from pathlib import Path
from kiosk.snapshot_file import dump, write
from tests.kiosk.published import published
at = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)
contents = [dump(published(at, 100 + n)) + b" " * (n * 40_000) for n in range(4)]
print("ready", flush=True)
for content in itertools.cycle(contents):
    write(Path(sys.argv[1]), content)
"""


def test_a_writer_killed_at_any_moment_leaves_a_whole_file(tmp_path: Path):
    """kill -9 in the middle of a write, six times: readers see the file before or the file after."""
    path = tmp_path / "snapshot.json"
    write(path, dump(published(AT)))
    for wait_s in (0.011, 0.023, 0.031, 0.047, 0.059, 0.083):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], cwd=ROOT, stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None and writer.stdout.readline() == b"ready\n"
            end = time.monotonic() + wait_s
            while time.monotonic() < end:
                load(path)
            writer.send_signal(signal.SIGKILL)
        load(path)
    sweep(path)

    assert [p.name for p in tmp_path.iterdir()] == ["snapshot.json"]


def test_a_file_too_large_to_be_ours_is_not_read(tmp_path: Path):
    path = tmp_path / "snapshot.json"
    path.write_bytes(b" " * (snapshot_file.LARGEST + 1))

    with pytest.raises(SnapshotError, match="larger"):
        load(path)
    with pytest.raises(SnapshotError, match="cannot be read"):
        load(tmp_path / "absent.json")
