"""What a password must be: ours, since the library's own rule contradicts it (docs/decisions/0031)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

from accounts import hashing

LEAST_CHARACTERS = 10
LEAST_CLASSES = 3
REMEMBERED = 5
"""How many former passwords, the present one included, may not come back."""
RULE = f"至少 {LEAST_CHARACTERS} 个字符，含大写字母、小写字母、数字、其他字符中的 {LEAST_CLASSES} 类"

_CLASSES = (r"[A-Z]", r"[a-z]", r"[0-9]", r"[^A-Za-z0-9]")
_UPPER, _LOWER, _DIGITS = "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789"
_GROUPS, _GROUP_LENGTH = 4, 4


def problems(password: str, names: Sequence[str], previous_hashes: Sequence[str] = ()) -> list[str]:
    """Every reason why this cannot be the new password, as sentences; none if it can.

    Args:
        names: what must not stand in it: login name, the person's name, the telephone.
        previous_hashes: of the last passwords, the newest first; compared last, since each costs time.
    """
    typed = hashing.composed(password)
    found = []
    if len(typed) < LEAST_CHARACTERS:
        found.append(f"密码有 {len(typed)} 个字符，至少要 {LEAST_CHARACTERS} 个。请加长。")
    try:
        size = len(typed.encode())
    except UnicodeEncodeError:
        return ["密码里有无法识别的字符。请重新输入。"]
    if size > hashing.MOST_BYTES:
        found.append(
            f"密码过长：最多 {hashing.MOST_BYTES} 个字节，即 {hashing.MOST_BYTES} 个字母数字或 "
            f"{hashing.MOST_BYTES // 3} 个汉字。请缩短。"
        )
    if not typed.isprintable():
        found.append("密码里有换行等看不见的字符。请去掉。")
    classes = sum(bool(re.search(pattern, typed)) for pattern in _CLASSES)
    if classes < LEAST_CLASSES:
        found.append(
            f"大写字母、小写字母、数字、其他字符中只有 {classes} 类，至少要 {LEAST_CLASSES} 类。请补充。"
        )
    lowered = typed.casefold()
    if any(len(n) >= 2 and n.casefold() in lowered for n in names if n):
        found.append("密码里不能有账号、姓名或电话号码。请换一个。")
    if not found and any(hashing.matches(password, h) for h in previous_hashes[:REMEMBERED]):
        found.append(f"最近 {REMEMBERED} 次用过的密码不能再用。请换一个。")
    return found


def one_time_password() -> str:
    """Random, easy to read out over a telephone: four groups without letters that look alike."""
    while True:
        text = "-".join(
            "".join(secrets.choice(_UPPER + _LOWER + _DIGITS) for _ in range(_GROUP_LENGTH))
            for _ in range(_GROUPS)
        )
        if all(re.search(pattern, text) for pattern in _CLASSES):
            return text
