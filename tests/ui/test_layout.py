"""What stands together is sent together."""

from __future__ import annotations

import re

from tests.ui.running import run


def test_text_and_pictures_gathered_go_as_one_message():
    """Each message costs a rerun, and what is gathered keeps its order."""

    def script():
        from ui.pieces import layout, states, text

        with layout.together():
            text.headline("先")
            layout.two_sides(lambda: text.heading("左"), lambda: text.heading("右"))
            states.notice("good", "", "后")

    (sent,) = run(script).get("html")

    assert re.findall("[先左右后]", sent.proto.body) == ["先", "左", "右", "后"]  # type: ignore[attr-defined]
