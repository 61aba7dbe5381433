"""`/export/PAGE/TABLE.csv` and `.xlsx`: a page's table as a file, for whoever may open the page."""

from __future__ import annotations

from itertools import islice
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from data_access import engine as database
from data_access.clock import now
from data_access.commands.exporting import record_export
from data_access.principal import Forbidden, Principal
from data_access.settings import settings
from data_access.versions import data_versions
from pages._shared import downloads
from pages._shared.numbers import Reading
from pages._shared.tables import PREFIX, Refused, Table
from ui import files
from web import forms
from web.discovery import pages

LONGEST, MOST_FILTERS = 200, 20
NO_SUCH_TABLE = "没有这张表。请回到页面，从“下载”处重新点选。"
NOT_YOURS = "您的账号不能打开这一页，所以也不能下载它的表。"


async def export(request: Request) -> Response:
    known = forms.known(request)
    assert known is not None, "the gate lets nobody else in"
    who = known.session.principal
    path, name, ending = (request.path_params[key] for key in ("page", "table", "ending"))
    entry = next((e for e in pages() if e.page.path == path), None)
    table = entry.tables.get(name) if entry else None
    if entry is None or table is None or ending not in downloads.TYPES:
        return PlainTextResponse(NO_SUCH_TABLE, status_code=404)
    if who.role not in entry.page.roles:
        return PlainTextResponse(NOT_YOURS, status_code=403)
    query = dict(request.query_params)
    try:
        content = await run_in_threadpool(_written, who, table, query, ending)
    except Refused as refused:
        return PlainTextResponse(str(refused), status_code=400)
    except Forbidden as refused:  # a district or a venue outside the asker's scope
        return PlainTextResponse(str(refused), status_code=403)
    file_name = downloads.unique(f"{files.file_stem(table.name)}.{ending}", who.account)
    return Response(
        content,
        media_type=downloads.TYPES[ending],
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file_name)}",
            "Cache-Control": "no-store",
        },
    )


def _written(who: Principal, table: Table, query: dict[str, str], ending: str) -> bytes:
    made = database.engine(settings().database.url)
    with database.reading(made) as connection:
        frame = table.load(
            Reading(settings().database.url, who, connection, data_versions(who, connection)), query
        )
    content = files.to_csv(frame) if ending == "csv" else files.to_xlsx(frame, table.name)
    record_export(
        made,
        who,
        f"{files.file_stem(table.name)}.{ending}",
        at=now(),
        detail={"filters": _kept(query)} if query else None,
    )
    return content


def _kept(query: dict[str, str]) -> dict[str, str]:
    """The filters as the audit keeps them: an address may be long, an entry that stays for ever may not."""
    return {name[:LONGEST]: value[:LONGEST] for name, value in islice(query.items(), MOST_FILTERS)}


routes: list[BaseRoute] = [Route(f"{PREFIX}/{{page}}/{{table}}.{{ending}}", export)]
