"""Facilities of one district as packed columns: a few bytes a facility, read and filtered as a whole.

A table of sums by district × kind × owner × opening would have almost as many rows
as there are facilities, and one by hexagon more (docs/decisions/0101). Columns keep
every facility, so each figure of a map is counted from the same thing.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np

CM2, MICRO = Decimal(10_000), Decimal(1_000_000)
NO_AREA, NO_PLACE = -1, -(2**31)
LEVEL = 3
"""Of compression: a sixth more bytes than level 6 for less than half its time, in the writer's lock."""
CODES = ("kind", "owner", "opening", "fee", "unit")
"""Columns of words: each facility has the place of its word in the pack's own list."""
_NUMBERS = (("area_cm2", np.dtype("<i8")), ("longitude", np.dtype("<i4")), ("latitude", np.dtype("<i4")))


class Facility(NamedTuple):
    """One facility as recorded, in the order facilities are packed in: the largest first, then by name.

    Whole numbers, so that thousands are sorted and turned into columns at once; empty
    text where a category has no such field.
    """

    minus_area_cm2: int  # 1 where none is recorded
    name: str
    kind: str
    owner: str
    opening: str
    fee: str
    unit: str  # who delivered the record
    longitude: int  # millionths of a degree, NO_PLACE where there are none
    latitude: int


def facilities(
    words: Sequence[Sequence[str | None] | None],
    area: Sequence[Decimal | str | None],
    longitude: Sequence[Decimal | str | None],
    latitude: Sequence[Decimal | str | None],
) -> list[Facility]:
    """Facilities from whole columns of one length, in their order.

    Args:
        words: the names, then the columns of `CODES`; None for a column the category has not.
        area: m².
        longitude, latitude: degrees; without one of them there is no place. Numbers may be text.
    """
    said = [repeat("") if column is None else [word or "" for word in column] for column in words]
    said[0] = [name.replace("\n", " ") for name in said[0]]
    minus_area = [-whole for whole in _wholes(area, CM2, NO_AREA)]
    x, y = _wholes(longitude, MICRO, NO_PLACE), _wholes(latitude, MICRO, NO_PLACE)
    for i, (east, north) in enumerate(zip(longitude, latitude, strict=True)):
        if (east is None) != (north is None):
            x[i] = y[i] = NO_PLACE
    return list(map(Facility._make, zip(minus_area, *said, x, y, strict=False)))


def _wholes(values: Sequence[Decimal | str | None], times: Decimal, none: int) -> list[int]:
    """Whole numbers of `1 / times`; each different value is rounded once."""
    whole = {
        v: int((Decimal(v) * times).to_integral_value(ROUND_HALF_UP)) for v in set(values) if v is not None
    }
    return [none if v is None else whole[v] for v in values]


@dataclass(frozen=True)
class Columns:
    """Facilities of a district, the largest first.

    `words[c]` are the words of column `c` of `CODES`, `places[c]` the place of each facility's
    word. `area_cm2` is -1 where none is recorded; degrees are whole millionths, `NO_PLACE`
    where there are none. Exact to a square centimetre and to a millionth of a degree.
    """

    words: dict[str, tuple[str, ...]]
    places: dict[str, np.ndarray]
    area_cm2: np.ndarray
    longitude: np.ndarray
    latitude: np.ndarray

    def __len__(self) -> int:
        return len(self.area_cm2)

    @property
    def is_located(self) -> np.ndarray:
        return self.longitude != NO_PLACE

    def among(self, column: str, wanted: Iterable[str]) -> np.ndarray:
        """Which facilities have one of these words in `column`."""
        found = [place for place, word in enumerate(self.words[column]) if word in set(wanted)]
        return np.isin(self.places[column], np.array(found, dtype="<u2"))


@dataclass(frozen=True)
class Packed:
    """What one row of `roll_facility` holds besides its key."""

    facilities: int
    located: int
    area_cm2: int
    content: bytes
    names: bytes
    initials: bytes


def pack(facilities: Iterable[Facility]) -> Packed:
    """The columns of these facilities; the same for the same facilities in any order."""
    rows = sorted(facilities)
    minus_area, names, *coded, longitude, latitude = zip(*rows, strict=True) if rows else ((),) * 9
    area, x, y = -np.array(minus_area, dtype="<i8"), np.array(longitude, "<i4"), np.array(latitude, "<i4")
    words: dict[str, list[str]] = {}
    parts = []
    for column, values in zip(CODES, coded, strict=True):
        words[column] = sorted(set(values))
        place = {word: i for i, word in enumerate(words[column])}
        parts.append(np.array([place[v] for v in values], dtype="<u2").tobytes())
    head = json.dumps({"n": len(rows), "words": words}, ensure_ascii=False).encode()
    parts += [area.tobytes(), x.tobytes(), y.tobytes()]
    lines = "\n".join(names)
    return Packed(
        facilities=len(rows),
        located=int((x != NO_PLACE).sum()),
        area_cm2=int(area[area > 0].sum()),
        content=zlib.compress(head + b"\n" + b"".join(parts), LEVEL),
        names=zlib.compress(lines.encode(), LEVEL),
        initials=zlib.compress(initials(lines).encode(), LEVEL),
    )


def unpack(content: bytes) -> Columns:
    """The columns `pack` wrote."""
    head, _, body = zlib.decompress(content).partition(b"\n")
    told = json.loads(head)
    n, at = int(told["n"]), 0
    places = {}
    for column in CODES:
        places[column] = np.frombuffer(body, "<u2", n, at)
        at += n * 2
    numbers = {}
    for name, kind in _NUMBERS:
        numbers[name] = np.frombuffer(body, kind, n, at)
        at += n * kind.itemsize
    return Columns({c: tuple(w) for c, w in told["words"].items()}, places, **numbers)


def unpack_facilities(content: bytes, names: bytes) -> list[Facility]:
    """What `pack` was given, in the order of `Facility`."""
    packed = unpack(content)
    if not len(packed):
        return []
    words = [map(packed.words[c].__getitem__, packed.places[c].tolist()) for c in CODES]
    numbers = (-packed.area_cm2).tolist(), packed.longitude.tolist(), packed.latitude.tolist()
    minus_area, longitude, latitude = numbers
    lines = unpack_names(names).split("\n")
    return list(map(Facility._make, zip(minus_area, lines, *words, longitude, latitude, strict=True)))


def unpack_names(packed: bytes) -> str:
    """Names, or their initials, one a line, in the order of the columns."""
    return zlib.decompress(packed).decode()


def lines_with(text: str, wanted: str, most: int) -> list[int]:
    """Places of the first `most` lines that hold `wanted`; the whole text is one string, which makes it fast."""
    found: list[int] = []
    if not wanted or "\n" in wanted:
        return found
    at = line = counted = 0
    while len(found) < most and (at := text.find(wanted, at)) >= 0:
        line += text.count("\n", counted, at)
        found.append(line)
        end = text.find("\n", at)
        if end < 0:
            break
        counted, at = end, end
    return found


PHRASES = {
    "重庆": "cq",
    "长寿": "cs",
    "体育馆": "tyg",
    "重阳": "cy",
    "长江": "cj",
    "音乐": "yy",
    "银行": "yh",
}
"""Words in which a character is read otherwise than alone."""


@cache
def _letters() -> np.ndarray:
    """Code point → code point of the initial of its commonest reading; 0 where it was not met yet."""
    return np.zeros(sys.maxunicode + 1, "<u4")


def _letter(point: int) -> int:
    """That of one character; others as they are, lower case."""
    from pypinyin import Style, lazy_pinyin  # its dictionary takes half a second: only for who packs

    character = chr(point)
    letter = lazy_pinyin(character, style=Style.FIRST_LETTER, errors="default")[0][:1] or character
    return ord(letter.lower()[0])


def initials(text: str) -> str:
    """``渝北区体育馆`` → ``ybqtyg``; one letter a character, so that places stay the same."""
    for phrase, letters in PHRASES.items():
        text = text.replace(phrase, letters)
    points, known = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4"), _letters()
    for point in np.unique(points[known[points] == 0]):
        known[point] = _letter(int(point))
    return known[points].tobytes().decode("utf-32-le", "surrogatepass")


def chosen(columns: Columns, mask: np.ndarray) -> Columns:
    """The facilities of `mask` only."""
    return Columns(
        columns.words,
        {name: values[mask] for name, values in columns.places.items()},
        columns.area_cm2[mask],
        columns.longitude[mask],
        columns.latitude[mask],
    )


def joined(parts: Sequence[Columns]) -> Columns:
    """Several districts as one, each column's words united."""
    words: dict[str, tuple[str, ...]] = {}
    places: dict[str, Any] = {}
    for column in CODES:
        united = sorted({word for part in parts for word in part.words[column]})
        place = {word: i for i, word in enumerate(united)}
        words[column] = tuple(united)
        moved = [
            np.array([place[w] for w in part.words[column]], dtype="<u2")[part.places[column]]
            for part in parts
            if len(part)
        ]
        places[column] = np.concatenate(moved) if moved else np.zeros(0, dtype="<u2")

    def column_of(name: str, kind: str) -> np.ndarray:
        return np.concatenate([getattr(p, name) for p in parts]) if parts else np.zeros(0, dtype=kind)

    return Columns(
        words,
        places,
        column_of("area_cm2", "<i8"),
        column_of("longitude", "<i4"),
        column_of("latitude", "<i4"),
    )
