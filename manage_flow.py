"""The verb `simulate` of manage.py: the smart-venue platform as a process of its own, for demonstrations."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import signal
import threading
from pathlib import Path

from manage_common import Answer, Refused, reason, refuse_absent

PORT = 8512
TOKEN_ENV = "SPORTS_SMART_VENUE_TOKEN"


def add_actions(made: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = made.add_subparsers(dest="action", required=True, metavar="对象")
    one = actions.add_parser("venues", parents=[common], help="场馆智能化平台：整点读数和实时客流两个接口")
    one.add_argument("--port", type=int, default=PORT, help=f"端口，默认 {PORT}，只在本机提供")
    one.add_argument("--seed", type=_seed, default=0, help="换一组故障（卡住、中断、迟到、重复）")
    one.add_argument(
        "--speed", type=_speed, default=1.0, help="时间快慢，与 --start 一起用；不会超过当前时间"
    )
    one.add_argument("--start", metavar="TIME", help="从这个时间开始，例如 2026-11-25T06:00，默认现在")
    one.add_argument("--ledger", metavar="FILE", help="平台自己的账本写到哪个文件")


def _speed(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found < float("inf"):
        raise argparse.ArgumentTypeError(
            f"应为大于 0 的数，现为「{text}」；1 为正常快慢，60 为一秒走一分钟。"
        )
    return found


def _seed(text: str) -> int:
    try:
        found = int(text)
    except ValueError:
        found = -1
    if found < 0:
        raise argparse.ArgumentTypeError(f"应为 0 或正整数，现为「{text}」。")
    return found


def simulate(arguments: argparse.Namespace) -> Answer:
    """Serve until SIGTERM or SIGINT.

    Raises:
        Refused: the base is no demonstration, no token is set, or the port is taken.
    """
    from demo.simulator.base import SimulatorRefused, demo_shape
    from demo.simulator.faults import Faults
    from demo.simulator.platform import Platform
    from demo.simulator.server import Clock, Server, serve

    token = os.environ.get(TOKEN_ENV, "")
    if not token:
        raise Refused(f"没有接口凭证。请设置环境变量 {TOKEN_ENV}（任意一串字符，与 worker 的相同）。")
    refuse_absent(arguments.database)
    try:
        shape = demo_shape(arguments.database)
    except SimulatorRefused as error:
        raise Refused(str(error)) from None
    clock = Clock(_moment(arguments.start), arguments.speed)
    platform = Platform(shape, shape.world.today, Faults(seed=arguments.seed))
    try:
        server = Server(arguments.port, platform, clock, token, arguments.ledger and Path(arguments.ledger))
    except OSError as error:
        raise Refused(f"端口 {arguments.port} 不能用（{reason(error)}）。请换一个：--port。") from None
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    print(
        f"模拟场馆智能化平台：{server.url}/api/readings 和 /api/live（演示数据，{len(shape.codes)} 座场馆）。",
        flush=True,
    )
    serve(server, stop)
    return {"message": "模拟平台已停止。"}


def _moment(text: str | None) -> dt.datetime | None:
    from data_access.engine import BEIJING

    if text is None:
        return None
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"时间「{text}」应写成 YYYY-MM-DDTHH:MM，例如 2026-11-25T06:00。") from None
    return found if found.tzinfo else found.replace(tzinfo=BEIJING)
