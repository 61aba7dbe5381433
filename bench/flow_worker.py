"""What the proof kills: pulls both feeds of a platform until neither has anything new."""

from __future__ import annotations

from multiprocessing.connection import Connection

from catalog import sources
from catalog.sources import EndpointSource, LiveSource
from data_access.connectors import pull
from data_access.engine import engine
from data_access.live import feed
from data_access.live.take import Rules
from data_access.principal import SYSTEM

TOKEN_ENV = "SPORTS_SMART_VENUE_TOKEN"


def declared(platform: str) -> tuple[LiveSource, EndpointSource]:
    """The two feeds of sources.toml at this platform's address."""
    here = {"address_env": None, "auth_env": TOKEN_ENV}
    live = sources.default()["smart_venue_live"].model_copy(
        update={"address": f"{platform}/api/live", **here}
    )
    hourly = sources.default()["smart_venue_reading"].model_copy(
        update={"address": f"{platform}/api/readings", **here}
    )
    assert isinstance(live, LiveSource) and isinstance(hourly, EndpointSource)
    return live, hourly


def work(url: str, platform: str, keep_days: int, environment: dict[str, str], tell: Connection) -> None:
    """The child: says "ready", pulls until neither feed has news, says "done"."""
    made, (live, hourly) = engine(url), declared(platform)
    tell.send("ready")
    while True:
        one = feed.pull(made, SYSTEM, live, rules=Rules(keep_days), environment=environment)
        other = pull(made, hourly, environment=environment)
        if not one.changed and not other.accepted:
            tell.send("done")
            return
