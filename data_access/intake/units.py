"""Units of measure as departments write them: names, exact conversion, and units written inside a cell.

A unit is *known* when the contract lists it (元 … 亿元, 平方米 …, 米 …) or when it is
the stored unit of some field (枚, 岁, 课时 …). Any other word in a header's
bracket is a remark and none of our business.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import catalog

# One line a dimension: canonical name -> (size in the dimension's smallest unit, other names).
_DIMENSIONS: tuple[dict[str, tuple[str, tuple[str, ...]]], ...] = (
    {"元": ("1", ()), "千元": ("1000", ()), "万元": ("10000", ()), "百万元": ("1000000", ()), "亿元": ("100000000", ())},
    {
        "平方米": ("1", ("㎡", "m²", "m2")),
        "万平方米": ("10000", ("万㎡", "万m²", "万m2")),
        "公顷": ("10000", ()),
    },
    {"厘米": ("1", ("cm",)), "米": ("100", ()), "公里": ("100000", ("千米", "km"))},
    {"千克": ("1", ("公斤", "kg"))},
    {"人": ("1", ()), "万人": ("10000", ())},
    {"人次": ("1", ()), "万人次": ("10000", ())},
    {"%": ("1", ("％",))},
)  # fmt: skip


@cache
def _known() -> dict[str, tuple[str, int, Decimal]]:
    """Every spelling of a known unit: canonical name, dimension, size."""
    spellings: dict[str, tuple[str, int, Decimal]] = {}
    for dimension, names in enumerate(_DIMENSIONS):
        for canonical, (size, others) in names.items():
            for name in (canonical, *others):
                spellings[name.lower()] = (canonical, dimension, Decimal(size))
    stored = {f.unit for c in catalog.default().categories for f in c.fields if f.unit}
    for number, unit in enumerate(sorted(stored - spellings.keys()), start=len(_DIMENSIONS)):
        spellings[unit] = (unit, number, Decimal(1))
    return spellings


def canonical_unit(text: str) -> str | None:
    """The one name of a known unit (``㎡`` → ``平方米``, ``KM`` → ``公里``); None for any other word."""
    entry = _known().get(text.strip().lower())
    return entry[0] if entry else None


def conversion_factor(written: str, stored: str | None) -> Decimal | None:
    """What a figure in `written` is multiplied by to be one in `stored`: 万元 → 元 gives 10000.

    Returns:
        None when the one cannot become the other (公里 → 元, or a field without a unit).
        A unit the catalogue in use does not know equals only itself.
    """
    if stored is None:
        return None
    known = _known()
    source, target = known.get(written.strip().lower()), known.get(stored.lower())
    if source is None or target is None:
        return Decimal(1) if written == stored else None
    return source[2] / target[2] if source[1] == target[1] else None


def split_suffix(text: str, stored: str | None = None) -> tuple[str, str] | None:
    """Takes ``1.2万人`` apart into ``("1.2", "万人")``; None where no known unit ends the text.

    The longest unit wins, so 5万人次 is read in 万人次, not in 次. `stored` is the
    field's own unit, known or not (a new category may bring a new one).
    """
    lowered = text.lower()
    if stored is not None and stored.lower() not in _known() and lowered.endswith(stored.lower()):
        return text[: -len(stored)].rstrip(), stored
    for spelling in _longest_first():
        if lowered.endswith(spelling) and len(text) > len(spelling):
            return text[: -len(spelling)].rstrip(), _known()[spelling][0]
    return None


@cache
def _longest_first() -> tuple[str, ...]:
    return tuple(sorted(_known(), key=len, reverse=True))
