"""The map of who is where: both decks have the same dots, each in a size that can be told apart there."""

from __future__ import annotations

import datetime as dt

from catalog import maps as editions
from ui import flow_map, map_frames, maps


def test_dots_differ_in_both_decks_and_names_lie_over_them():
    """Metres fitted to the whole city would make every dot of the near deck as large as it may be."""
    edition = editions.default().edition_on(dt.date(2026, 11, 26))
    dots = [flow_map.Dot(106.5, 29.5 + n / 100, f"馆{n}", "accent", n) for n in (1, 4, 9)]
    far, near = map_frames.both(edition, is_narrow=False)

    for frame in (far, near):
        layers = flow_map.venue_deck(dots, edition, {}, frame).layers
        venues = next(layer for layer in layers if layer.id == f"{frame.key}-venues")
        pixels = [row[4] / maps.metres_per_pixel(frame.view(edition)) for row in venues.data]
        assert [round(p, 1) for p in pixels] == [4.3, 8.7, 13.0]
        assert layers[-1].id == f"{frame.key}-labels" and len(layers[-1].data) == len(frame.named)
    assert set(far.named) | set(near.named) == set(edition.shapes) and not set(far.named) & set(near.named)
