"""What every answer tells the browser: which content it may use, and that it must not guess or frame."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import MutableHeaders

from web import ways
from web.document import script_hashes

FORM_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
"""For the pages without a script: login, password, application."""


def page_policy() -> str:
    """Everything from this host; inline scripts only those of Streamlit's own page; no `unsafe-eval`."""
    scripts = " ".join(f"'sha256-{digest}'" for digest in script_hashes())
    return (
        f"default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


class SafeHeaders:
    """Adds them to the start of an answer."""

    def __init__(self, forms: Collection[str], tls: bool) -> None:
        """
        Args:
            forms: paths that are served without any script.
            tls: whether browsers reach this server over HTTPS only.
        """
        self._page = page_policy()
        self._forms = frozenset(forms)
        self._tls = tls

    def add(self, headers: MutableHeaders, path: str) -> None:
        if self._tls:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if ways.is_wall(path) and "Content-Security-Policy" in headers:
            return  # the wall says its own, which is narrower, the same in the product as alone
        headers["Content-Security-Policy"] = FORM_POLICY if path in self._forms else self._page
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if path.startswith("/app/static/"):
            del headers["Access-Control-Allow-Origin"]
            headers["Cache-Control"] = "public, max-age=604800"
        elif path.startswith("/media/") or path in self._forms:
            headers["Cache-Control"] = "no-store"  # an export must not stay in a shared computer's cache
