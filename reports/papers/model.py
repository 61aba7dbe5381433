"""What a paper says, without how it looks: docx and PDF are made from the same content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "center", "right"]
WHOLE_ROWS = 22
"""A table of at most this many rows stands on one page; a longer one breaks between rows, its header repeated."""


@dataclass(frozen=True, slots=True)
class Heading:
    """``level`` 1: 「一、…」 in 黑体; 2: 「（一）…」 in bold. The number is part of the text."""

    text: str
    level: Literal[1, 2] = 1


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph of the body, indented by two characters; `lead` begins it in bold."""

    text: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A small line under a table: definitions, sources."""

    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """`width` relative to the other columns."""

    name: str
    width: float = 1
    align: Align = "center"


@dataclass(frozen=True, slots=True)
class Table:
    """Cells are written already (`ui.formats`); a paper computes nothing."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""

    @property
    def is_whole(self) -> bool:
        return len(self.rows) <= WHOLE_ROWS


Block = Heading | Text | Remark | Table


@dataclass(frozen=True, slots=True)
class Imprint:
    """What stands at the foot of the last page (版记): how the figures can be checked, who printed it when.

    `lines` are short facts; `address` is what the QR code opens, behind login.
    """

    lines: tuple[str, ...]
    address: str = ""
    copies_to: str = ""
    printed_by: str = ""
    printed_on: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """One official paper.

    Args:
        head: the red head (发文机关标志), e.g. 重庆体育大数据中心文件.
        number: 发文字号, e.g. 调度〔2026〕10号.
        mark: what stands at the top left, e.g. 送审稿; empty for a signed paper.
        title: without book-title marks.
        to: 主送机关 without the colon; empty, none.
        signature: who signs (发文机关署名), and `date` when; both empty before it is signed.
        subject: for the file's properties.
    """

    head: str
    number: str
    title: str
    to: str
    blocks: tuple[Block, ...]
    signature: str
    date: str
    imprint: Imprint
    mark: str = ""
    subject: str = ""
