"""A file's name as people read it: the operating system keeps bytes, and not everybody writes UTF-8."""

from __future__ import annotations

import os

_ENCODINGS = ("utf-8", "gb18030")


def readable(name: str) -> str:
    """``群众体育.xlsx`` of a name Windows wrote in GB18030, which Python gives as lone surrogates.

    No database stores those, and nothing prints them. Bytes that are neither UTF-8 nor
    GB18030 become ``\N{REPLACEMENT CHARACTER}``.
    """
    raw = os.fsencode(name)
    for encoding in _ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")
