"""What an archive may hold: the directory's word first, then counted while reading."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest

from data_access.intake.files import FileLimits
from tests.helpers.opened import HEADER, ROW, book, opened, repacked

GOOD = book([HEADER, ROW])
LIMIT = FileLimits(expanded_bytes=1_000_000)


def codes(content: bytes, limits: FileLimits = LIMIT) -> list[str]:
    return opened(content, limits=limits).file_codes


def with_part(size: int, declared: int | None = None, **changes: int) -> bytes:
    """A good workbook with one more part of `size` bytes; its directory entry says `declared`."""
    content = bytearray(repacked(GOOD, add={"xl/media/image.bin": b"\0" * size}))
    entry = content.rindex(b"PK\x01\x02")
    if declared is not None:
        struct.pack_into("<I", content, entry + 24, declared)
    for offset, value in changes.items():
        struct.pack_into("<I", content, entry + int(offset[1:]), value)
    return bytes(content)


def test_the_limit_is_one_hundred_million_bytes_by_default():
    assert FileLimits().expanded_bytes == 100_000_000


def test_the_size_counts_over_all_parts():
    unpacked = sum(i.file_size for i in zipfile.ZipFile(io.BytesIO(GOOD)).infolist())

    assert codes(GOOD, FileLimits(unpacked)) == []
    assert codes(GOOD, FileLimits(unpacked - 1)) == ["F_EXPANSION"]


def test_a_declared_size_over_the_limit_refuses_without_unpacking():
    """Nothing is unpacked then, so damage behind the directory is not even seen."""
    content = bytearray(with_part(10, declared=1_000_001))
    content[40:60] = b"\xff" * 20

    assert codes(bytes(content)) == ["F_EXPANSION"]


def test_an_archive_that_lies_is_stopped_at_the_limit():
    assert codes(with_part(2_000_000, declared=100)) == ["F_EXPANSION"]


def test_a_lie_about_the_packed_size_too_is_stopped_at_the_limit():
    """The stream is followed behind its declared end: what it holds is what counts."""
    assert codes(with_part(2_000_000, declared=100, _20=50)) == ["F_EXPANSION"]


def test_a_lie_below_the_limit_is_damage():
    assert codes(with_part(5_000, declared=100)) == ["F_CORRUPT"]
    assert codes(with_part(100, declared=5_000)) == ["F_CORRUPT"]


def test_the_limit_goes_before_damage():
    """A broken first part does not hide that the last one is a bomb."""
    content = bytearray(with_part(2_000_000, declared=100))
    first = content.index(b"PK\x01\x02")
    content[first + 16] ^= 0xFF  # its check sum

    assert codes(bytes(content)) == ["F_EXPANSION"]
    good = bytearray(GOOD)
    good[good.index(b"PK\x01\x02") + 16] ^= 0xFF
    assert codes(bytes(good)) == ["F_CORRUPT"]


def test_reading_a_bomb_takes_no_more_memory_than_the_limit():
    """200 megabytes of zeros in 200 kilobytes, declared as nothing."""
    import tracemalloc

    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(200)) + packer.flush()
    name = b"xl/styles.xml"
    local = (
        struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(packed), 9, len(name), 0)
        + name
        + packed
    )
    entry = (
        struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(packed), 9, len(name), *[0] * 6)
        + name
    )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(entry), len(local), 0)
    content = local + entry + end

    tracemalloc.start()
    found = codes(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert found == ["F_EXPANSION"]
    assert peak < 10_000_000


def test_two_parts_with_one_name_are_damage():
    """Two readers would read two different workbooks."""
    target = io.BytesIO(GOOD)
    with zipfile.ZipFile(target, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet/>")

    assert codes(target.getvalue()) == ["F_CORRUPT"]


def test_stored_parts_are_read_and_counted():
    source, target = zipfile.ZipFile(io.BytesIO(GOOD)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in source.namelist():
            archive.writestr(name, source.read(name))

    assert codes(target.getvalue()) == []
    assert codes(target.getvalue(), FileLimits(1000)) == ["F_EXPANSION"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packing_no_spreadsheet_program_knows_is_damage(method):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")

    assert codes(target.getvalue()) == ["F_CORRUPT"]
