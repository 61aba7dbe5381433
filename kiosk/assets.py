"""What the wall's browser loads: every file under a name that holds its content's hash, compressed once.

deck.gl comes out of the installed pydeck, Noto Sans SC out of `web/static/fonts`, the
boundaries out of `geo/`, the colours out of `ui.theme`; nothing is fetched from
anywhere else. An address never changes its content, so browsers and the service worker
keep it for ever; `Assets.build` tells a wall that a newer one is there.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kiosk import geometry
from ui import theme

ADDRESS = "/kiosk/assets/"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
"""The wall's Content-Security-Policy: everything from its own host, nothing inline, nothing evaluated.

`frame-ancestors 'self'`: the preview page shows the wall inside the product.
"""

_STATIC = Path(__file__).resolve().parent / "static"
_FONTS = _STATIC.parents[1] / "web" / "static" / "fonts"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}
_REFERENCE = re.compile(rb"""(?<=["'(])\./([a-z0-9_-]+\.[a-z0-9]+)(?=["')])""")
"""How our files name each other: ``"./clock.js"``, ``url(./noto-sans-sc.woff2)``; file names are unique."""
_PAGE, _WORKER = "wall.html", "sw.js"


@dataclass(frozen=True)
class Asset:
    """One file. `packed`: the same, gzipped, or None where that does not help (fonts)."""

    body: bytes
    packed: bytes | None
    media_type: str
    etag: str

    @property
    def sent(self) -> int:
        """Bytes on the line."""
        return len(self.packed or self.body)


@dataclass(frozen=True)
class Assets:
    """`files` by the last part of their address; the page and the service worker have fixed addresses."""

    page: Asset
    worker: Asset
    files: dict[str, Asset]
    build: str


def _deck() -> bytes:
    """deck.gl as pydeck ships it (global `deck`); without its source map, which would be asked for."""
    found = importlib.util.find_spec("pydeck")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("pydeck is not installed: run `make run` or install requirements.txt")
    script = Path(found.submodule_search_locations[0]) / "nbextension" / "static" / "index.js"
    return re.sub(rb"\n//# sourceMappingURL=\S+\s*$", b"\n", script.read_bytes())


def _sources() -> dict[str, bytes]:
    """Every file by its plain name."""
    own = [p for p in sorted(_STATIC.rglob("*")) if p.suffix in _TYPES]
    sources = {path.name: path.read_bytes() for path in own}
    if len(sources) != len(own):
        raise ValueError("two files of kiosk/static have one name; names must be unique")
    for name in ("noto-sans-sc.woff2", "noto-sans-sc-rare.woff2"):
        sources[name] = (_FONTS / name).read_bytes()
    sources["deck.js"] = _deck()
    sources["theme.css"] = theme.wall_variables().encode()
    sources["rivers.json"] = geometry.rivers()
    for edition in geometry.EDITIONS:
        sources[f"districts-{edition}.json"] = geometry.districts(edition)
    return sources


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:12]


def _asset(name: str, body: bytes) -> Asset:
    packed = gzip.compress(body, 6, mtime=0) if not name.endswith(".woff2") else None
    if packed is not None and len(packed) > 0.9 * len(body):
        packed = None
    return Asset(body, packed, _TYPES[Path(name).suffix], f'"{_hash(body)}"')


class _Naming:
    """Replaces references by hashed addresses; a file is named after those it refers to."""

    def __init__(self, sources: dict[str, bytes]) -> None:
        self._sources = sources
        self._addresses: dict[str, str] = {}
        self._open: list[str] = []
        self.files: dict[str, Asset] = {}

    def written(self, name: str) -> bytes:
        """The file's content with the addresses of the files it names."""
        if name in ("deck.js",) or name.endswith((".woff2", ".json")):
            return self._sources[name]
        return _REFERENCE.sub(lambda m: self.address(m[1].decode()).encode(), self._sources[name])

    def address(self, name: str) -> str:
        if name in self._addresses:
            return self._addresses[name]
        if name not in self._sources:
            raise FileNotFoundError(f"kiosk/static: {self._open[-1:]} names {name}, which does not exist")
        if name in self._open:
            raise ValueError(f"kiosk/static: {' → '.join([*self._open, name])} is a circle of references")
        self._open.append(name)
        body = self.written(name)
        self._open.pop()
        stem, _, suffix = name.rpartition(".")
        hashed = f"{stem}.{_hash(body)}.{suffix}"
        self.files[hashed] = _asset(name, body)
        self._addresses[name] = ADDRESS + hashed
        return self._addresses[name]


@cache
def load() -> Assets:
    """All files, read and compressed once a process (about a second)."""
    naming = _Naming(_sources())
    page = naming.written(_PAGE)
    build = _hash(page + b"".join(sorted(name.encode() for name in naming.files)))
    page = page.replace(b"{{build}}", build.encode())
    listed = "\n".join(f'  "{ADDRESS}{name}",' for name in naming.files if "-rare." not in name)
    worker = naming.written(_WORKER).replace(b"{{build}}", build.encode())
    worker = worker.replace(b'  "{{files}}",', listed.encode())
    return Assets(_asset(_PAGE, page), _asset(_WORKER, worker), naming.files, build)
