"""大屏预览: what the wall shows now and what its figures are: from when, how old, which are hidden."""

from data_access.clock import now
from pages._shared import wall
from pages._shared.principal import principal
from reports import wall_now as words
from ui import frames, widgets
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
    with widgets.together():
        widgets.title(PAGE.title)
        widgets.headline(words.sentence(found))
        if found is None:
            widgets.notice("attention", "大屏没有应答", words.UNREACHABLE)
        else:
            widgets.facts(words.facts(found))
            widgets.sentence(words.BELOW)
    if found is not None:
        widgets.framed(wall.PICTURE, wall.PICTURE_HEIGHT)
    if snapshot is None:
        widgets.empty(
            "还没有大屏数据快照", "后台任务每 3 秒核对一次数据，有数据后写出快照，大屏和本页随之显示。"
        )
        return
    with widgets.together():
        widgets.heading("大屏上的数字")
        widgets.sentence(words.snapshot_sentence(snapshot, at))
        widgets.folded_table(frames.of(words.part_rows(snapshot, at), words.PART_COLUMNS), "各部分的时间")
        widgets.folded_table(frames.of(words.shown_rows(snapshot, at), words.SHOWN_COLUMNS), "各场景的数字")
