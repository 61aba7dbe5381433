"""The wall's page with what the contract says a server sends, fed from a test: no playlist, no file, no hours."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from kiosk import assets
from kiosk.scenes import all_scenes, payload
from kiosk.snapshot import Snapshot
from tests.kiosk_scenes import sample

ORDER = ("overview", "facilities", "live", "fitness", "competition", "flow", "industry", "occasion")


def _file(request: Request, asset: assets.Asset, *, forever: bool) -> Response:
    headers = {
        "Content-Security-Policy": assets.POLICY,
        "Cache-Control": "public, max-age=31536000, immutable" if forever else "no-cache",
        "ETag": asset.etag,
    }
    body = asset.body
    if asset.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        body, headers["Content-Encoding"] = asset.packed, "gzip"
    return Response(body, media_type=asset.media_type, headers=headers)


class Wall:
    """One wall's server in a thread: `put` a snapshot, set `state`, read `beats` and `asked`."""

    def __init__(
        self, snapshot: Snapshot | None = None, order: tuple[str, ...] = ORDER, port: int = 0
    ) -> None:
        self.files = assets.load()
        self.scenes: dict[str, Any] = {}
        self.version = 0
        self.beats: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.state: dict[str, Any] = {
            "mode": "lit", "sequence": 0, "anchor_ms": 0, "pinned": None, "paused": False, "message": None,
            "emergency": None, "welcome": None, "spotlight": None, "stale": False, "build": self.files.build,
            "order": [{"key": key, "seconds": 20} for key in order],
        }  # fmt: skip
        self.rhythm = 1.0
        self.behind_ms = 0
        """How far the server's clock goes behind the machine's."""
        self.put(snapshot if snapshot is not None else sample.full())
        self._listener = socket.create_server(("127.0.0.1", port))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}/kiosk/"
        routes = [
            Route("/kiosk/", self._page), Route("/kiosk/sw.js", self._worker), Route("/kiosk/assets/{name}", self._asset),
            Route("/kiosk/snapshot", self._snapshot), Route("/kiosk/events", self._events),
            Route("/kiosk/beat", self._beat, methods=["POST"]),
        ]  # fmt: skip
        config = uvicorn.Config(
            Starlette(routes=routes),
            log_level="error",
            timeout_graceful_shutdown=1,
            lifespan="off",
            ws="none",
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._listener]}, daemon=True
        )
        self._thread.start()

    def put(self, snapshot: Snapshot) -> None:
        """A new snapshot: every wall is sent the scenes that have changed."""
        made = {key: payload(loaded, snapshot, snapshot.written_at) for key, loaded in all_scenes().items()}
        self.version += 1
        self.scenes = made
        self.state["written_at_ms"] = int(snapshot.written_at.timestamp() * 1000)

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._listener.close()

    def __enter__(self) -> Wall:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _page(self, request: Request) -> Response:
        return _file(request, self.files.page, forever=False)

    async def _worker(self, request: Request) -> Response:
        return _file(request, self.files.worker, forever=False)

    async def _asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        self.asked.append(name)
        asset = self.files.files.get(name)
        return _file(request, asset, forever=True) if asset else Response(status_code=404)

    async def _snapshot(self, _: Request) -> Response:
        body = {"version": self.version, "written_at_ms": self.state["written_at_ms"], "scenes": self.scenes}
        digest = hashlib.sha256(json.dumps(body).encode()).hexdigest()[:16]
        return JSONResponse(body, headers={"ETag": f'"{digest}"', "Cache-Control": "no-store"})

    async def _beat(self, request: Request) -> Response:
        self.beats.append(await request.json())
        return Response(status_code=204)

    async def _events(self, request: Request) -> Response:
        async def stream() -> AsyncIterator[str]:
            sent: dict[str, Any] = self.scenes
            version, said = self.version, ""
            last = 0.0
            while not self._server.should_exit and not await request.is_disconnected():
                now = json.dumps(self.state)
                if now != said or time.monotonic() - last > self.rhythm:
                    said, last = now, time.monotonic()
                    state = {
                        **self.state,
                        "now_ms": int(time.time() * 1000) - self.behind_ms,
                        "version": self.version,
                    }
                    yield f"event: state\ndata: {json.dumps(state)}\n\n"
                if version != self.version:
                    changed = {k: v for k, v in self.scenes.items() if v != sent.get(k)}
                    version, sent = self.version, self.scenes
                    body = {
                        "version": version,
                        "written_at_ms": self.state["written_at_ms"],
                        "scenes": changed,
                    }
                    yield f"event: data\ndata: {json.dumps(body)}\n\n"
                await asyncio.sleep(0.02)

        return StreamingResponse(
            stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )
