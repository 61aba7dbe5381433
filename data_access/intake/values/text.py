"""What is dropped or put right in any text before it is read: white space, invisible marks, full-width signs."""

from __future__ import annotations

import re

# Zero-width spaces, joiners, direction marks, word joiner, byte order mark: they travel along with pasted text.
_INVISIBLE = "\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
INVISIBLE = re.compile(f"[{_INVISIBLE}]")
_PLANE = "".join(map(chr, range(0x10000)))
BLANKS = "".join((*filter(str.isspace, _PLANE), *INVISIBLE.findall(_PLANE)))
"""Every character that shows nothing; `text.strip(BLANKS)` is empty where `trimmed(text)` is."""
_SPACES = re.compile(r"\s+")

MISSING = frozenset({"", "—", "——", "-", "/", "无", "暂无", "N/A"})
FORMULA_LEADS = ("=", "+", "-", "@")

_FULLWIDTH_SIGNS = "０１２３４５６７８９．＋－／：" + "".join(
    chr(c) for c in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
)
_TO_HALFWIDTH = {ord(c): ord(c) - 0xFEE0 for c in _FULLWIDTH_SIGNS}


def trimmed(text: str) -> str:
    """Without invisible marks, and without white space at both ends; inside it stays."""
    return INVISIBLE.sub("", text).strip()


def compact(text: str) -> str:
    """Without invisible marks and without any white space, as districts, enumerations and dates are read."""
    return _SPACES.sub("", INVISIBLE.sub("", text))


def halfwidth(text: str) -> str:
    """Full-width digits, letters, points and signs as their half-width ones; brackets and commas stay."""
    return text if text.isascii() else text.translate(_TO_HALFWIDTH)


def clean_text_pattern(max_length: int | None) -> re.Pattern[str]:
    """Matches text that needs no second look: trimmed, no invisible mark, no formula, not too long.

    Missing marks (—, 无 …) match it too: look them up first.
    """
    inner = (
        f"[^{_INVISIBLE}]{{0,{max_length - 2}}}" if max_length and max_length >= 2 else f"[^{_INVISIBLE}]*"
    )
    if max_length == 1:
        return re.compile(rf"(?![=+\-@])[^\s{_INVISIBLE}]")
    return re.compile(rf"(?![=+\-@])[^\s{_INVISIBLE}](?:{inner}[^\s{_INVISIBLE}])?")


_BRACKETS = {ord("（"): "(", ord("）"): ")"}


def spelling(text: str) -> str:
    """The form in which names of lists are compared: no white space, brackets of one kind."""
    return compact(text).translate(_BRACKETS)
