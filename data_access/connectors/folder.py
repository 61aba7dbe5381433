"""A watched folder: complete files go to intake, then to done/ or refused/ with their receipt beside them."""

from __future__ import annotations

import json
import os
import re
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.sources import FolderSource
from data_access.commands.delivery import Delivery
from data_access.connectors.base import Piece, SourceError
from data_access.file_names import readable
from data_access.system_words import reason

DONE = "done"
REFUSED = "refused"
UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".crdownload", ".swp", ".lock")
TAKEN = ("accepted", "partly_accepted")


Beside = Callable[[Piece, Delivery], tuple[str, bytes] | None]
"""What else the sender finds beside a file with problems: name and content (its marked workbook)."""


def nothing_beside(piece: Piece, delivery: Delivery) -> tuple[str, bytes] | None:
    return None


@dataclass(frozen=True, slots=True)
class EarlierBatch:
    """The stored batch of a file that arrives a second time."""

    sender: str
    file_name: str
    state: str
    receipt: dict[str, Any]  # as the file beside it shows it


@dataclass(frozen=True, slots=True)
class _Seen:
    """What tells a file that is still being written."""

    size: int
    changed_ns: int
    inode: int


class FolderConnector:
    """Files directly in `folder`. Only files that did not change for `settle_seconds` are touched.

    A system that writes slowly should write to ``name.part`` and rename it when complete:
    such names, hidden ones and Excel's ``~$`` locks are never looked at.

    The folder itself is the memory of what is left to do, so there is no cursor. A
    file is delivered first and moved afterwards; a pull killed between the two finds
    it again, intake knows its bytes, and it is moved with the receipt it has.
    """

    def __init__(
        self,
        source: FolderSource,
        folder: Path,
        sender: str,
        earlier: Callable[[str], EarlierBatch | None],
        beside: Beside = nothing_beside,
    ) -> None:
        self.source = source
        self.folder = folder
        self._sender = sender
        self._earlier = earlier
        self._beside = beside
        self._pattern = _pattern(source)
        self._seen: dict[str, _Seen] = {}

    def pieces(self, cursor: str | None, stop: threading.Event) -> Iterator[Piece]:
        first = self._look()
        if not first or stop.wait(self.source.settle_seconds):
            return
        second = self._look()
        complete = [n for n in second if first.get(n) == second[n]]
        for found_name in sorted(complete, key=lambda n: (second[n].changed_ns, n)):
            if stop.is_set():
                return
            name = self._renamed(found_name)
            seen = self._seen[name] = second[found_name]
            if seen.size > self.source.max_mb * 1_000_000:
                self._put_away(
                    name, None, _refusal(name, f"文件超过 {self.source.max_mb} MB。请拆分后再放入。")
                )
                continue
            found = self._pattern.fullmatch(Path(name).stem)
            if found is None:
                wanted = self.source.pattern
                self._put_away(
                    name,
                    None,
                    _refusal(
                        name, f"文件名应为 {wanted}.xlsx，例如 {_example(self.source)}.xlsx。请改名后再放入。"
                    ),
                )
                continue
            content = self._read(name)
            if content is None:
                continue
            said = found.groupdict()
            yield Piece(
                content,
                name,
                self.source.category or said["category"],
                self.source.unit or said["unit"],
                said.get("period"),
            )

    def taken(self, piece: Piece, delivery: Delivery) -> None:
        name, receipt = piece.file_name, delivery.receipt
        if delivery.problems and (more := self._beside(piece, delivery)) is not None:
            folder = self.folder / (DONE if delivery.outcome in TAKEN else REFUSED)
            folder.mkdir(exist_ok=True)
            _write_whole(folder / _name(receipt, more[0]), more[1])
        note, outcome = delivery.as_json(), delivery.outcome
        earlier = None
        if "F_DUPLICATE_FILE" in delivery.file_codes and receipt:
            earlier = self._earlier(receipt)
        if earlier is not None and (
            earlier.state == "quarantined" or self._was_interrupted(name, receipt, earlier)
        ):
            note, outcome = earlier.receipt, earlier.receipt["outcome"]
        elif earlier is not None:
            receipt = (
                None  # sent a second time: the note names the first receipt, the file keeps its own name
            )
        self._put_away(
            name,
            receipt,
            {"file": name, **note},
            folder=DONE if outcome in TAKEN else REFUSED,
            keep=outcome != "quarantined",
        )

    def refused(self, piece: Piece, reason: str) -> None:
        self._put_away(piece.file_name, None, _refusal(piece.file_name, reason))

    def close(self) -> None:
        """Nothing is open between pulls."""

    def _look(self) -> dict[str, _Seen]:
        """Regular files directly in the folder; links are not followed, they could lead anywhere."""
        found = {}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    if entry.name.startswith((".", "~$")) or entry.name.lower().endswith(UNFINISHED):
                        continue
                    status = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(status.st_mode):
                        found[entry.name] = _Seen(status.st_size, status.st_mtime_ns, status.st_ino)
        except FileNotFoundError:  # a file went away while looking: the next look will tell
            return {}
        except OSError as error:
            raise SourceError(
                f"来源 {self.source.code}：不能读取目录（{reason(error)}）。"
                "请核对目录是否存在、是否挂载、运行 worker 的用户是否可读写。"
            ) from None
        return found

    def _renamed(self, name: str) -> str:
        """The file under a name that can be stored and printed; one system writes GB18030, another UTF-8."""
        if (wanted := readable(name)) == name:
            return name
        target = _free(self.folder / wanted)
        try:
            os.rename(self.folder / name, target)
        except FileNotFoundError:
            return name
        except OSError as error:
            raise SourceError(
                f"来源 {self.source.code}：不能为《{wanted}》改名（{reason(error)}）。请核对 worker 用户对目录的写权限。"
            ) from None
        return target.name

    def _read(self, name: str) -> bytes | None:
        """The content; None when the file changed meanwhile and must wait for the next pull."""
        path = self.folder / name
        try:
            content = path.read_bytes()
        except OSError:
            return None
        return content if self._look().get(name) == self._seen[name] else None

    def _was_interrupted(self, name: str, receipt: str | None, earlier: EarlierBatch) -> bool:
        """Delivered by a pull that could not move the file any more; not sent a second time."""
        is_ours = earlier.sender == self._sender and earlier.file_name == name
        return is_ours and not (self.folder / DONE / _name(receipt, name)).exists()

    def _put_away(
        self,
        name: str,
        receipt: str | None,
        note: dict[str, Any],
        *,
        folder: str = REFUSED,
        keep: bool = True,
    ) -> None:
        """Write the note, then move the file. A quarantined file is removed: its only copy lies in the pool."""
        place = self.folder / folder
        place.mkdir(exist_ok=True)
        target = place / _name(receipt, name)
        if receipt is None:
            target = _free(target)
        text = json.dumps(note, ensure_ascii=False, indent=1)
        _write_whole(target.with_name(f"{target.name}.json"), text.encode())
        source = self.folder / name
        seen = self._look().get(name)
        if seen != self._seen.get(name):
            return  # replaced by a new file of the same name: that one is the next pull's
        try:
            if keep:
                os.replace(source, target)
            else:
                source.unlink()
        except FileNotFoundError:
            return


def _name(receipt: str | None, name: str) -> str:
    return f"{receipt}_{name}" if receipt else name


def _free(path: Path) -> Path:
    """A name nobody has: a refused file must not replace an earlier one."""
    number, candidate = 2, path
    while candidate.exists() or candidate.with_name(f"{candidate.name}.json").exists():
        candidate = path.with_name(f"{path.stem}({number}){path.suffix}")
        number += 1
    return candidate


def _write_whole(path: Path, content: bytes) -> None:
    """All of the file or nothing, also after a power cut."""
    unfinished = path.with_name(f".{path.name}.tmp")
    with open(unfinished, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


def _refusal(name: str, reason: str) -> dict[str, Any]:
    return {"file": name, "receipt": None, "outcome": "rejected", "detail": reason}


def _pattern(source: FolderSource) -> re.Pattern[str]:
    """The declared name as an expression; a period at its end may be missing."""
    text = re.escape(source.pattern)
    for key in ("category", "unit", "period"):
        text = text.replace(re.escape("{" + key + "}"), f"(?P<{key}>.+?)", 1)
    optional = r"(?P<period>.+?)"
    if text.endswith("__" + optional):
        text = text.removesuffix("__" + optional) + r"(?:__(?P<period>\d{4}(?:-(?:\d{2}|Q\d))?))?"
    return re.compile(text)


def _example(source: FolderSource) -> str:
    return (
        source.pattern.replace("{category}", "群众体育赛事")
        .replace("{unit}", "万州区")
        .replace("{period}", "2026-09")
    )
