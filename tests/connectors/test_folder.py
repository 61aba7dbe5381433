"""The watched folder: complete files once, with their receipts beside them."""

import datetime as dt
import json
import os
import threading
from pathlib import Path

import pytest

from catalog.sources import FolderSource
from data_access.clock import now
from data_access.commands.delivery import deliver
from data_access.connectors import SourceError, pull
from data_access.connectors.folder import FolderConnector
from data_access.engine import reading
from data_access.principal import OPERATOR
from data_access.schema import batch
from tests.connectors.conftest import declare, stored
from tests.helpers.files import csv_text, grid, make_csv, make_xlsx
from tests.helpers.rows import valid_rows

CATEGORY = "mass_sport_event"
DAY = dt.date(2025, 6, 30)
NAME = "群众体育赛事__万州区__2025-06.csv"


def rows(count: int):
    return valid_rows(CATEGORY, count, received_on=DAY)


@pytest.fixture
def inbox(tmp_path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def source(folder: Path, **more):
    entry = {"kind": "folder", "platform": "department_file", "address": str(folder), "settle_seconds": 0.05}
    return declare(**entry | more)


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir()) if folder.exists() else []


def note(folder: Path) -> dict:
    (found,) = folder.glob("*.json")
    return json.loads(found.read_text("utf-8"))


def test_a_complete_file_is_taken_and_moved_with_its_receipt(made, inbox):
    make_csv(inbox / NAME, CATEGORY, rows(3))
    result = pull(made, source(inbox))
    (receipt,) = result.receipts

    assert names(inbox) == ["done"]
    assert names(inbox / "done") == [f"{receipt}_{NAME}", f"{receipt}_{NAME}.json"]
    said = note(inbox / "done")
    assert (said["receipt"], said["outcome"], said["period"]) == (receipt, "accepted", "2025-06")
    assert said["rows"] == {"total": 3, "accepted": 3, "rejected": 0, "duplicate": 0}
    with reading(made) as connection:
        row = connection.execute(batch.select()).one()
        assert (row.unit, row.sender, row.file_name) == ("500101", "source:test_source", NAME)


def test_a_refused_file_lies_apart_with_all_its_problems(made, inbox):
    faulty = rows(2)
    for row in faulty:
        row["event_level"] = "省级"
    make_xlsx(inbox / NAME.replace("csv", "xlsx"), CATEGORY, faulty)
    result = pull(made, source(inbox))

    assert (result.accepted, result.rejected, result.refused) == (0, 2, 1)
    assert names(inbox) == ["refused"]
    assert [p["row"] for p in note(inbox / "refused")["problems"]] == [2, 3]


@pytest.mark.parametrize("name", [f"{NAME}.part", f".{NAME}", f"~${NAME}", "x.tmp"])
def test_unfinished_files_are_not_looked_at(made, inbox, name):
    """Writers that rename when they are done; Excel's lock; hidden files."""
    make_csv(inbox / name, CATEGORY, rows(1))

    assert pull(made, source(inbox)).receipts == []
    assert names(inbox) == [name]


def test_a_file_that_is_still_growing_waits_for_the_next_pull(made, inbox):
    """Half a file would be taken as a whole one: a CSV has no end mark."""
    text = csv_text(grid(CATEGORY, rows(4))).encode()
    path = inbox / NAME
    path.write_bytes(text[: len(text) // 2])
    writer = threading.Timer(0.1, lambda: path.write_bytes(text))
    writer.start()

    assert pull(made, source(inbox, settle_seconds=0.6)).receipts == []
    writer.join()
    assert pull(made, source(inbox)).accepted == 4


def test_a_pull_killed_after_the_delivery_repeats_safely(made, inbox):
    """Delivered, not yet moved: the next pull moves it with the receipt it has, as a first one would."""
    make_csv(inbox / NAME, CATEGORY, rows(3))
    delivered = deliver(
        made,
        OPERATOR,
        content=(inbox / NAME).read_bytes(),
        file_name=NAME,
        category=CATEGORY,
        unit="500101",
        period="2025-06",
        received_at=now(),
        sender="source:test_source",
    )
    result = pull(made, source(inbox))

    assert (result.receipts, result.repeated) == ([], 1)
    assert names(inbox / "done")[0] == f"{delivered.receipt}_{NAME}"
    said = note(inbox / "done")
    assert (said["receipt"], said["outcome"]) == (delivered.receipt, "accepted")
    assert said["rows"] == {"total": 3, "accepted": 3, "rejected": 0, "duplicate": 0}
    assert len(stored(made, CATEGORY).batches) == 1


def test_the_same_file_a_second_time_is_refused_and_names_the_first_receipt(made, inbox):
    content = csv_text(grid(CATEGORY, rows(2))).encode()
    for _ in range(3):
        (inbox / NAME).write_bytes(content)
        pull(made, source(inbox))

    assert len(names(inbox / "done")) == 2
    assert names(inbox / "refused") == [
        f"{NAME[:-4]}(2).csv",
        f"{NAME[:-4]}(2).csv.json",
        NAME,
        f"{NAME}.json",
    ]
    said = json.loads((inbox / "refused" / f"{NAME}.json").read_text("utf-8"))
    assert said["file_codes"] == ["F_DUPLICATE_FILE"]
    assert names(inbox / "done")[0].startswith(said["receipt"])
    assert len(stored(made, CATEGORY).batches) == 1


def test_a_quarantined_file_leaves_no_copy_in_the_folder(made, inbox):
    """Its content is for the office only; also when the same file is put there again."""
    faulty = rows(2)
    faulty[1]["venue_name"] = "绝密★一年"
    content = csv_text(grid(CATEGORY, faulty)).encode()
    for _ in range(2):
        (inbox / NAME).write_bytes(content)
        pull(made, source(inbox))
        assert [p.name for p in inbox.rglob("*.csv")] == []
    said = note(inbox / "refused")

    assert said["outcome"] == "quarantined"
    assert "绝密★" not in json.dumps(said, ensure_ascii=False)
    assert [state for _, state in stored(made, CATEGORY).batches] == ["quarantined"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("六月.csv", "文件名应为"),
        ("群众体育赛事__火星区__2025-06.csv", "没有单位「火星区」"),
        ("量子赛事__万州区__2025-06.csv", "没有数据类别「量子赛事」"),
    ],
)
def test_a_name_that_says_nothing_usable_is_refused_with_an_example(made, inbox, name, words):
    make_csv(inbox / name, CATEGORY, rows(1))
    result = pull(made, source(inbox))

    assert result.receipts == []
    said = note(inbox / "refused")
    assert words in said["detail"]
    assert said["receipt"] is None
    assert stored(made, CATEGORY).batches == []


def test_a_name_written_in_gb18030_is_read_and_lies_in_done_as_text(made, inbox):
    """As Windows or an unpacked archive leaves it: such a name once stopped the whole source."""
    make_csv(inbox / NAME, CATEGORY, rows(1))
    os.rename(inbox / NAME, os.path.join(os.fsencode(inbox), NAME.encode("gb18030")))

    (receipt,) = pull(made, source(inbox)).receipts

    assert names(inbox / "done") == [f"{receipt}_{NAME}", f"{receipt}_{NAME}.json"]
    with reading(made) as connection:
        assert connection.execute(batch.select()).one().file_name == NAME


def test_a_source_of_one_category_and_unit_needs_no_name(made, inbox):
    make_csv(inbox / "2025-06.csv", CATEGORY, rows(1))
    result = pull(made, source(inbox, category=CATEGORY, unit="mass_sport", pattern="{period}"))

    assert result.accepted == 1


def test_links_folders_and_too_large_files_are_not_read(made, inbox, tmp_path):
    """A link could lead to any file the worker may read."""
    outside = make_csv(tmp_path / NAME, CATEGORY, rows(1))
    (inbox / NAME).symlink_to(outside)
    (inbox / "目录__万州区").mkdir()
    (inbox / "群众体育赛事__涪陵区__2025-06.csv").write_bytes(b"x" * 1_100_000)
    result = pull(made, source(inbox, max_mb=1))

    assert result.receipts == []
    assert (inbox / NAME).is_symlink()
    assert "超过 1 MB" in note(inbox / "refused")["detail"]


def test_files_are_taken_in_the_order_they_were_written(made, inbox):
    """A correction that was written later must come later, whatever its name."""
    changed = rows(1)
    changed[0]["participant_count"] += 5
    first = make_csv(inbox / "群众体育赛事__涪陵区__2025-06.csv", CATEGORY, rows(1))
    second = make_csv(inbox / "mass_sport_event__500102__2025-06.csv", CATEGORY, changed)
    os.utime(first, (1_000_000, 1_000_000))
    os.utime(second, (2_000_000, 2_000_000))
    pull(made, source(inbox))

    assert [name for name, _ in stored(made, CATEGORY).batches] == [first.name, second.name]


def test_a_file_replaced_during_its_delivery_is_left_for_the_next_pull(made, inbox):
    """The new file has the old name; moving it away unread would lose it."""
    path = make_csv(inbox / NAME, CATEGORY, rows(1))
    declared = source(inbox)
    assert isinstance(declared, FolderSource)
    connector = FolderConnector(declared, inbox, "source:test_source", lambda receipt: None)
    (piece,) = connector.pieces(None, threading.Event())
    delivery = deliver(
        made, OPERATOR, content=piece.content, file_name=NAME, category=CATEGORY, unit="500101"
    )
    make_csv(path, CATEGORY, rows(4))
    connector.taken(piece, delivery)

    assert path.exists()
    assert pull(made, source(inbox)).accepted == 3


def test_an_unreadable_folder_says_what_to_check(made, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    with pytest.raises(SourceError, match="不能读取目录"):
        pull(made, source(blocked / "inbox"))
