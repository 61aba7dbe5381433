"""What every connector is: an iterator of pieces with places to resume between them."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from catalog.sources import Source
from data_access.commands.delivery import Delivery
from data_access.engine import ROOT


class SourceError(Exception):
    """The source cannot be read now; the message says in Chinese where, what, and what to do.

    It holds no password, no token and no value of a record: it goes to the log and the screen.
    """


@dataclass(frozen=True, slots=True)
class Piece:
    """One file for intake. The same data at the source give the same bytes, so a repeat is recognised."""

    content: bytes
    file_name: str
    category: str
    unit: str
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All pieces before it are taken: the next pull starts at `cursor`."""

    cursor: str


class Connector(Protocol):
    """One source, for one pull."""

    def pieces(self, cursor: str | None, stop: threading.Event) -> Iterator[Piece | Checkpoint]:
        """What is new since `cursor`. Set `stop` ends it early, between two pieces or while it waits.

        Raises:
            SourceError: the source cannot be reached or is not what was declared.
        """
        ...

    def taken(self, piece: Piece, delivery: Delivery) -> None:
        """The piece was delivered (taken, refused or quarantined) and its batch is stored."""
        ...

    def refused(self, piece: Piece, reason: str) -> None:
        """The piece cannot be a delivery at all (unknown unit, wrong name …); there is no receipt."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


@dataclass(slots=True)
class Pull:
    """What one pull brought."""

    source: str
    receipts: list[str] = field(default_factory=list)
    repeated: int = 0  # pieces that an earlier, interrupted pull had delivered already
    refused: int = 0
    quarantined: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicate: int = 0

    def summary(self) -> str:
        """One line for the list of job runs."""
        return (
            f"{len(self.receipts)} 批，入库 {self.accepted} 行，退回 {self.rejected} 行，重复 {self.duplicate} 行"
            + (f"，拒收 {self.refused} 份" if self.refused else "")
            + (f"，隔离 {self.quarantined} 份" if self.quarantined else "")
        )


def address(source: Source, environment: Mapping[str, str] = os.environ) -> str:
    """Where the source is, from its environment variable or its declaration.

    Raises:
        SourceError: neither says it.
    """
    found = environment.get(source.address_env or "", "") or source.address
    if not found:
        raise SourceError(
            f"来源 {source.code}（{source.name_zh}）没有地址。"
            f"请在运行 worker 的环境中设置变量 {source.address_env}，然后重启 worker。"
        )
    return found


def folder_of(source: Source, environment: Mapping[str, str] = os.environ) -> Path:
    """The source's folder; a relative one is counted from the program's own folder."""
    path = Path(address(source, environment))
    return path if path.is_absolute() else ROOT / path
