"""The proof that both feeds of the venues are taken exactly once, whatever is killed meanwhile.

A simulated platform on a real port says it all; a child process pulls and is killed
at random moments; then everything is pulled once more from the beginning. In the
end the base must say what the platform's own ledger says, hour by hour.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import random
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

import numpy as np
from sqlalchemy import delete, select

from bench.flow_worker import TOKEN_ENV, work
from data_access.clock import day_of, now
from data_access.engine import BEIJING, engine, reading, writing
from data_access.live.tables import live_hour, live_pull
from data_access.schema import connector_state, setting, visit_hour
from demo.simulator.faults import Faults
from demo.simulator.platform import Platform
from demo.simulator.server import Clock, Server
from demo.simulator.shape import Shape
from demo.world import World

TOKEN = "Bearer of-the-proof"
MESSAGES_PER_S = 15_000
"""About how many a pull takes, to spread the kills over the work."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Venues × days of minutes and of hourly readings (`hourly_days` of those; None: as many days)."""

    venues: int
    days: int
    kills: int
    seed: int = 0
    hourly_days: int | None = None


@dataclass(slots=True)
class Proof:
    """What was pulled, how often the pull was killed at work, and where base and ledger differ."""

    ledger: dict[str, Any]

    minutes: int = 0
    readings: int = 0
    kills: int = 0
    seconds: float = 0.0
    differences: list[str] = field(default_factory=list)


def platform_of(plan: Plan) -> Platform:
    """A platform with many venues that has said everything up to now."""
    today = day_of(now())
    first = today - dt.timedelta(days=max(plan.days, plan.hourly_days or 0))
    codes = [f"CQ500101{number:04d}" for number in range(plan.venues)]
    visitors = np.random.default_rng(plan.seed).uniform(300, 3000, plan.venues)
    faults = Faults(seed=plan.seed)
    return Platform(Shape(World(today), codes, visitors), first, faults, remembers_days=plan.days)


def prove(url: str, plan: Plan) -> Proof:
    """Pull, kill, pull again; compare."""
    with writing(engine(url)) as connection:
        connection.execute(setting.insert().values(key="kind", value="demo"))
    moment = now()
    server = Server(0, platform_of(plan), Clock(machine=lambda: moment), TOKEN)
    answering = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    answering.start()
    try:
        server.ledger.advance(moment)
        ledger = server.ledger.as_json()
        proof = Proof(ledger, minutes=_count(ledger["live"]), readings=_count(ledger["readings"]))
        started = time.perf_counter()
        proof.kills = _pull_and_kill(url, server.url, plan, proof.minutes)
        _forget_places(url)
        _pull_to_the_end(url, server.url, plan)
        proof.seconds = time.perf_counter() - started
        proof.differences = differences(url, ledger)
        return proof
    finally:
        server.shutdown()
        answering.join()
        server.server_close()


def _pull_and_kill(url: str, platform: str, plan: Plan, minutes: int) -> int:
    """Kill the pull at random moments of its work, then let it end; how often it was at work when killed."""
    rng, kills = random.Random(plan.seed), 0
    longest = 2 * minutes / MESSAGES_PER_S / max(1, plan.kills)
    while kills < plan.kills:
        child, heard = _child(url, platform, plan)
        time.sleep(rng.uniform(0, longest))
        if not heard.poll() and child.is_alive():
            kills += 1
        else:
            _forget_places(url)  # it was done already: from the beginning, over what is there
        child.kill()
        child.join()
        heard.close()
    _pull_to_the_end(url, platform, plan)
    return kills


def _pull_to_the_end(url: str, platform: str, plan: Plan) -> None:
    child, heard = _child(url, platform, plan)
    try:
        said = heard.recv()
    except EOFError:
        said = "nothing"
    child.join()
    heard.close()
    if said != "done" or child.exitcode:
        raise RuntimeError("the pull did not come to its end")


def _child(url: str, platform: str, plan: Plan) -> tuple[BaseProcess, Connection]:
    """A pull in a process of its own, about to send its first request."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bench.flow_worker"])  # imported once, not at every kill
    heard, tell = context.Pipe(duplex=False)
    arguments = (url, platform, plan.days + 1, {TOKEN_ENV: TOKEN}, tell)
    child = context.Process(target=work, args=arguments, daemon=True)
    child.start()
    tell.close()
    heard.recv()
    return child, heard


def _forget_places(url: str) -> None:
    """The next pull of either feed begins at the beginning."""
    with writing(engine(url)) as connection:
        connection.execute(delete(live_pull))
        connection.execute(delete(connector_state))


def _count(book: dict[str, dict[str, list[int]]]) -> int:
    return sum(line[0] for hours in book.values() for line in hours.values())


def differences(url: str, ledger: dict[str, Any]) -> list[str]:
    """Venue and hour of either feed where base and ledger do not say the same."""
    c, v = live_hour.c, visit_hour.c
    with reading(engine(url)) as connection:
        live = connection.execute(
            select(c.venue_code, c.hour_end, c.minutes, c.people_in, c.people_out)
        ).all()
        recorded = connection.execute(select(v.venue_code, v.hour, v.entries, v.exits)).all()
    held = {(code, _text(end)): [n, i, o] for code, end, n, i, o in live}
    held_readings = {(code, _text(hour.replace(tzinfo=BEIJING))): [1, i, o] for code, hour, i, o in recorded}
    return [
        f"{name} {key}: base {base.get(key)}, ledger {said.get(key)}"
        for name, base, said in (("live", held, _flat(ledger["live"])), ("hourly", held_readings, _flat(ledger["readings"])))
        for key in sorted(base.keys() | said.keys())
        if base.get(key) != said.get(key)
    ]  # fmt: skip


def _flat(book: dict[str, dict[str, list[int]]]) -> dict[tuple[str, str], list[int]]:
    return {(code, hour): line for code, hours in book.items() for hour, line in hours.items()}


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(BEIJING).isoformat()
