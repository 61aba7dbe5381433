"""What a scene says of the figures it was given."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from kiosk.scenes import flow
from tests.kiosk.published import published

AT = dt.datetime(2026, 11, 26, 6, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("counts", "shares"),
    [
        ((400, 100, 0), [1.0, 0.25, 0.0]),
        ((100, 100, 400), [0.25, 0.25, 1.0]),
        ((0, 0, 0), [0.0, 0.0, 0.0]),
        ((None, 20, 10), [0.0, 1.0, 0.5]),
    ],
)
def test_the_stream_is_as_wide_as_the_days_counts(counts: tuple[int | None, ...], shares: list[float]):
    whole = published(AT)
    assert whole.flow is not None
    received, integrated, given = counts
    part = dataclasses.replace(whole.flow, received=received, integrated=integrated, published=given)
    blocks = flow.render(dataclasses.replace(whole, flow=part))["blocks"]
    stream = next(block for block in blocks if block["kind"] == "flow")
    assert [stage["share"] for stage in stream["stages"]] == shares
