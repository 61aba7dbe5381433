"""One spelling of a document, so that two machines get one hash: canonical JSON and its SHA-256.

UTF-8, keys sorted, no spaces, decimals as text. What is hashed is the document as it
was given, keys this program does not read included.
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

Json = Any
"""What a JSON text can hold; a number with decimals is text, or a Decimal on its way to become text."""


class NotJson(ValueError):
    """The text is no JSON document; the message is for the person who gave it."""


def parse(content: bytes | str) -> Json:
    """The document in a JSON text. Decimals stay digit by digit, a key given twice is refused.

    Raises:
        NotJson: with what is wrong and where.
    """
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once_each)
    except UnicodeDecodeError:
        raise NotJson("文件不是 UTF-8 编码。请另存为 UTF-8 编码的 JSON 文件。") from None
    except json.JSONDecodeError as error:
        raise NotJson(
            f"文件不是 JSON：第 {error.lineno} 行第 {error.colno} 列读不下去。请核对文件是否完整。"
        ) from None
    except RecursionError:
        raise NotJson("文件嵌套层数过多，不是考核输入文件。") from None
    except NotJson:
        raise
    except ValueError:
        raise NotJson("文件中有位数过多的整数。请核对数字。") from None


def _once_each(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for key, value in pairs:
        if key in found:
            raise NotJson(f"「{key}」在同一处写了两次，不知道以哪个为准。请删去一个。")
        found[key] = value
    return found


def _no_number(text: str) -> Json:
    raise NotJson(f"「{text}」不是数字。没有数值时请写 null。")


def canonical(document: Json) -> str:
    """The document's one spelling; encode as UTF-8 to write or hash it."""
    return json.dumps(
        document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_text
    )


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"A {type(value).__name__} has no place in a canonical document.")


def sha256(document: Json) -> str:
    """SHA-256 of the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(document).encode("utf-8")).hexdigest()
