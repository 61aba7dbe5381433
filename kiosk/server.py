"""The routes under /kiosk/: page, assets, service worker, snapshot, event stream, command, beat, health.

The same routes are served by the product (`app.py`, behind its gate) and alone
(`python -m kiosk`, behind `Door`). Every answer is made of the snapshot, the assets or
fixed sentences; none of an exception, a path or an address.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from kiosk import commands
from kiosk.assets import POLICY, Asset, Assets
from kiosk.commands import CommandRefused, Replayed, Unauthorized
from kiosk.hub import Hub
from kiosk.producer import ms
from kiosk.proof import MOST_BYTES, BeatRefused
from kiosk.settings import WallSettings

PREFIX = "/kiosk/"
YEAR_S = 365 * 24 * 3600
SAFE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), payment=()",
}
"""On every answer of the wall, in the product as alone."""
Handler = Callable[[Request], Awaitable[Response]]

log = structlog.get_logger()


def routes(hub: Hub, assets: Callable[[], Assets]) -> list[BaseRoute]:
    """All routes of one wall process.

    Args:
        assets: loads them, once; it may take a second.
    """
    wall = _Wall(hub, assets)
    answers: list[tuple[str, Handler, list[str]]] = [
        ("", wall.page, ["GET"]),
        ("sw.js", wall.worker, ["GET"]),
        ("assets/{name}", wall.asset, ["GET"]),
        ("snapshot", wall.snapshot, ["GET"]),
        ("events", wall.events, ["GET"]),
        ("healthz", wall.healthz, ["GET"]),
        ("command", wall.command, ["POST"]),
        ("beat", wall.beat, ["POST"]),
    ]
    return [Route(PREFIX + path, _safely(answer), methods=methods) for path, answer, methods in answers]


def _safely(answer: Handler) -> Handler:
    """No query, our headers on everything, and a fixed sentence where the program fails."""

    async def safe(request: Request) -> Response:
        if request.scope.get("query_string"):
            response = _said(400, "大屏的地址不带参数。")
        else:
            try:
                response = await answer(request)
            except ClientDisconnect:
                response = Response(status_code=400)
            except Exception as error:
                log.exception("wall_answer_failed", path=request.url.path[:80], error=type(error).__name__)
                response = _said(500, "大屏暂时不能应答。")
        for name, value in SAFE_HEADERS.items():
            response.headers[name] = value
        return response

    return safe


def _said(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status_code=status, headers={"Cache-Control": "no-store"})


class _Wall:
    """The answers."""

    def __init__(self, hub: Hub, assets: Callable[[], Assets]) -> None:
        self._hub = hub
        self._load = assets

    async def page(self, request: Request) -> Response:
        return _file(request, (await asyncio.to_thread(self._load)).page, "no-cache")

    async def worker(self, request: Request) -> Response:
        return _file(request, (await asyncio.to_thread(self._load)).worker, "no-cache")

    async def asset(self, request: Request) -> Response:
        found = (await asyncio.to_thread(self._load)).files.get(request.path_params["name"])
        if found is None:
            return _said(404, "没有这个文件。")
        return _file(request, found, f"public, max-age={YEAR_S}, immutable")

    async def snapshot(self, request: Request) -> Response:
        picture = self._hub.producer.picture
        if picture is None:
            return _said(503, "还没有可以显示的数据。")
        packs = _takes_gzip(request.headers)
        headers = {
            "ETag": f'"{picture.version}"',
            "Cache-Control": "no-cache",
            "Vary": "Accept-Encoding",
            **({"Content-Encoding": "gzip"} if packs else {}),
        }
        if _has(request.headers, headers["ETag"]):
            headers.pop("Content-Encoding", None)
            return Response(status_code=304, headers=headers)
        return Response(
            picture.packed if packs else picture.whole, media_type="application/json", headers=headers
        )

    async def events(self, request: Request) -> Response:
        if not self._hub.has_room():
            return _said(503, "大屏暂时不能应答。")
        packs = _takes_gzip(request.headers)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Vary": "Accept-Encoding"}
        if packs:
            headers["Content-Encoding"] = "gzip"
        stream = self._hub.stream(packed=packs)
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    async def healthz(self, request: Request) -> Response:
        return JSONResponse(self._hub.health(), headers={"Cache-Control": "no-store"})

    async def command(self, request: Request) -> Response:
        body = await _body(request, commands.MOST_BYTES)
        if body is None:
            return _said(413, "指令过长。")
        given = request.headers.get(commands.SIGNATURE)
        try:
            command = self._hub.verifier.verified(given, body, ms(self._hub.now()))
            answer = self._hub.obey(command)
        except Unauthorized as error:
            log.warning("wall_command_refused", reason="signature")
            return _said(401, str(error))
        except Replayed as error:
            log.warning("wall_command_refused", reason="replayed")
            return _said(403, str(error))
        except CommandRefused as error:
            return _said(400, str(error))
        log.info("wall_command", kind=command.kind, scene=command.scene)
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    async def beat(self, request: Request) -> Response:
        body = await _body(request, MOST_BYTES)
        if body is None:
            return _said(413, "心跳过长。")
        try:
            await asyncio.to_thread(self._hub.book.record, body, self._hub.now())
        except BeatRefused:
            return _said(400, "不是有效的心跳。")
        except OSError as error:
            log.error("wall_beat_not_kept", error=type(error).__name__)
        return Response(status_code=204)


def _file(request: Request, asset: Asset, cache: str) -> Response:
    packs = asset.packed is not None and _takes_gzip(request.headers)
    headers = {"ETag": asset.etag, "Cache-Control": cache, "Vary": "Accept-Encoding"}
    if _has(request.headers, asset.etag):
        return Response(status_code=304, headers=headers)
    if packs:
        headers["Content-Encoding"] = "gzip"
    body = asset.packed if packs and asset.packed is not None else asset.body
    return Response(body, headers={**headers, "Content-Type": asset.media_type})


def _has(headers: Headers, etag: str) -> bool:
    """Whether the browser has this version already."""
    given = [part.strip().removeprefix("W/") for part in headers.get("if-none-match", "").split(",")]
    return etag in given


def _takes_gzip(headers: Headers) -> bool:
    for part in headers.get("accept-encoding", "").lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() == "gzip":
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


async def _body(request: Request, most: int) -> bytes | None:
    """The body, None where it is longer than `most` bytes: nobody makes us hold more."""
    found = b""
    async for part in request.stream():
        found += part
        if len(found) > most:
            return None
    return found


class Door:
    """ASGI middleware of the wall alone: only from its addresses, only by its names."""

    def __init__(self, app: ASGIApp, settings: WallSettings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (refused := refusal(scope, self.settings)):
            log.warning("wall_refused", reason=refused)
            response = _said(403, "这个地址不能观看大屏。请联系局办公室。")
            response.headers.update(SAFE_HEADERS)
            await response(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        await self.app(scope, receive, send)


def refusal(scope: Scope, settings: WallSettings) -> str | None:
    """Why a request is not let in: address, host or origin; None when it is."""
    client = scope.get("client")
    if not settings.admits(client[0] if client else None):
        return "address"
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    if len(hosts) != 1 or _name(hosts[0]) not in settings.hosts:
        return "host"
    if any(origin.partition("://")[2].lower() != hosts[0].lower() for origin in headers.getlist("origin")):
        return "origin"
    return None


def _name(netloc: str) -> str:
    """Host without its port, of ``[::1]:8502`` too."""
    text = netloc.lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0]
