"""The files of the demonstration, in the order in which they arrive.

Pure: no database, no clock. Bytes are made when the iterator is asked for the
next file, so a second process can stay a little ahead of the one that delivers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from catalog import Category
from demo.departments import MAKERS
from demo.faults import spoil, unlived_identity_number
from demo.registry import Columns
from demo.sheets import as_csv, as_workbook
from demo.timetable import Sending, timetable
from demo.visits import VISITS, visit_files
from demo.world import World

LAST_HOUR = 14
"""Up to which venues have sent readings on the last day: the demonstration is told until its afternoon."""
BEIJING = dt.timezone(dt.timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class DemoFile:
    """One file as it is sent, and what becomes of it afterwards.

    Attributes:
        publish_on: day on which the operations team lists it; None: it waits for them.
        withdraw_on: day on which it is taken down again.
        note: what the file is to show; empty for an ordinary one.
    """

    content: bytes
    file_name: str
    category: str
    unit: str
    period: str | None  # YYYY-MM: the last month it covers
    received_on: dt.date
    received_at: dt.datetime
    publish_on: dt.date | None = None
    withdraw_on: dt.date | None = None
    note: str = ""


def files_for(
    today: dt.date, *, last_hour: int = LAST_HOUR, categories: Collection[str] | None = None
) -> Iterator[DemoFile]:
    """Every file of the three calendar years up to `today`.

    Args:
        last_hour: hour up to which venues have sent readings on the last day.
        categories: only these; None for all.
    """
    world = World(today)
    wanted = timetable(world, categories)
    visits = visit_files(world, last_hour) if categories is None or VISITS in categories else iter(())
    return _merged(_ordinary(world, wanted), (_visit_file(*v) for v in visits))


def _merged(left: Iterator[DemoFile], right: Iterator[DemoFile]) -> Iterator[DemoFile]:
    """Both in the order of receipt."""
    a, b = next(left, None), next(right, None)
    while a is not None or b is not None:
        if b is None or (a is not None and a.received_at <= b.received_at):
            assert a is not None
            yield a
            a = next(left, None)
        else:
            yield b
            b = next(right, None)


def _visit_file(content: bytes, first: dt.date, received_at: dt.datetime, unit: str) -> DemoFile:
    day = received_at.astimezone(BEIJING).date()
    return DemoFile(
        content, f"场馆客流_{first:%Y%m%d}_{received_at:%Y%m%d%H%M}.csv", VISITS, unit, f"{first:%Y-%m}", day,
        received_at, publish_on=day,
    )  # fmt: skip


def _ordinary(world: World, sendings: list[Sending]) -> Iterator[DemoFile]:
    by_day: dict[dt.date, list[Sending]] = {}
    for sending in sendings:
        by_day.setdefault(sending.received_on, []).append(sending)
    quarantine_on = _day_of_quarantine(by_day)
    for day in sorted(by_day):
        made: list[DemoFile] = []
        for sending in by_day[day]:
            file = _file(world, sending, quarantined=sending is quarantine_on)
            if file is not None:
                made.append(file)
                if sending is quarantine_on:
                    made.append(_mended_quarantine(world, sending))
        yield from sorted(made, key=lambda f: f.received_at)


def _day_of_quarantine(by_day: dict[dt.date, list[Sending]]) -> Sending | None:
    """The last delivery of honours: the one whose sender leaves an identity number in a remark."""
    chosen = [s for day in by_day for s in by_day[day] if s.category == "honor_award" and not s.fault]
    return max(chosen, key=lambda s: s.received_on, default=None)


def _file(world: World, sending: Sending, *, quarantined: bool) -> DemoFile | None:
    category = world.catalog.category_by_code[sending.category]
    columns = MAKERS[sending.category](world, sending)
    if not len(next(iter(columns.values()))):
        return None
    rng = world.rng("file", *sending.key, sending.mends)
    if sending.fault == "rows":
        columns = spoil(category, columns, rng)
    note = {"rows": "含差错行，随后更正重报", "header": "表头有误，随后重报"}.get(sending.fault, "")
    remark = None
    if quarantined:
        remark, note = f"联系人证件号{unlived_identity_number()}", "含证件号码，进入隔离区"
    workbook = sending.style == "workbook" or quarantined
    content = _bytes(world, sending, category, columns, rng, workbook, remark)
    ending = "xlsx" if workbook else "csv"
    again = "（更正）" if sending.mends else ""
    label = world.catalog.units[sending.unit].label
    return DemoFile(
        content, f"{label}{category.name_zh}_{sending.period}{again}.{ending}", sending.category, sending.unit,
        f"{sending.end:%Y-%m}", sending.received_on, _moment(rng, sending),
        publish_on=None if quarantined else sending.publish_on,
        withdraw_on=_withdrawn(world, sending), note="更正后重报" if sending.mends else note,
    )  # fmt: skip


def _mended_quarantine(world: World, sending: Sending) -> DemoFile:
    """The same rows without the remark, an hour later."""
    file = _file(world, sending, quarantined=False)
    assert file is not None
    later = file.received_at + dt.timedelta(hours=1)
    return DemoFile(
        file.content, file.file_name, file.category, file.unit, file.period, file.received_on, later,
        file.publish_on, file.withdraw_on, "删除证件号码后重报",
    )  # fmt: skip


def _bytes(
    world: World, sending: Sending, category: Category, columns: Columns, rng: np.random.Generator,
    workbook: bool, remark: str | None,
) -> bytes:  # fmt: skip
    unit = world.catalog.units[sending.unit]
    wrong = {category.natural_key[0]: "对象"} if sending.fault == "header" else {}
    if sending.fault == "header":
        wrong |= {f.name: f"指标{n}" for n, f in enumerate(category.required_fields)}
    if workbook:
        return as_workbook(
            category, columns, rng, title=f"{sending.period} {category.name_zh}报送表（演示数据）",
            unit_name=unit.label, received_on=sending.received_on, rename=wrong, remark=remark,
        )  # fmt: skip
    encoding = "gb18030" if sending.style == "gb18030" else "utf-8-sig"
    return as_csv(category, columns, encoding=encoding, rename=wrong)


def _moment(rng: np.random.Generator, sending: Sending) -> dt.datetime:
    """A minute of the working day."""
    minute = int(rng.integers(8 * 60 + 40, 17 * 60 + 30))
    return dt.datetime.combine(sending.received_on, dt.time(minute // 60, minute % 60), BEIJING)


def _withdrawn(world: World, sending: Sending) -> dt.date | None:
    """A few listed batches are taken down again, on the office's order."""
    if sending.publish_on is None or sending.first or sending.fault:
        return None
    if world.rng("withdraw", *sending.key).random() >= 0.006:
        return None
    day = sending.publish_on + dt.timedelta(days=14)
    return day if day < world.today else None
