"""How things stand is said, also where there is nothing to say."""

from __future__ import annotations

from tests.ui.running import run


def test_nothing_to_attend_to_is_said():
    """An empty column would leave the leader wondering whether it had loaded."""

    def script():
        from ui.pieces import states

        states.attention([])

    assert "没有需要您关注" in run(script).get("html")[0].proto.body  # type: ignore[attr-defined]
