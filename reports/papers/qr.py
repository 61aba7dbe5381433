"""QR codes of addresses: level M survives a fold and a stamp; nothing is fetched to draw one."""

from __future__ import annotations

import io

import segno

BORDER = 2
"""Modules of quiet zone; the paper around it is white."""


def qr_svg(address: str) -> str:
    """For the PDF: one path, sharp at any size."""
    target = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        target, kind="svg", border=BORDER, scale=4, xmldecl=False, svgns=True, unit="px"
    )
    return target.getvalue().decode()


def qr_png(address: str) -> bytes:
    """For the docx and the screen."""
    target = io.BytesIO()
    segno.make(address, error="m", micro=False).save(target, kind="png", border=BORDER, scale=8)
    return target.getvalue()
