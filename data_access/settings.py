"""The operators' settings: `config.toml`, overridden by the environment, checked once.

An operator who mistypes a name or a value reads all mistakes together, each with
its place and what may stand there. Secrets do not belong here.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "config.toml"
PREFIX = "SPORTS_"
_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[A-Za-z0-9][A-Za-z0-9.-]*")


class SettingsError(Exception):
    """config.toml or an environment variable cannot be used; the message says where and what to write."""


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Database(Section):
    url: str = ""

    @field_validator("url")
    @classmethod
    def _anchored(cls, value: str) -> str:
        """Empty is the embedded database; a relative SQLite path starts at the program, not where it was called."""
        if not value:
            return f"sqlite:///{ROOT / 'var' / 'center.db'}"
        if value.startswith("sqlite:///") and not value.startswith("sqlite:////") and ":memory:" not in value:
            return f"sqlite:///{ROOT / value.removeprefix('sqlite:///')}"
        if not value.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:", "postgres:")):
            raise ValueError("数据库地址应以 sqlite:/// 或 postgresql:// 开头")
        return value


class Web(Section):
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    tls_terminated: bool = False
    address: str = "http://localhost:8501"

    @field_validator("address")
    @classmethod
    def _whole(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")) or any(c.isspace() for c in value):
            raise ValueError("请写完整的网址，例如 https://tiyu.example.gov.cn")
        return value.rstrip("/")

    @field_validator("hosts")
    @classmethod
    def _named(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or "*" in value:
            raise ValueError("请逐个写出允许的主机名，不能为空，也不能用 *")
        return value


class Accounts(Section):
    """Article 18 and the numbers of 等保 2.0; each may be made stricter, none loosened beyond its bound."""

    idle_minutes: int = Field(30, ge=5, le=60)
    session_hours: int = Field(8, ge=1, le=12)
    lock_failures: int = Field(5, ge=3, le=10)
    lock_minutes: int = Field(15, ge=5, le=120)
    one_time_hours: int = Field(72, ge=1, le=168)
    unused_days: int = Field(90, ge=30, le=180)
    audit_days: int = Field(400, ge=180, le=3650)
    bcrypt_rounds: int = Field(12, ge=4, le=15)


class Intake(Section):
    max_upload_mb: int = Field(20, ge=1, le=200)
    max_unpacked_mb: int = Field(100, ge=1, le=4000)


class Sources(Section):
    enabled: tuple[str, ...] = ()


class Storage(Section):
    folder: Path = Path("var")

    @field_validator("folder")
    @classmethod
    def _anchored(cls, value: Path) -> Path:
        return value if value.is_absolute() else ROOT / value


class Notices(Section):
    """Hours of 北京时间 in which no reminder is written and no mail is sent; equal, none."""

    quiet_from: int = Field(20, ge=0, le=23)
    quiet_to: int = Field(8, ge=0, le=23)


class Mail(Section):
    """Reminders by mail, to one box a unit. The password is the environment's: SPORTS_MAIL_PASSWORD."""

    enabled: bool = False
    host: str = ""
    port: int = Field(25, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: str = ""
    user: str = ""
    sender: str = ""
    recipients: tuple[str, ...] = ()

    @field_validator("recipients")
    @classmethod
    def _pairs(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [pair for pair in value if not _ADDRESS.fullmatch(pair.partition("=")[2])]
        if wrong:
            raise ValueError(
                f"应写成「单位代码=邮箱」，例如 mass_sport=qtc@example.gov.cn；有误的：{'、'.join(wrong)}"
            )
        return value

    @field_validator("sender")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not _ADDRESS.fullmatch(value):
            raise ValueError("请写发件邮箱，例如 tiyu@example.gov.cn")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Mail:
        if self.enabled and not (self.host and self.sender):
            raise ValueError("启用邮件提醒须写明 host（邮件服务器）和 sender（发件邮箱）")
        if self.enabled and self.user and self.security == "none":
            raise ValueError("填写了 user 就要加密传输密码：请把 security 设为 starttls 或 tls")
        return self

    @property
    def by_unit(self) -> dict[str, str]:
        return {unit.strip(): address for unit, _, address in (p.partition("=") for p in self.recipients)}


class Wall(Section):
    """The exhibition wall (展厅大屏). What the lines mean is read by `kiosk.settings`, which also refuses them."""

    addresses: tuple[str, ...] = ("127.0.0.1", "::1")
    guide_address: str = "http://127.0.0.1:8502"
    playlist: tuple[str, ...] = (
        "overview=30", "live=25", "facilities=25", "fitness=20", "competition=20", "flow=25",
        "industry=20", "occasion=20",
    )  # fmt: skip
    day_parts: tuple[str, ...] = ("上午 06:00-12:00", "下午 12:00-18:00", "晚间 18:00-24:00")
    show_internal: bool = False
    show_departments: bool = False
    opening: tuple[str, ...] = ("周一-周日 09:00-18:00",)
    dim: str = "17:30-08:00"
    occasions: tuple[str, ...] = ("08-08 全民健身日",)
    folder: str = ""
    watch_seconds: float = Field(0.25, ge=0.05, le=5)
    stale_seconds: float = Field(10, ge=3, le=3600)


class Live(Section):
    """The live feed of venues: how long it is kept, when a venue is crowded, what it may hold."""

    keep_days: int = Field(7, ge=1, le=60)
    crowding_percent: int = Field(80, ge=10, le=100)
    calm_percent: int = Field(70, ge=5, le=100)
    stuck_minutes: int = Field(20, ge=5, le=120)
    capacities: tuple[str, ...] = ()

    @field_validator("capacities")
    @classmethod
    def _pairs(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [pair for pair in value if not re.fullmatch(r"\s*CQ\d{6,10}\s*=\s*[1-9]\d{0,4}\s*", pair)]
        if wrong:
            raise ValueError(f"应写成「场馆编码=人数」，例如 CQ50010301=1200；有误的：{'、'.join(wrong)}")
        return value

    @model_validator(mode="after")
    def _falls_below(self) -> Live:
        if self.calm_percent > self.crowding_percent:
            raise ValueError("calm_percent（缓解）不能高于 crowding_percent（拥挤）")
        return self

    @property
    def by_venue(self) -> dict[str, int]:
        """People by venue code."""
        pairs = (pair.partition("=") for pair in self.capacities)
        return {code.strip(): int(people) for code, _, people in pairs}


class Log(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(Section):
    """Everything an operator may set, by section."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    database: Database = Database.model_validate({"url": ""})
    web: Web = Web()
    accounts: Accounts = Accounts.model_validate({})
    intake: Intake = Intake.model_validate({})
    sources: Sources = Sources()
    storage: Storage = Storage.model_validate({"folder": "var"})
    notices: Notices = Notices.model_validate({})
    mail: Mail = Mail.model_validate({})
    wall: Wall = Wall.model_validate({})
    live: Live = Live.model_validate({})
    log: Log = Log()


def load(path: Path = FILE, environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of one file and one environment.

    Raises:
        SettingsError: all mistakes together, in Chinese.
    """
    try:
        given: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"《{path.name}》不是有效的 TOML：{error}。请检查引号、方括号和等号。") from None
    _override(given, environment)
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        lines = [f"  {_place(item['loc'])}：{_advice(item)}" for item in error.errors()]
        raise SettingsError(f"《{path.name}》有 {len(lines)} 处需要修改：\n" + "\n".join(lines)) from None


def _override(given: dict[str, Any], environment: Mapping[str, str]) -> None:
    for section, model in Settings.model_fields.items():
        for name, field in cast(type[BaseModel], model.annotation).model_fields.items():
            written = environment.get(f"{PREFIX}{section}_{name}".upper())
            if written is None:
                continue
            values = given.setdefault(section, {})
            is_list = "tuple" in str(field.annotation)
            values[name] = (
                [part.strip() for part in written.split(",") if part.strip()] if is_list else written
            )


def _place(location: tuple[int | str, ...]) -> str:
    names = [str(part) for part in location]
    if len(names) == 1:
        return f"[{names[0]}]"
    return f"[{names[0]}] {'.'.join(names[1:])}（环境变量 {PREFIX}{'_'.join(names[:2]).upper()}）"


def _advice(item: Any) -> str:
    kind, context = item["type"], item.get("ctx", {})
    if kind == "extra_forbidden":
        return "没有这一项。请核对拼写，或删去。"
    if kind == "value_error":
        return f"{context.get('error')}。"
    if kind == "literal_error":
        return f"应为 {context.get('expected')}，现为 {item['input']!r}。"
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = f"不小于 {context['ge']}" if "ge" in context else f"不大于 {context['le']}"
        return f"应{bound}，现为 {item['input']!r}。"
    expected = {
        "int_parsing": "整数",
        "int_type": "整数",
        "float_parsing": "数",
        "float_type": "数",
        "bool_parsing": "true 或 false",
        "string_type": "带引号的文字",
    }
    return f"应为{expected.get(kind, '另一种写法')}，现为 {item['input']!r}。"


@cache
def settings() -> Settings:
    """The settings of this installation, read once a process."""
    return load()
