"""What the map of facilities draws: one account of colours, words, cells and points for the deck and the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from catalog import maps
from metrics.facilities import Facilities, Measure, kind_groups
from metrics.facility_places import FAR_M, NEAR_M, Points, hexagons, points
from reports import map_words as words
from ui import scales, theme
from ui.facility_map import Cells, Dots, Ground
from ui.map_frames import Frame

Legend = tuple[str, list[tuple[str, str, str]], str]
"""Title, (colour, limits in words, how many), note."""
RADIUS_M = (20.0, 400.0)


@dataclass(frozen=True)
class Drawing:
    """The map of one choice and measure; hexagons instead of coloured districts where `is_cells`."""

    known: Facilities
    measure: Measure
    is_cells: bool

    @property
    def district(self) -> str | None:
        """The one district chosen, whose single facilities are shown."""
        place = self.known.choice.place
        return place if place in self.known.edition.shapes else None

    @property
    def near_codes(self) -> tuple[str, ...]:
        """What the second deck shows: the chosen place; the city proper where it is the whole city."""
        return self.known.codes if self.known.choice.place else self.known.edition.codes(maps.CORE)

    @property
    def near_name(self) -> str:
        return words.place_name(self.known) if self.known.choice.place else maps.CORE

    @cached_property
    def ground(self) -> Ground:
        districts = {code: d for code, d in self.known.districts.items() if code in self.known.edition.shapes}
        values = {code: d.value(self.measure.key) for code, d in districts.items()}
        make = scales.diverging if self.measure.key == "growth" else scales.sequential
        chosen = tuple(c for c in self.known.codes if c in districts) if self.known.choice.place else ()
        return Ground(
            edition=self.known.edition,
            scale=make(values.values()),
            values=values,
            words={code: words.district_words(self.known, d) for code, d in districts.items()},
            figures={code: words.short(self.measure, value) for code, value in values.items()},
            chosen=chosen,
        )

    def cells_of(self, frame: Frame) -> Cells | None:
        """Hexagons, small ones where the frame is near; none over a district whose points are shown."""
        if not self.is_cells or (frame.codes and self.dots is not None):
            return None
        return self.near_cells if frame.codes else self.far_cells

    @cached_property
    def far_cells(self) -> Cells:
        return self._cells(FAR_M)

    @cached_property
    def near_cells(self) -> Cells:
        return self._cells(NEAR_M)

    def _cells(self, size_m: int) -> Cells:
        found = hexagons(self.known, size_m)
        scale = scales.sequential((float(c.facilities) for c in found), is_over_pale=True)
        rows = [(words.cell_words(c), c.lon, c.lat, float(c.facilities)) for c in found]
        return Cells(rows, scale, size_m)

    @cached_property
    def points(self) -> Points | None:
        return points(self.known) if self.district else None

    @cached_property
    def dots(self) -> Dots | None:
        if self.points is None or not self.points.shown:
            return None
        rows = [
            (words.point_words(p), p.lon, p.lat, p.group % len(theme.SERIES), _radius(p.area_m2))
            for p in self.points.shown
        ]
        return Dots(rows, [scales.rgb(colour) for colour in theme.SERIES])

    @cached_property
    def legends(self) -> list[Legend]:
        made: list[Legend] = []
        if self.is_cells:
            made.append(
                self._cells_legend(
                    "左图每格场地数", self.far_cells, words.cells_note(FAR_M, NEAR_M, self.known)
                )
            )
            if self.dots is None:
                made.append(self._cells_legend("右图每格场地数", self.near_cells, ""))
        else:
            entries = self.ground.scale.entries(
                self.ground.values.values(), lambda v: words.written(self.measure, v)
            )
            unit = f"{self.measure.name}（{self.measure.unit}）"
            made.append((unit, entries, f"{self.measure.meaning}。"))
        if self.dots is not None and self.points is not None:
            made.append(self._dots_legend(self.points))
        elif self.points is not None:
            made.append(("场地点位", [], words.no_points(self.known)))
        return made

    def _cells_legend(self, title: str, cells: Cells, note: str) -> Legend:
        entries = cells.scale.entries((row[3] for row in cells.rows), lambda v: f"{v:,.0f} 处", "格")
        return (title, entries, note) if cells.rows else (title, [], words.located_words(self.known))

    def _dots_legend(self, of: Points) -> Legend:
        groups = list(kind_groups(self.known.choice.category)) or ["群众体育场地"]
        counts = [sum(p.group == i for p in of.shown) for i in range(len(groups))]
        entries = [
            (theme.SERIES[i % len(theme.SERIES)], name, f"{counts[i]:,} 处")
            for i, name in enumerate(groups)
            if counts[i]
        ]
        return ("场地点位", entries, words.points_note(len(of.shown), of.located, of.facilities))


def drawn(known: Facilities, measure: Measure, *, is_cells: bool) -> Drawing:
    return Drawing(known, measure, is_cells)


def _radius(area_m2: float | None) -> float:
    """Of a circle of the facility's area, within limits."""
    return min(max(math.sqrt((area_m2 or 0.0) / math.pi), RADIUS_M[0]), RADIUS_M[1])
