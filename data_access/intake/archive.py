"""Unpacks the archive a workbook is, and never more of it than the limit.

The directory of an archive is a promise of its maker. It is asked first (then nothing
is unpacked at all), and counted against while reading: an archive that holds more
than it says is stopped at the limit.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from data_access.intake.refusals import corrupt, encrypted, too_large

_BLOCK = 1 << 18  # compressed bytes given to the decompressor at a time
_PIECE = 1 << 22  # unpacked bytes taken from it at a time
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_ENCRYPTED_FLAG = 0x1
_KEPT = (".xml", ".rels")
_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


@dataclass
class Archive:
    """Names of all parts (lower case, slashes), and the bytes of those that are XML."""

    names: set[str] = field(default_factory=set)
    parts: dict[str, bytearray] = field(default_factory=dict)


def is_archive(content: bytes) -> bool:
    return content.startswith(_SIGNATURES)


def unpack(content: bytes, limit: int) -> Archive:
    """All parts of the archive, checked against its directory.

    Args:
        content: the file.
        limit: unpacked bytes of all parts together that are still accepted.

    Raises:
        Refused: F_ENCRYPTED, F_CORRUPT, F_EXPANSION; more than `limit` wins over
            a directory that is wrong in another way.
    """
    entries = _directory(content)
    if any(e.flag_bits & _ENCRYPTED_FLAG for e in entries):
        raise encrypted()
    if sum(e.file_size for e in entries) > limit:
        raise too_large(limit)
    archive, left, is_sound = Archive(), limit, True
    for entry in entries:
        name = entry.filename.replace("\\", "/").lower().lstrip("/")
        is_sound &= name not in archive.names  # of two parts with one name nobody knows which counts
        archive.names.add(name)
        part = bytearray() if name.endswith(_KEPT) else None
        size = crc = 0
        try:
            for piece in _inflated(content, entry, left):
                size += len(piece)
                if size > left:
                    raise too_large(limit)
                crc = zlib.crc32(piece, crc)
                if part is not None:
                    part += piece
        except (zlib.error, struct.error, EOFError):
            is_sound = False
        is_sound &= size == entry.file_size and crc == entry.CRC
        left -= size
        if part is not None:
            archive.parts[name] = part
    if not is_sound:
        raise corrupt()
    return archive


def _directory(content: bytes) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.infolist()
    except (
        zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OverflowError, EOFError, OSError,
        IndexError, KeyError, TypeError,
    ):  # fmt: skip  # whatever the standard reader trips over in a damaged directory
        raise corrupt() from None


def _inflated(content: bytes, entry: zipfile.ZipInfo, left: int) -> Iterator[bytes]:
    """The unpacked bytes of one part, in pieces; it stops one byte past `left`.

    Raises:
        zlib.error, EOFError: the part is not what the directory says.
    """
    header = _LOCAL_HEADER.unpack_from(content, entry.header_offset)
    if header[0] != b"PK\x03\x04" or header[3] != entry.compress_type:
        raise EOFError
    start = entry.header_offset + _LOCAL_HEADER.size + header[9] + header[10]
    end = start + entry.compress_size
    if end > len(content):
        raise EOFError
    if entry.compress_type == zipfile.ZIP_STORED:
        for at in range(start, end, _BLOCK):
            yield content[at : min(at + _BLOCK, end)]
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise EOFError
    inflate, given = zlib.decompressobj(-zlib.MAX_WBITS), 0
    # A stream that goes on behind its declared end is followed: what it holds is what counts.
    cuts = (*range(start, end, _BLOCK), *range(end, len(content), _BLOCK), len(content))
    for at, after in pairwise(cuts):
        block, room = content[at:after], 0
        while not inflate.eof:
            room = min(left - given + 1, _PIECE)
            piece = inflate.decompress(block, room)
            given += len(piece)
            yield piece
            block = inflate.unconsumed_tail
            if not block and len(piece) < room:
                break
        if inflate.eof:
            return
    raise EOFError
