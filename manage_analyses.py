"""The verb `analyse` of manage.py: the analyses of venues computed now instead of at the worker's next hour."""

from __future__ import annotations

import argparse
from typing import Any

from manage_common import Opener


def add_options(made: argparse.ArgumentParser) -> None:
    made.add_argument("--force", action="store_true", help="场地数据没有变化也重新计算")


def analyse(arguments: argparse.Namespace, opened: Opener) -> dict[str, Any]:
    """Location faults, service radius, opening duty; nothing is computed if no register has changed."""
    from data_access.clock import now
    from data_access.principal import OPERATOR
    from metrics.venues.refresh import refresh

    made = refresh(opened(arguments), OPERATOR, at=now(), is_forced=arguments.force)
    said = f"已重新计算场地分析 {len(made)} 项。" if made else "场地数据没有变化，分析结果仍然有效。"
    return {"computed": made, "message": said}
