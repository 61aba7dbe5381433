"""Who asks. The first argument of every read and write of `data_access`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import catalog

Role = Literal["leader", "office", "department", "district", "affiliated", "operations", "guide"]
ROLE_NAMES: dict[str, str] = {
    "leader": "局领导",
    "office": "局办公室",
    "department": "处室",
    "district": "区县",
    "affiliated": "直属单位",
    "operations": "运维团队",
    "guide": "讲解员",
}


class Forbidden(Exception):
    """The principal may not do this; the message is for the screen."""


@dataclass(frozen=True)
class Principal:
    """A person in a role for a unit (`catalog.Catalog.units`; ``operations`` for the team).

    `account` (login name) and `address` (of the peer) say in the audit who it was and
    from where. They decide nothing, so principals that differ in them only are equal.
    """

    role: Role
    unit: str
    name: str
    account: str = field(default="", compare=False)
    address: str = field(default="", compare=False)

    @property
    def scope(self) -> str:
        """What decides which rows are seen: principals of one scope see the same figures."""
        if self.role in ("department", "district", "affiliated"):
            return f"{self.role}:{self.unit}"
        return self.role

    @property
    def sees_all_units(self) -> bool:
        return self.role in ("leader", "office", "operations")

    def may_read_category(self, category: catalog.Category) -> bool:
        """Rows of a category: a department sees its own; minors' records only owner and office."""
        if category.contains_minors and self.role != "office":
            return self.role == "department" and self.unit == category.department
        if self.role == "department":
            return self.unit == category.department
        return self.role != "guide"

    def require(self, *roles: Role) -> None:
        """Refuse everybody but `roles`."""
        if self.role not in roles:
            names = "、".join(ROLE_NAMES[r] for r in roles)
            raise Forbidden(f"这项操作由{names}办理，您的身份是{ROLE_NAMES[self.role]}。请联系{names}。")


OPERATOR = Principal("operations", "operations", "命令行")
"""Who a command on the server's own shell acts as, unless it says otherwise."""

OFFICE = Principal("office", "office", "局办公室")

SYSTEM = Principal("operations", "operations", "系统")
"""What the product does by itself or before anybody is known: the gate, a login, the worker's jobs."""
