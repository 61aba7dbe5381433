"""The product's script, compiled once a process, as Streamlit itself does."""

from pathlib import Path
from typing import Any

_FILE = Path(__file__).resolve().parents[2] / "web" / "main.py"
CODE = compile(_FILE.read_text(encoding="utf-8"), str(_FILE), "exec")


def names() -> dict[str, Any]:
    """What a script finds when it begins."""
    return {"__name__": "__main__", "__file__": str(_FILE)}
