"""大屏预览: what the wall shows now and what its figures are: from when, how old, which are hidden."""

from data_access.clock import now
from pages._shared import wall
from pages._shared.principal import principal
from reports import wall_now as words
from ui import frames
from ui.pieces import browser, layout, states, tabular, text
from ui.registry import Page

PAGE = Page(
    path="wall-preview",
    title="大屏预览",
    icon=":material/preview:",
    roles=("guide", "office"),
    order=20,
)


def render() -> None:
    at = now()
    found = words.ask(principal(), wall.address(), at)
    snapshot = words.snapshot(principal(), wall.snapshot_file())
    with layout.together():
        text.title(PAGE.title)
        text.headline(words.sentence(found))
        if found is None:
            states.notice("attention", "大屏没有应答", words.UNREACHABLE)
        else:
            text.facts(words.facts(found))
            text.sentence(words.BELOW)
    if found is not None:
        browser.framed(wall.PICTURE, wall.PICTURE_HEIGHT)
    if snapshot is None:
        states.empty(
            "还没有大屏数据快照", "后台任务每 3 秒核对一次数据，有数据后写出快照，大屏和本页随之显示。"
        )
        return
    with layout.together():
        text.heading("大屏上的数字")
        text.sentence(words.snapshot_sentence(snapshot, at))
        tabular.folded_table(frames.of(words.part_rows(snapshot, at), words.PART_COLUMNS), "各部分的时间")
        tabular.folded_table(frames.of(words.shown_rows(snapshot, at), words.SHOWN_COLUMNS), "各场景的数字")
