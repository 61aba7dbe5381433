"""Kinds of values the snapshot may hold: counts that are never small, names that are never a number.

Texts are checked here when a snapshot is made and again when it is read.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, GetPydanticSchema

from kiosk.few import LEAST

STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
NAME_LENGTH = 60
_LONG_DIGITS = re.compile(r"\d(?:[\W_]{0,3}\d){6,}")
"""Seven digits and more, whatever signs stand between them."""
_DATES = re.compile(
    r"(?<!\d)(?:19|20)\d\d[-./·年](?:0?[1-9]|1[0-2])[-./·月](?:[12]\d|3[01]|0?[1-9])(?!\d)"
    r"|(?<!\d)(?<!\d[\W_])(?:19|20)\d\d(?:[-./·年](?:0?[1-9]|1[0-2])|\s?[-–—~至/]\s?(?:19|20)\d\d)?(?!\d)(?![\W_]\d\d)"
)
"""2026, 2026-11, 2026年11月29日, 2025–2026: digits that are no number of anybody, unless others stand beside them."""
_TIMES = re.compile(r"(?<!\d)(?:[01]?\d|2[0-4])[:：][0-5]\d(?!\d)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f<>&]")


def holds_number(text: str) -> bool:
    """Whether a telephone, identity or account number may stand in it: seven digits, dates and times left aside."""
    return _LONG_DIGITS.search(_DATES.sub("年", _TIMES.sub("时", text))) is not None


@lru_cache(maxsize=4096)
def plain_name(text: str) -> str:
    """A name for the wall: short, one line, no markup, and no run of digits long enough for a telephone.

    Raises:
        ValueError: it is not one; the message does not repeat it.
    """
    if not 0 < len(text) <= NAME_LENGTH or text != text.strip():
        raise ValueError(f"a name has 1 to {NAME_LENGTH} characters and no space around it")
    if _CONTROL.search(text) or holds_number(text):
        raise ValueError("a name has no markup and no run of seven digits")
    return text


_NOT_FEW = Annotated[int, Field(ge=0, le=0, strict=True)] | Annotated[int, Field(ge=LEAST, strict=True)]
"""Checked within pydantic's core: a snapshot has a thousand counts, and a call of ours costs more than they do."""
Count = Annotated[int, GetPydanticSchema(lambda _source, handler: handler.generate_schema(_NOT_FEW))]
"""People or records: 0 or at least 10."""
Number = Annotated[int, Field(ge=0)]
"""Things that point at nobody: units, platforms, categories, years, hours."""
Amount = Annotated[float, Field(ge=0)]
Ratio = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, AfterValidator(plain_name)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,50}$")]
Adcode = Annotated[str, Field(pattern=r"^50\d{4}$")]
Longitude = Annotated[float, Field(ge=105, le=111)]
Latitude = Annotated[float, Field(ge=28, le=33)]
