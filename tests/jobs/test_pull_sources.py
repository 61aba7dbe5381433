"""The pull as a job: what came, in one sentence, and the sender's workbook back."""

import datetime as dt
import io

import openpyxl

from catalog import sources
from data_access.engine import BEIJING
from jobs import pull_sources
from jobs.base import Context
from reports.marking.styles import MARK
from tests.helpers.files import make_csv
from tests.helpers.rows import valid_rows

NOW = dt.datetime(2026, 10, 9, 12, tzinfo=BEIJING)


def test_a_faulty_file_gets_its_marked_workbook_beside_its_receipt(made, tmp_path):
    """Who drops files into a folder sees no page: all they get to act on lies in the folder."""
    rows = valid_rows("mass_sport_event", 3)
    rows[1]["event_level"] = "省级"
    name = "mass_sport_event__500101__2026-09"
    make_csv(tmp_path / f"{name}.csv", "mass_sport_event", rows)
    inbox = sources.default()["inbox"].model_copy(
        update={"address": str(tmp_path), "address_env": None, "settle_seconds": 0}
    )
    said = pull_sources.run(Context(made, NOW), inbox)
    (marked,) = (tmp_path / "done").glob("*.xlsx")
    (receipt,) = (p.name.split("_")[0] for p in (tmp_path / "done").glob("*.csv"))
    book = openpyxl.load_workbook(io.BytesIO(marked.read_bytes()))

    assert said == "1 批，入库 2 行，退回 1 行，重复 0 行"
    assert marked.name == f"{receipt}_{name}（需修改）.xlsx"
    assert book["数据"]["B3"].fill.fgColor.rgb == MARK
