"""A page that draws nothing: what remains is the door, the navigation and the choice of who asks."""

from ui.registry import ALL_ROLES, Page

PAGE = Page(path="bench-empty", title="空白", icon=":material/circle:", roles=ALL_ROLES, order=999)


def render() -> None:
    return
