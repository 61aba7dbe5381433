"""Where data come from without a person: what each source is, declared beside the categories.

A source says which category its columns feed and how it is read; an operator only
switches it on (``[sources] enabled`` in config.toml) and gives its address and
password in the environment. Neither stands in a file that leaves the machine.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError, field_validator, model_validator

from catalog.loader import HERE, Catalog, CatalogError
from catalog.models import Entry


class Source(Entry):
    """What all kinds share."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{2,38}$")
    name_zh: str
    platform: str
    every_minutes: int = Field(ge=1, le=7 * 24 * 60)
    address: str = ""  # folder, or URL without a password
    address_env: str | None = None  # environment variable that goes before `address`
    note: str | None = None

    @model_validator(mode="after")
    def _has_an_address(self) -> Source:
        if not self.address and not self.address_env:
            raise ValueError("请写 address，或写 address_env（存放地址的环境变量名）")
        return self


class FolderSource(Source):
    """A watched folder: files that units or another system put there (前置机目录)."""

    kind: Literal["folder"]
    category: str | None = None  # None: the file's name says it
    unit: str | None = None
    pattern: str = "{category}__{unit}__{period}"
    settle_seconds: float = Field(5, ge=0, le=600)
    max_mb: int = Field(100, ge=1, le=1000)

    @model_validator(mode="after")
    def _names_say_the_rest(self) -> FolderSource:
        for name in ("category", "unit"):
            if getattr(self, name) is None and "{" + name + "}" not in self.pattern:
                raise ValueError(f"pattern 中没有 {{{name}}}，请补上，或直接写 {name}")
        return self


class TableSource(Source):
    """A source of records: declared columns that feed the fields of one category.

    `columns` maps each field to where its value is found; `units` names the unit of
    measure of a column that differs from the stored one, and intake converts it.
    """

    category: str
    unit: str | None = None  # the unit that answers for all records
    unit_column: str | None = None  # or the column that names it
    columns: dict[str, str]
    units: dict[str, str] = Field(default_factory=dict)
    page_size: int = Field(2000, ge=1, le=50_000)

    @model_validator(mode="after")
    def _one_unit(self) -> TableSource:
        if (self.unit is None) == (self.unit_column is None):
            raise ValueError("unit 和 unit_column 请写其中一个")
        return self


class ViewSource(TableSource):
    """A database view: read page by page in the order of `cursor`.

    The columns of `cursor` together are unique and never go back, for example
    ``["updated_at", "id"]``; rows whose first one is younger than `settle_seconds`
    are left for the next pull, since a transaction may still add rows before them.
    """

    kind: Literal["database_view"]
    view: str
    db_schema: str | None = None
    cursor: tuple[str, ...] = Field(min_length=1)
    settle_seconds: int = Field(0, ge=0, le=86_400)


class PagedSource(Source):
    """A paged HTTP endpoint that answers with JSON.

    `items`, `next` and the values of `columns` are paths with dots. The token at
    `next` is sent back as `next_parameter` until there is none. With `since`, the
    highest value of that path is sent as `since_parameter` in the next round.
    """

    items: str
    next: str
    next_parameter: str
    size_parameter: str | None = None
    page_size: int = Field(2000, ge=1, le=50_000)
    columns: dict[str, str]
    unit_column: str | None = None
    since: str | None = None
    since_parameter: str | None = None
    parameters: dict[str, str] = Field(default_factory=dict)
    auth_header: str = "Authorization"
    auth_env: str | None = None  # environment variable that holds the header's whole value
    timeout_seconds: float = Field(30, gt=0, le=600)
    attempts: int = Field(5, ge=1, le=10)
    backoff_seconds: float = Field(0.5, ge=0, le=30)  # before the second attempt, doubled each time
    max_mb: int = Field(20, ge=1, le=200)

    @field_validator("address")
    @classmethod
    def _is_http(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("address 应以 http:// 或 https:// 开头")
        return value

    @model_validator(mode="after")
    def _since_is_whole(self) -> PagedSource:
        if (self.since is None) != (self.since_parameter is None):
            raise ValueError("since 和 since_parameter 请一起写，或都不写")
        return self


class EndpointSource(PagedSource, TableSource):
    """An endpoint whose records are delivered as batches of one category."""

    kind: Literal["http_json"]


LIVE_FIELDS = ("venue_code", "minute", "people_in", "people_out", "present", "device_state", "sequence")
LIVE_EXTRAS = ("capacity", "published_at")
"""What a live message must say, and what may stand beside it."""


class LiveSource(PagedSource):
    """A live feed (实时客流): messages by venue and minute, operational data outside the base.

    Every pull asks from `overlap_seconds` before the newest message known, since a
    platform may publish one late under an earlier time; what comes twice changes nothing.
    """

    kind: Literal["live_json"]
    every_minutes: int = Field(0, ge=0, le=0)  # a live feed goes by seconds
    every_seconds: int = Field(15, ge=5, le=300)
    overlap_seconds: int = Field(120, ge=0, le=3600)
    attempts: int = Field(1, ge=1, le=3)  # the next pull is near


AnySource = Annotated[FolderSource | ViewSource | EndpointSource, Field(discriminator="kind")]
"""A source that delivers batches."""
Declared = Annotated[FolderSource | ViewSource | EndpointSource | LiveSource, Field(discriminator="kind")]
ADAPTER: TypeAdapter[Declared] = TypeAdapter(Declared)
FILE = HERE / "sources.toml"


def load(catalog: Catalog, path: Path = FILE) -> dict[str, Declared]:
    """All declared sources by code.

    Raises:
        CatalogError: with every problem found, not only the first.
    """
    problems: list[str] = []
    found: dict[str, Declared] = {}
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("source", [])
    except FileNotFoundError:
        raise CatalogError([f"{path.name}：文件不存在。请恢复该文件。"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogError([f"{path.name}：不是有效的 TOML（{error}）。请按提示的行列改正。"]) from None
    for number, raw in enumerate(entries, start=1):
        where = f"{path.name} [{raw.get('code') or f'第 {number} 个'}]"
        try:
            source = ADAPTER.validate_python(raw)
        except ValidationError as error:
            for e in error.errors():
                place = ".".join(str(part) for part in e["loc"][1:]) or "source"
                reason = e["msg"].removeprefix("Value error, ")
                problems.append(f"{where} {place}：{reason}。请对照 catalog/sources.py 改正这一项。")
            continue
        if source.code in found:
            problems.append(f"{where}：代码出现了多次。请只保留一处。")
        found[source.code] = source
        problems += [f"{where}：{problem}" for problem in _check(source, catalog)]
    if problems:
        raise CatalogError(problems)
    return found


def _check(source: Declared, catalog: Catalog) -> list[str]:
    """What a source says of the catalogue must be there."""
    problems = []
    platforms = [p.code for p in catalog.platforms]
    if source.platform not in platforms:
        problems.append(f"来源平台 {source.platform} 不存在。请改为：{'、'.join(platforms)}。")
    if isinstance(source, LiveSource):
        missing = [name for name in LIVE_FIELDS if name not in source.columns]
        unknown = sorted(set(source.columns) - {*LIVE_FIELDS, *LIVE_EXTRAS})
        problems += [f"columns 中缺少 {name}，请补上。" for name in missing]
        return problems + [f"columns 中的 {name} 不是实时消息的字段，请删去。" for name in unknown]
    if source.unit is not None and source.unit not in catalog.units:
        problems.append(f"单位 {source.unit} 不存在。请改为 units.toml 中的代码。")
    if source.category is None:
        return problems
    category = catalog.category_by_code.get(source.category)
    if category is None:
        return [*problems, f"数据类别 {source.category} 不存在。请改为 categories 中的代码。"]
    if isinstance(source, FolderSource):
        return problems
    for label, names in (("columns", source.columns), ("units", source.units)):
        for name in names:
            if name not in category.field_by_name:
                problems.append(f"{label} 中的字段 {name} 不是《{category.name_zh}》的字段。请改正。")
    missing = [f.name for f in category.required_fields if f.name not in source.columns]
    if missing:
        problems.append(f"必填字段 {'、'.join(missing)} 没有对应的列。请在 columns 中补上。")
    return problems


@cache
def default() -> dict[str, Declared]:
    """The sources of this installation's catalogue."""
    import catalog

    return load(catalog.default())
