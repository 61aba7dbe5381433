"""Figures, dates and names as people at the centre read them.

Ratios are 0–1 until they come here; a missing value is “—”, never 0. Nothing
here imports streamlit: reports and jobs use the same words.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

MISSING = "—"
BEIJING = ZoneInfo("Asia/Shanghai")
_MINUS = "−"


_PANDAS_MISSING = frozenset({"NAType", "NaTType"})
"""By name: the wall writes its figures with this module and does not load pandas."""


def is_missing(value: Any) -> bool:
    """None, NaN, NaT, NA and ±infinity: there is no figure."""
    if value is None or type(value).__name__ in _PANDAS_MISSING:
        return True
    if isinstance(value, float):
        return not math.isfinite(value)
    if isinstance(value, Decimal):
        return not value.is_finite()
    return False


def missing(value: Any, write: Callable[[Any], str] = str) -> str:
    """“—” for a missing value, otherwise what `write` makes of it."""
    return MISSING if is_missing(value) else write(value)


def _rounded(value: Any, digits: int) -> Decimal:
    """Half away from zero, as people round; `Decimal(str())` keeps 0.125 from becoming 0.12."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def _write(value: Decimal | int, *, signed: bool = False) -> str:
    text = f"{abs(value):,}" if isinstance(value, int) else f"{abs(value):,f}"
    if value < 0:
        return _MINUS + text
    return "+" + text if signed and value > 0 else text


def number(value: Any, digits: int = 0, *, signed: bool = False) -> str:
    """1234567 → ``1,234,567``; with `signed`, ``+12`` / ``−12``."""
    if type(value) is int and digits == 0:  # the wall writes some hundreds of them at each refresh
        return _write(value, signed=signed)
    return missing(value, lambda v: _write(_rounded(v, digits), signed=signed))


def percent(ratio: Any, digits: int = 1, *, signed: bool = False) -> str:
    """0.873 → ``87.3%``."""
    return missing(ratio, lambda v: _write(_rounded(Decimal(str(v)) * 100, digits), signed=signed) + "%")


def points(ratio: Any, digits: int = 1, *, signed: bool = True) -> str:
    """A difference of two ratios: 0.004 → ``+0.4 个百分点``."""
    return missing(
        ratio, lambda v: _write(_rounded(Decimal(str(v)) * 100, digits), signed=signed) + " 个百分点"
    )


def _scaled(exact: Decimal, digits: int) -> tuple[Decimal, str]:
    """A figure in 万 or 亿, rounded; 99,999,999 is 1.0 亿 and not 10,000.0 万."""
    if abs(exact) < 10_000:
        return _rounded(exact, digits), ""
    scaled = _rounded(exact.scaleb(-4), digits)
    return (scaled, "万") if abs(scaled) < 10_000 else (_rounded(exact.scaleb(-8), digits), "亿")


def wan(value: Any, digits: int = 1) -> str:
    """Large figures in 万 and 亿: 12345 → ``1.2 万``; below ten thousand as it is."""

    def write(v: Any) -> str:
        exact = Decimal(str(v))
        scaled, unit = _scaled(exact, digits)
        if not unit:
            return _write(_rounded(exact, 0 if exact == exact.to_integral_value() else digits))
        return f"{_write(scaled)} {unit}"

    return missing(value, write)


def money(yuan: Any, digits: int = 2) -> str:
    """元 in 元, 万元 or 亿元: 1234567.8 → ``123.46 万元``."""

    def write(v: Any) -> str:
        scaled, unit = _scaled(Decimal(str(v)), digits)
        return f"{_write(scaled)} {unit}元"

    return missing(yuan, write)


def score(value: Any, digits: int = 2) -> str:
    """A score of 0–100: 85.22 → ``85.22 分``."""
    return missing(value, lambda v: _write(_rounded(v, digits)) + " 分")


def beijing(moment: dt.datetime) -> dt.datetime:
    """The same moment on the clocks of Beijing; a moment without a zone is refused, not guessed."""
    if moment.tzinfo is None:
        raise ValueError(f"A moment without a zone cannot be shown: {moment!r}. Times are stored in UTC.")
    return moment.astimezone(BEIJING)


def _day(value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        return beijing(value).date() if value.tzinfo else value.date()
    return value


def date_zh(value: Any) -> str:
    """``2022年11月22日``. Of a moment, the day in Beijing."""
    return missing(value, lambda v: f"{_day(v).year}年{_day(v).month}月{_day(v).day}日")


def day_month_zh(value: Any) -> str:
    """``7月4日``, where the year is clear."""
    return missing(value, lambda v: f"{_day(v).month}月{_day(v).day}日")


def month_zh(value: Any, *, year: bool = True) -> str:
    """``2022年11月`` or ``11月``."""
    return missing(value, lambda v: (f"{_day(v).year}年" if year else "") + f"{_day(v).month}月")


def datetime_zh(value: Any) -> str:
    """``2022年11月22日 14:32``, Beijing time."""
    return missing(value, lambda v: f"{date_zh(beijing(v))} {beijing(v):%H:%M}")


def clock(value: Any) -> str:
    """``2026-11-22 14:32``, Beijing time: the short form of an as-of line."""
    return missing(value, lambda v: f"{beijing(v):%Y-%m-%d %H:%M}")


def duration_zh(seconds: Any) -> str:
    """How long: ``0.4 秒``, ``3 分 20 秒``, ``6 小时 5 分``, ``2 天 3 小时``."""

    def write(v: Any) -> str:
        if v < 10:
            return f"{_write(_rounded(v, 1))} 秒"
        whole = int(v)
        for big, big_name, small, small_name in (
            (86400, "天", 3600, "小时"),
            (3600, "小时", 60, "分"),
            (60, "分", 1, "秒"),
        ):
            if whole >= big:
                rest = whole % big // small
                return f"{whole // big} {big_name}" + (f" {rest} {small_name}" if rest else "")
        return f"{whole} 秒"

    return missing(seconds, write)


def bytes_zh(size: Any) -> str:
    """A file's size: ``812 KB``, ``3.4 MB``."""

    def write(v: Any) -> str:
        if v < 1024:
            return f"{int(v)} 字节"
        scaled, unit = Decimal(int(v)) / 1024, "KB"
        if scaled >= 1024:
            scaled, unit = scaled / 1024, "MB"
        return f"{_write(_rounded(scaled, 0 if unit == 'KB' else 1))} {unit}"

    return missing(size, write)


def listed(names: Iterable[str], *, most: int = 3) -> str:
    """``科教处、机关党委``; more than `most` end in ``等 5 个``."""
    known = [name for name in names if name]
    if not known:
        return MISSING
    if len(known) <= most:
        return "、".join(known)
    return f"{'、'.join(known[:most])}等 {len(known)} 个"


@lru_cache(maxsize=8192)
def pinyin_key(name: str) -> tuple[str, ...]:
    """Sorts Chinese names as a dictionary does; also what a search in letters looks through."""
    from pypinyin import Style, lazy_pinyin  # its dictionary takes half a second: not for the wall

    return tuple(lazy_pinyin(name, style=Style.NORMAL, errors="default"))


def pinyin_sorted(names: Iterable[str]) -> list[str]:
    """Names in dictionary order: 长寿 under chang as in 重庆 chongqing; missing ones are left out."""
    return sorted((n for n in names if not is_missing(n)), key=lambda n: (pinyin_key(n), n))


def spreadsheet_safe(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula (= + - @, tab, return) gets an apostrophe in front."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return value
