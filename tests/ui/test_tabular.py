"""Tables as people read them."""

from __future__ import annotations

import json

from tests.ui.running import run


def test_counts_in_a_table_have_separators_and_stay_numbers():
    def script():
        import pandas as pd

        from ui.pieces import tabular

        frame = pd.DataFrame({"类别": ["裁判员"], "年度": [2026], "记录数": [1387104]})
        tabular.table(frame, counts=("记录数",))

    (table,) = run(script).dataframe
    columns = json.loads(table.proto.columns)

    assert columns["记录数"]["type_config"] == {"type": "number", "format": "%,d"}
    assert "年度" not in columns and list(table.value["记录数"]) == [1387104]
