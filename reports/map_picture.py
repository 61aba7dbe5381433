"""The map of facilities as a picture for a paper or a slide: the same borders and colours, drawn here.

No browser and no foreign host takes part: Pillow paints the polygons of `Drawing`.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from catalog import maps
from metrics.facilities import Facilities, Measure
from reports import map_words as words
from reports.map_drawing import Drawing, drawn
from ui import formats, theme
from ui.facility_map import Cells
from ui.maps import mercator
from ui.scales import Colour, mix, readable_on, rgb

FONT = Path(__file__).parent / "papers" / "fonts" / "NotoSansSC-Medium.ttf"
WIDTH, HEIGHT = 1800, 1350
TIMES = 2
"""Painted this much larger and scaled down: Pillow's own lines have steps."""
MARGIN = 60
Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the finished picture."""
WHOLE: Box = (MARGIN + 240, 250, WIDTH - MARGIN, HEIGHT - 200)
INSET: Box = (MARGIN, 270, MARGIN + 560, 690)
SIZES = ((34, 48, 3), (28, 40, 3), (24, 34, 4))
"""Size of the sentence's letters, height of a line, lines that have room above the map."""
CUT = "……（全文见场馆地图页面）"
MANY = 20
"""Districts beyond which their names are small."""
PAPER, INK, SOFT = rgb(theme.PAPER), rgb(theme.INK), rgb(theme.INK_SOFT)


def png(known: Facilities, measure: Measure, *, is_cells: bool) -> bytes:
    """The whole city with the city proper beside it, or the chosen place; PNG, 1800 × 1350.

    With title, sentence, legend, source and date.
    """
    drawing = drawn(known, measure, is_cells=is_cells)
    image = Image.new("RGB", (WIDTH * TIMES, HEIGHT * TIMES), PAPER)
    chosen = drawing.ground.chosen
    _land(image, drawing, chosen or tuple(known.edition.shapes), WHOLE, is_inset=False)
    if not chosen:
        _land(image, drawing, known.edition.codes(maps.CORE), INSET, is_inset=True)
    image = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    brush = ImageDraw.Draw(image)
    if not chosen:
        brush.text((INSET[0] + 6, INSET[3] + 8), maps.CORE, fill=SOFT, font=_font(20))
    sentences = f"{words.sentence(known, measure)}{words.second_sentence(known, measure)}"
    _words(brush, _title(known, measure), sentences, _foot(known))
    _legend(brush, drawing.legends[0][1])
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _land(image: Image.Image, drawing: Drawing, codes: tuple[str, ...], box: Box, *, is_inset: bool) -> None:
    canvas = Canvas(image, drawing, codes, box)
    canvas.areas()
    if drawing.is_cells:
        canvas.cells(drawing.near_cells if is_inset else drawing.far_cells)
    if not drawing.ground.chosen and not is_inset:
        canvas.rivers()
    canvas.names(is_large=is_inset or len(codes) <= MANY)


def _title(known: Facilities, measure: Measure) -> str:
    year = f"{known.choice.year} 年" if known.choice.year else ""
    return f"{words.place_name(known)}{year}{words.what(known)}：{measure.name}（{measure.unit}）"


def _foot(known: Facilities) -> str:
    made = [f"截至 {formats.date_zh(known.day)}", known.edition.name, f"边界来源：{known.edition.source}"]
    return "　".join([*made, "演示数据" if words.is_demonstration(known) else ""]).strip()


class Canvas:
    """Districts being painted into a box of the picture: degrees of the map to pixels, and the brush."""

    def __init__(self, image: Image.Image, drawing: Drawing, codes: tuple[str, ...], box: Box) -> None:
        self.drawing, self.codes, self.edition = drawing, codes, drawing.known.edition
        points = [p for code in codes for ring in self.edition.shapes[code].rings for p in ring]
        west, east = min(p[0] for p in points), max(p[0] for p in points)
        south, north = mercator(min(p[1] for p in points)), mercator(max(p[1] for p in points))
        left, top, right, bottom = (edge * TIMES for edge in box)
        self.scale = min((right - left) / (east - west), (bottom - top) / (north - south))
        self.left = (left + right - (west + east) * self.scale) / 2
        self.top = (top + bottom + (south + north) * self.scale) / 2
        self.brush = ImageDraw.Draw(image)

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        return self.left + lon * self.scale, self.top - mercator(lat) * self.scale

    def areas(self) -> None:
        """Districts of the chosen place in their colours; under hexagons all in one pale one."""
        ground = self.drawing.ground
        pale = mix(rgb(theme.TRACK), PAPER, 0.2)
        for code in self.codes:
            colour = pale if self.drawing.is_cells else ground.scale.colour(ground.values.get(code))
            for ring in self.edition.shapes[code].rings:
                corners = [self.at(*p) for p in ring]
                self.brush.polygon(corners, fill=colour)
                self.brush.line(corners, fill=PAPER, width=2 * TIMES)

    def cells(self, cells: Cells) -> None:
        side = cells.size_m / (111_320 * 0.8643) * self.scale * 0.94
        for _, lon, lat, figure in cells.rows:
            x, y = self.at(lon, lat)
            self.brush.regular_polygon((x, y, side), 6, rotation=30, fill=cells.scale.colour(figure))

    def rivers(self) -> None:
        for _, line in maps.default().rivers:
            self.brush.line(
                [self.at(*p) for p in line], fill=mix(rgb(theme.CALM), PAPER, 0.35), width=3 * TIMES
            )

    def names(self, *, is_large: bool) -> None:
        """A name and its figure in each district; those of the city proper only where they have room."""
        ground = self.drawing.ground
        for code in self.codes:
            shape = self.edition.shapes[code]
            if not is_large and shape.is_core:
                continue
            text = shape.short if self.drawing.is_cells else f"{shape.short}\n{ground.figures[code]}"
            self.brush.multiline_text(
                self.at(*shape.label), text, fill=self._letters(code), font=_font(18 if is_large else 15, TIMES),
                anchor="mm", align="center", spacing=4,
            )  # fmt: skip

    def _letters(self, code: str) -> Colour:
        ground = self.drawing.ground
        return INK if self.drawing.is_cells else readable_on(ground.scale.colour(ground.values.get(code)))


def _words(brush: ImageDraw.ImageDraw, title: str, sentence: str, foot: str) -> None:
    brush.text((MARGIN, 44), _spelt(title), fill=SOFT, font=_font(30))
    size, step, lines = fitting(_spelt(sentence), WIDTH - 2 * MARGIN)
    for number, line in enumerate(lines):
        brush.text((MARGIN, 96 + step * number), line, fill=INK, font=_font(size))
    brush.text((MARGIN, HEIGHT - 52), foot, fill=SOFT, font=_font(20))


def _legend(brush: ImageDraw.ImageDraw, entries: Sequence[tuple[str, str, str]]) -> None:
    x, y = MARGIN, HEIGHT - 150
    for colour, limits, count in entries:
        text = _spelt(f"{limits}　{count}")
        width = brush.textlength(text, _font(22))
        if x + width + 60 > WIDTH - MARGIN:
            x, y = MARGIN, y + 44
        brush.rounded_rectangle((x, y, x + 28, y + 28), 5, fill=_colour(colour), outline=rgb(theme.RULE))
        brush.text((x + 40, y + 14), text, fill=INK, font=_font(22), anchor="lm")
        x += int(width) + 84


def _colour(css: str) -> Colour:
    if css.startswith("#"):
        return rgb(css)
    r, g, b = (int(part) for part in css.removeprefix("rgb(").removesuffix(")").split(","))
    return r, g, b


@cache
def _font(size: int, times: int = 1) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size * times)


def _spelt(text: str) -> str:
    """Without the signs the papers' font lacks."""
    return text.replace("㎡", "平方米").replace("km²", "平方公里")


def fitting(text: str, width: int) -> tuple[int, int, list[str]]:
    """The largest letters in which the whole text has room: their size, the height of a line, the lines.

    A text too long for the smallest ends with where the rest stands.
    """
    for size, step, most in SIZES:
        lines = _lines(text, _font(size), width)
        if len(lines) <= most:
            return size, step, lines
    size, step, most = SIZES[-1]
    font, last = _font(size), ""
    for letter in "".join(_lines(text, font, width)[most - 1 :]):
        if font.getlength(last + letter + CUT) > width:
            break
        last += letter
    return size, step, [*_lines(text, font, width)[: most - 1], last + CUT]


def _lines(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Chinese may break anywhere but before a mark."""
    lines, line = [], ""
    for letter in text:
        if line and font.getlength(line + letter) > width and letter not in "，。；、）":
            lines.append(line)
            line = ""
        line += letter
    return [*lines, line]


__all__ = ["fitting", "png"]
