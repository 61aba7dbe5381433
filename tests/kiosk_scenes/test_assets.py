"""What the browser loads: everything from the wall's own host, small enough, under names that hold the content's hash."""

from __future__ import annotations

import gzip
import hashlib
import re

from kiosk import assets

FIRST_LOAD = 4_000_000
"""Bytes on the line, everything that a wall needs."""


def test_the_first_load_is_below_four_megabytes():
    """deck.gl and the common characters included; rare characters come only when a name has one."""
    made = assets.load()
    needed = [asset for name, asset in made.files.items() if "-rare." not in name]

    assert sum(a.sent for a in needed) + made.page.sent + made.worker.sent < FIRST_LOAD


def test_names_hold_their_contents_hash_and_every_reference_leads_somewhere():
    made = assets.load()
    for name, asset in made.files.items():
        assert name.split(".")[-2] == hashlib.sha256(asset.body).hexdigest()[:12]
        if asset.packed is not None:
            assert gzip.decompress(asset.packed) == asset.body
    texts = [a for n, a in made.files.items() if n.endswith((".js", ".css")) and not n.startswith("deck.")]
    named = {
        address
        for asset in (*texts, made.page, made.worker)
        for address in re.findall(r"/kiosk/assets/([a-z0-9._-]+)", asset.body.decode())
    }
    assert named - {""} == set(made.files)


def test_a_page_of_another_build_is_noticed():
    """`data-build` in the page, the worker's store and the server's state are one and the same."""
    made = assets.load()

    assert f'data-build="{made.build}"' in made.page.body.decode()
    assert made.build in made.worker.body.decode()


def test_nothing_of_ours_is_inline_evaluated_or_foreign():
    made = assets.load()
    page = made.page.body.decode()

    assert "unsafe" not in assets.POLICY and "http" not in assets.POLICY
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=", page)
    for name, asset in made.files.items():
        if name.endswith(".js") and not name.startswith("deck."):
            text = asset.body.decode()
            assert not re.search(
                r"innerHTML|insertAdjacentHTML|outerHTML|document\.write|\beval\b|new Function", text
            ), name
            assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text), name


def test_colours_come_from_the_theme():
    for name, asset in assets.load().files.items():
        if name.endswith(".css") and not name.startswith("theme."):
            assert not re.search(
                r"#[0-9a-fA-F]{3,8}\b(?![-\w(])",
                re.sub(r"url\(#[\w-]+\)|#[a-z][\w-]*\s*[\[{,.:>]", "", asset.body.decode()),
            ), name
