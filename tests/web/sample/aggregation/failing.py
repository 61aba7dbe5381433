"""A page that fails with a message nobody may see."""

from ui.registry import ALL_ROLES, Page

PAGE = Page(path="failing", title="样例出错", icon=":material/error:", roles=ALL_ROLES, order=30)


def render() -> None:
    raise RuntimeError("postgresql://center:geheim@db/center")
