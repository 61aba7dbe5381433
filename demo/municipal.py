"""The 69 municipal sports organisations, which two departments speak of."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa

from demo.names import SPORTS_MASS, credit_codes, take, text
from demo.world import World

ORGANIZATIONS = 69
"""Municipal sports organisations in 2024 (中国体育报 2025-02-19)."""
FORMS = ("协会", "联合会", "促进会")


@cache
def organizations(world: World) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Name, credit code and sport of each."""
    number = np.arange(ORGANIZATIONS)
    sport = take(SPORTS_MASS, number % len(SPORTS_MASS))
    name = text("全市", sport, take(FORMS, number // len(SPORTS_MASS)), "（演示）")
    return name, credit_codes(world.rng("municipal organisations"), ORGANIZATIONS, "51"), sport
