"""A guide's commands: what may be said, signed, sent once.

The signature (HMAC-SHA-256 over the body, key in a file of mode 0600 that the product
and the wall share) says who may speak; the number used once and the time in the body,
that nobody says it again.
"""

from __future__ import annotations

import contextlib
import hmac
import http.client
import json
import os
import re
import secrets
import stat
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from kiosk.kinds import holds_number

Kind = Literal[
    "next", "previous", "pause", "resume", "jump", "message", "welcome", "spotlight", "tour", "emergency",
    "clear", "present",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)
PATH = "/kiosk/command"
SIGNATURE = "X-Wall-Signature"
MOST_BYTES = 4096
WINDOW_MS = 30_000
"""How far the sender's clock may be from ours."""
REMEMBERED = 4096
"""Numbers that are not accepted again: a day of a guide's signs of life, many times what fits into the window."""
KEY_BYTES = 32
SHORTEST_TOUR_S = 10
_PURPOSE = b"wall-command-1\n"
_LIMITS: dict[str, tuple[str, int, int]] = {
    "message": ("seconds", 5, 600),
    "welcome": ("minutes", 1, 240),
    "tour": ("minutes", 1, 120),
    "emergency": ("minutes", 1, 240),
}
"""Of commands that end by themselves: what is counted, the least and the most."""
_TEXT_LENGTH = {"message": 60, "welcome": 30, "emergency": 80}
_CONTROL = re.compile(r"[\x00-\x1f\x7f<>]")


class CommandRefused(Exception):
    """The wall does not do this; the message, in Chinese, is for the guide."""


class Unauthorized(CommandRefused):
    """No signature, or one of another key."""


class Replayed(CommandRefused):
    """Signed, but said before, too old, or before this wall began."""


class CommandFailed(Exception):
    """The command did not reach the wall or was refused there; the message, in Chinese, is for the guide."""


@dataclass(frozen=True)
class Command:
    """One thing a guide may say.

    Args:
        scene: of jump. text: of message, emergency; of welcome the delegation's name.
        seconds: of message. minutes: of welcome, tour and emergency.
        adcode: of spotlight; empty ends it.
    """

    kind: Kind
    scene: str = ""
    text: str = ""
    seconds: int = 0
    minutes: int = 0
    adcode: str = ""

    def __post_init__(self) -> None:
        """Raises CommandRefused where a part is missing, too long or not allowed."""
        if self.kind not in KINDS:
            raise CommandRefused("没有这个指令。")
        if any(type(value) is not int for value in (self.seconds, self.minutes)):
            raise CommandRefused("时长应为整数。")
        if any(not isinstance(value, str) for value in (self.scene, self.text, self.adcode)):
            raise CommandRefused("画面、文字和区县应为文字。")
        if self.kind in _LIMITS:
            name, least, most = _LIMITS[self.kind]
            if not least <= getattr(self, name) <= most:
                raise CommandRefused(f"时长应为 {least}–{most} {'秒' if name == 'seconds' else '分钟'}。")
        if self.kind in _TEXT_LENGTH:
            _check_text(self.text, _TEXT_LENGTH[self.kind])
        if self.kind == "spotlight" and self.adcode and not re.fullmatch(r"50\d{4}", self.adcode):
            raise CommandRefused("请选择地图上的区县。")
        if self.kind == "jump" and not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", self.scene):
            raise CommandRefused("请选择要切换到的画面。")


def _check_text(text: str, most: int) -> None:
    if not text.strip() or len(text) > most:
        raise CommandRefused(f"请填写文字，最多 {most} 个字。")
    if _CONTROL.search(text):
        raise CommandRefused("文字写在一行内，不含尖括号。")
    if holds_number(text):
        raise CommandRefused("大屏上不显示电话号码和证件号码，请删去长串数字。")


# ---------------------------------------------------------------- key and signature


def load_key(path: Path) -> bytes:
    """The key that product and wall share; made (0600) where there is none.

    Raises:
        CommandFailed: others can read it, or it cannot be read; the message says what to do.
    """
    try:
        with contextlib.suppress(FileExistsError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(KEY_BYTES) + "\n")
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(
            f"读不到大屏指令密钥 {path.name}（{type(error).__name__}）。请核对文件权限。"
        ) from None
    if mode & 0o077:
        raise CommandFailed(f"大屏指令密钥 {path.name} 其他人可读（{mode:o}）。请执行 chmod 600 后重启。")
    if len(text) < 2 * KEY_BYTES:
        raise CommandFailed(f"大屏指令密钥 {path.name} 不完整。请删除该文件，重启后自动生成。")
    return text.encode("ascii")


def signature(key: bytes, body: bytes) -> str:
    return hmac.new(key, _PURPOSE + body, "sha256").hexdigest()


def written(command: Command, at_ms: int) -> bytes:
    """The body of a command that is sent once, at `at_ms`."""
    told = {k: v for k, v in asdict(command).items() if v not in ("", 0)}
    return json.dumps(
        {"id": secrets.token_hex(16), "at_ms": at_ms, "command": told}, ensure_ascii=False
    ).encode()


class Verifier:
    """Whether a body may be obeyed: signed with our key, at this time, for the first time."""

    def __init__(self, key: bytes, began_ms: int) -> None:
        """`began_ms`: what was signed before this wall began may have been obeyed by the one before it."""
        self._key = key
        self._began_ms = began_ms
        self._seen: dict[str, None] = {}

    def verified(self, given: str | None, body: bytes, now_ms: int) -> Command:
        """The command in `body`.

        Raises:
            Unauthorized: not signed with our key.
            Replayed: seen before, or not of this time.
            CommandRefused: signed, and no command.
        """
        expected = signature(self._key, body)
        if not given or not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
            raise Unauthorized("指令没有有效签名。")
        told = _parsed(body)
        number, at_ms = told.get("id"), told.get("at_ms")
        if not isinstance(number, str) or type(at_ms) is not int or not 0 < len(number) <= 64:
            raise CommandRefused("指令不完整。")
        self._began_ms = min(self._began_ms, now_ms)  # our clock has been set back: what is said now is new
        if abs(now_ms - at_ms) > WINDOW_MS or at_ms < self._began_ms:
            raise Replayed("指令已过时。请核对两台机器的时间。")
        if number in self._seen:
            raise Replayed("指令已经执行过。")
        self._seen[number] = None
        while len(self._seen) > REMEMBERED:  # by number, not by time: a clock that jumps makes nobody forget
            del self._seen[next(iter(self._seen))]
        return command_of(told.get("command"))


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise CommandRefused("指令不完整。")
    return told


def command_of(told: Any) -> Command:
    """A command as JSON states it.

    Raises:
        CommandRefused: unknown parts, or not allowed.
    """
    if not isinstance(told, dict) or not {*told} <= {*Command.__dataclass_fields__} or "kind" not in told:
        raise CommandRefused("没有这个指令。")
    return Command(**told)


# ---------------------------------------------------------------- the guide's end


def send(
    address: str, key: bytes, command: Command, *, at_ms: int | None = None, timeout_s: float = 3.0
) -> dict[str, Any]:
    """Say it to the wall; returns the wall's state afterwards.

    Args:
        address: of the wall, e.g. ``http://127.0.0.1:8502``.
        at_ms: the present moment (ms since 1970).

    Raises:
        CommandFailed: with what happened and what to do, in Chinese.
    """
    body = written(command, at_ms if at_ms is not None else time.time_ns() // 1_000_000)
    request = urllib.request.Request(
        address.rstrip("/") + PATH,
        data=body,
        method="POST",
        headers={"Content-Type": "application/json", SIGNATURE: signature(key, body)},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=timeout_s) as answer:
            found = json.loads(answer.read(MOST_BYTES * 4))
    except urllib.error.HTTPError as error:
        raise CommandFailed(_refusal(error)) from None
    except (OSError, http.client.HTTPException, ValueError):
        raise CommandFailed("大屏没有应答。请确认大屏服务正在运行，再试一次。") from None
    return found if isinstance(found, dict) else {}


def _refusal(error: urllib.error.HTTPError) -> str:
    try:
        told = json.loads(error.read(MOST_BYTES))
        return str(told["message"])
    except (OSError, ValueError, KeyError, TypeError):
        return f"大屏拒绝了这条指令（{error.code}）。"
