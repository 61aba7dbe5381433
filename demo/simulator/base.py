"""Which demonstration a base holds: the simulator goes on with the same venues and levels, or refuses."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select

from data_access.engine import engine, reading
from data_access.live.scope import venues
from data_access.principal import SYSTEM
from data_access.queries.status import base_kind
from data_access.schema import visit_complete
from demo.simulator.shape import DemoShape
from demo.visits import DAYS
from demo.world import World


class SimulatorRefused(Exception):
    """This base gets no simulated data; the message says why, in Chinese."""


def demo_shape(url: str) -> DemoShape:
    """The venues of the demonstration that a base holds.

    Raises:
        SimulatorRefused: the base holds real data, nothing, or another demonstration.
    """
    with reading(engine(url)) as connection:
        if base_kind(SYSTEM, connection) != "demo":
            raise SimulatorRefused(
                "这个数据库不是演示库，模拟平台不向它提供数据。请先在空库上运行 manage.py demo，或用 --database 指定演示库。"
            )
        first = connection.scalar(select(func.min(visit_complete.c.day)))
        known = {v.venue_code for v in venues(SYSTEM, connection)}
    if first is None:
        raise SimulatorRefused("演示库还没有客流读数。请等 manage.py demo 完成后再启动。")
    shape = DemoShape(World(first + dt.timedelta(days=DAYS - 1)))
    if not known.issuperset(shape.codes):
        raise SimulatorRefused("演示库的场馆与本版本的演示数据不一致。请用本版本重新生成演示库。")
    return shape
