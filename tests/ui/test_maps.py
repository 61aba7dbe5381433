"""Maps: which borders on which day, what a layer sends, and that nothing is fetched for them."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from catalog import maps as editions
from ui import maps, scales, theme

BEFORE, AFTER = dt.date(2025, 11, 5), dt.date(2025, 11, 6)


def spec(*layers: Any) -> dict[str, Any]:
    """What the browser is told."""
    return json.loads(maps.deck(layers, maps.View(107.7, 30.2, 6), height=400).to_json())


def test_the_map_is_that_of_its_day():
    """38 districts until 两江新区 was made of two of them; history keeps its own borders."""
    known = editions.default()
    old, new = known.edition_on(BEFORE).shapes, known.edition_on(AFTER).shapes

    assert (len(old), len(new)) == (38, 37)
    assert {"500105", "500112"} == set(old) - set(new) and {"500157"} == set(new) - set(old)
    assert len(known.edition_on(BEFORE).codes(editions.CORE)) == 9
    assert sum(s.area_km2 for s in old.values()) == pytest.approx(
        sum(s.area_km2 for s in new.values()), rel=1e-4
    )


def test_every_district_is_in_one_of_the_groups():
    for edition in editions.default().editions:
        groups = [edition.codes(group) for group in editions.GROUPS]
        assert sorted(code for codes in groups for code in codes) == sorted(edition.shapes)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    """An office that puts in its own boundaries reads what is missing, not a traceback at the first map."""
    words = editions.FILE.read_text("utf-8").replace("districts_2025", "approved")
    (tmp_path / "maps.toml").write_text(words, "utf-8")

    with pytest.raises(editions.MapsError, match=r"approved\.geojson"):
        editions.load(tmp_path / "maps.toml")


def test_borders_drawn_from_afar_still_touch():
    """Simplified one by one, neighbours would gape or overlap."""
    edition = editions.default().edition_on(AFTER)
    filled, _ = maps.areas(edition, dict.fromkeys(edition.shapes, (1, 2, 3)), {})
    polygons = [shapely.Polygon(np.array(row[2]).reshape(-1, 2)) for row in filled.data]

    assert all(p.is_valid for p in polygons)
    assert shapely.union_all(polygons).area == pytest.approx(sum(p.area for p in polygons), rel=1e-4)


def ends(layer: Any) -> set[frozenset[tuple[float, float]]]:
    """The pieces of a layer of lines, as the browser works them out from their expressions."""
    found = set()
    for row in layer.data:
        start, end = (
            eval(str(at).removeprefix("@@="), {}, {"this": row})
            for at in (layer.get_source_position, layer.get_target_position)
        )
        found.add(frozenset((round(x, 4), round(y, 4)) for x, y in (start, end)))
    return found


@pytest.mark.parametrize("codes", [(), ("500103",)])
def test_every_border_is_drawn_and_a_common_one_once(codes: tuple[str, ...]):
    """Each deck, the far one and the near one, has the borders of the very polygons it fills."""
    edition = editions.default().edition_on(AFTER)
    view = maps.view_of_districts(edition, codes, 500, 500) if codes else None
    filled, borders = maps.areas(edition, dict.fromkeys(edition.shapes, (1, 2, 3)), {}, view=view)
    rings = [np.array(row[2]).reshape(-1, 2) for row in filled.data]
    edges = [frozenset(map(tuple, pair)) for ring in rings for pair in itertools.pairwise(ring)]

    assert ends(borders) == {edge for edge in edges if len(edge) == 2}
    assert len(borders.data) == len(ends(borders)) < 0.75 * len(edges)


def test_what_a_near_deck_shows_has_every_point_of_the_file():
    edition = editions.default().edition_on(AFTER)
    view = maps.view_of_districts(edition, ("500103",), 500, 500)
    near, far = (
        {
            row[0]: len(row[2])
            for row in maps.areas(edition, {c: (1, 2, 3) for c in shown}, words, view=v)[0].data
        }
        for shown, words, v in (
            (("500103", "500229"), {"500103": "渝中", "500229": "城口"}, v) for v in (view, None)
        )
    )

    assert near["渝中"] == 2 * len(edition.shapes["500103"].rings[0]) > far["渝中"]
    assert near["城口"] == far["城口"] < 2 * len(edition.shapes["500229"].rings[0])


def test_a_name_can_be_read_wherever_it_reaches():
    """渝中 is narrower than its name: the letters fit its own ground and bring one for what lies beside."""
    edition = editions.default().edition_on(AFTER)
    pale, dark = (200, 220, 225), (20, 60, 80)
    grounds = {code: dark if shape.short == "渝中" else pale for code, shape in edition.shapes.items()}
    core = edition.codes(editions.CORE)
    ink, light = spec(*maps.labels(edition, core, grounds=grounds))["layers"]

    assert [row[0] for row in light["data"]] == ["渝中"] and len(ink["data"]) == len(core) - 1
    for layer, ground in ((ink, pale), (light, dark)):
        letters, halo = tuple(layer["getColor"][:3]), tuple(layer["outlineColor"][:3])
        assert scales.contrast(letters, ground) >= 4.5 and scales.contrast(letters, halo) >= 7
        assert layer["fontSettings"]["sdf"] and layer["outlineWidth"] >= 2 and layer["outlineColor"][3] > 220


def test_a_deck_asks_no_host_for_anything():
    """A map style, even None, would fetch Carto's; so would an absent placeholder."""
    edition = editions.default().edition_on(AFTER)
    made = spec(*maps.areas(edition, dict.fromkeys(edition.shapes, (1, 2, 3)), {}), maps.rivers())

    assert made["mapStyle"] == "__MAP_STYLE__" and "mapProvider" not in made
    assert "http" not in json.dumps(made)


def test_layers_keep_their_ids_and_rows_are_short():
    """Without an id deck.gl builds a layer anew; dictionaries would triple the bytes."""
    edition = editions.default().edition_on(AFTER)
    rows = [["室外篮球场", 12, 34, 0, 25.0]] * 1000
    layers = [
        *maps.areas(edition, dict.fromkeys(edition.shapes, (1, 2, 3)), {}, chosen=["500101"]),
        maps.rivers(),
        *maps.labels(edition, list(edition.shapes)),
        maps.hexagons([("12 处", 106.5, 29.5, (1, 2, 3))], 900),
        maps.points(rows, [(1, 2, 3), (4, 5, 6)], origin=(106.0, 29.0), step=1e-4),
    ]
    made = maps.deck(layers, maps.View(107, 30, 6), height=400)
    sent = spec(*layers)

    assert [layer["id"] for layer in sent["layers"]] == [
        "areas", "areas-borders", "areas-chosen", "rivers", "labels", "hexagons", "points",
    ]  # fmt: skip
    assert all(isinstance(row, list) for layer in sent["layers"] for row in layer["data"])
    assert sent["layers"][-1]["getPosition"] == "@@=[106.0+this[1]*0.0001,29.0+this[2]*0.0001]"
    assert len(json.dumps(sent["layers"][-1]["data"], ensure_ascii=False)) < 40 * 1000
    assert len(made.to_json()) < len(super(maps.Deck, made).to_json()) / 2


def test_the_tooltip_is_text():
    """Names of places come from files; as HTML they could carry a script."""
    made = maps.deck([], maps.View(107, 30, 6), height=400)

    assert made._tooltip["text"] == "{0}" and "html" not in made._tooltip


def test_a_view_holds_what_it_is_to_show():
    edition = editions.default().edition_on(AFTER)
    for codes in ((), edition.codes(editions.CORE), ("500101",)):
        view = maps.view_of_districts(edition, codes, 600, 400)
        shown = codes or tuple(edition.shapes)
        pixel = 360 / (maps.TILE * 2**view.zoom)
        for lon, lat in (p for c in shown for ring in edition.shapes[c].rings for p in ring):
            assert abs(lon - view.lon) < 300 * pixel
            assert abs(maps.mercator(lat) - maps.mercator(view.lat)) < 200 * pixel


def test_classes_are_round_full_and_ascending():
    values = [1.9, 2.1, 2.2, 2.4, 2.5, 2.76, 2.8, 3.1, 3.2, None]
    scale = scales.sequential(values)
    entries = scale.entries(values, str)

    assert list(scale.limits) == sorted(set(scale.limits)) and len(scale.colours) == len(scale.limits) + 1
    assert sum(int(count.split()[0]) for *_, count in entries) == len(values)
    assert all(not count.startswith("0 ") for *_, count in entries)
    assert entries[-1][:2] == (theme.LINE, "无数据")


@pytest.mark.parametrize("values", [[], [None], [5.0], [5.0, 5.0], [0.0, 0.0, 7.0]])
def test_few_or_equal_figures_have_a_legend_too(values: list[float | None]):
    scale = scales.sequential(values)

    assert all(scale.colour(v) for v in values)
    assert scale.entries(values, str)


def test_what_fell_has_another_colour_than_what_grew():
    scale = scales.diverging([-0.02, 0.01, 0.03, 0.08])

    assert scale.colour(-0.02) != scale.colour(0.01) and scale.limits[0] == 0.0


def test_names_can_be_read_on_every_colour_of_a_scale():
    for steps in range(1, 6):
        for ground in (
            *scales.ramp(theme.ACCENT, steps),
            scales.rgb(theme.LINE),
            scales.ramp(theme.ATTENTION, 3)[1],
        ):
            assert scales.contrast(scales.readable_on(ground), ground) >= 4.5, ground


def test_pale_and_dark_ends_can_be_told_apart():
    ramp = scales.ramp(theme.ACCENT, 5)
    brightness = [sum(colour) for colour in ramp]

    assert brightness == sorted(brightness, reverse=True) and brightness[0] - brightness[-1] > 300
