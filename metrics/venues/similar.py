"""Whether two names are those of one place: numbers must agree, the rest may differ a little.

A facility's number tells it from its neighbour (1号场, 2号场), so names that differ in
a number are two places; brackets, blanks and the words of the kind tell nothing.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

ALIKE = 0.8
"""Share of common letters from which on two names count as one."""
_NUMBERS = re.compile(r"\d+")
_REMARK = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_NO_LETTERS = re.compile(r"[\W_]+")


@lru_cache(maxsize=1 << 18)
def core(name: str, kind: str) -> tuple[str, tuple[str, ...]]:
    """What of a name says which place it is, and its numbers: 松园社区健身广场（新）00012 → 松园社区, 00012."""
    plain = _REMARK.sub("", unicodedata.normalize("NFKC", name))
    numbers = tuple(number.lstrip("0") for number in _NUMBERS.findall(plain))
    text = _NO_LETTERS.sub("", _NUMBERS.sub("", plain)).replace(kind, "")
    return text, numbers


def are_similar(one: str, other: str, kind: str) -> bool:
    """Two names of places of the same kind, near each other."""
    (text, numbers), (other_text, other_numbers) = core(one, kind), core(other, kind)
    if numbers != other_numbers:
        return False
    if text == other_text:
        return True
    shorter, longer = sorted((text, other_text), key=len)
    if len(shorter) >= 3 and shorter in longer:
        return True
    return bool(shorter) and SequenceMatcher(None, text, other_text, autojunk=False).ratio() >= ALIKE
