"""Every night: is the audit whole, its end outside the database, its oldest entries past their time?"""

from __future__ import annotations

from pathlib import Path

from data_access.audit import CannotCut, HeadsUnreadable, cut_old, keep_head, verified
from data_access.principal import SYSTEM
from data_access.settings import settings
from jobs.base import Context, JobFailed


def run(context: Context, folder: Path | None = None) -> str:
    """A broken chain gets no new head: the file keeps what was true before.

    Args:
        folder: where the heads are kept; `[storage] folder` if None.
    """
    folder = folder or settings().storage.folder
    context.check_lease()
    try:
        verdict = verified(SYSTEM, context.engine, folder, context.now)
        if verdict.broken is not None:
            raise JobFailed(f"{verdict.sentence}请立即报告局办公室。")
        head = keep_head(SYSTEM, context.engine, folder, context.now)
        cut = cut_old(SYSTEM, context.engine, folder, context.now, settings().accounts.audit_days)
    except (CannotCut, HeadsUnreadable) as error:
        raise JobFailed(str(error)) from None
    return f"{verdict.sentence}第 {head.number} 条已在库外存证" + (f"，清理到期 {cut} 条" if cut else "")
