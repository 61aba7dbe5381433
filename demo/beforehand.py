"""What all processes of the build have in common, read once by the one they are forked from (`manage_base._read_ahead`).

Nothing of it is ever thrown away, so the collector of none of them looks through it again,
and they go on sharing its memory.
"""

from __future__ import annotations

import gc

gc.disable()

import catalog  # noqa: E402  (read without the collector)
import demo.ahead  # noqa: E402
import demo.delivering  # noqa: E402

catalog.default()
gc.freeze()
gc.enable()

__all__ = ["catalog", "demo"]
