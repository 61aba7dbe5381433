"""A person's data are masked until somebody of the office says in writing why he must see them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

import catalog
from data_access.account_tables import audit_entry
from data_access.commands.unmasking import ReasonMissing, unmask
from data_access.engine import engine, reading
from data_access.principal import OFFICE, Forbidden
from data_access.queries.records import records
from tests.delivery.histories import content, send
from tests.helpers.rows import RECEIVED_ON, valid_rows
from tests.pages.opening import OFFICE as SOMEBODY_OF_THE_OFFICE, on_base, open_page, words
from tests.visibility.roles import AT, EVERYBODY

__all__ = ["on_base"]
REFEREE = catalog.default().category_by_code["referee"]
CLERK = replace(OFFICE, account="wangfang", name="王芳", address="10.0.0.7")
ROWS = valid_rows("referee", 2)


def first(made: Engine) -> dict[str, object]:
    with reading(made) as connection:
        return records(CLERK, connection, REFEREE).records[0]


def unmasked_entries(made: Engine) -> list[dict[str, object]]:
    with reading(made) as connection:
        rows = connection.execute(select(audit_entry).where(audit_entry.c.action == "data.unmask"))
        return [dict(row._mapping) for row in rows]


def test_one_record_is_shown_for_a_reason_that_is_written_down_with_it(made: Engine) -> None:
    """The entry says who, when, from where, which record and why, and repeats nothing of the person."""
    send(made, "referee", ROWS)
    masked = first(made)

    shown = unmask(made, CLERK, REFEREE, masked, reason=" 核对证书编号 ", at=AT)

    assert masked["name"] != shown["name"] == ROWS[0]["name"]
    (entry,) = unmasked_entries(made)
    assert (entry["account"], entry["address"], entry["at"]) == ("wangfang", "10.0.0.7", AT)
    assert entry["object"] == f"referee {masked['receipt']} {masked['row']}"
    assert json.loads(str(entry["detail"]))["reason"] == "核对证书编号"
    assert str(shown["name"]) not in str(entry) and str(shown["certificate_no"]) not in str(entry)
    assert first(made) == masked, "the next reader sees the mask again"


def test_without_a_reason_or_by_another_role_nothing_is_shown_and_nothing_written(made: Engine) -> None:
    send(made, "referee", ROWS)
    masked, before = first(made), content(made)
    for reason in ("", "   ", "看看"):
        with pytest.raises(ReasonMissing, match="请写明"):
            unmask(made, CLERK, REFEREE, masked, reason=reason, at=AT)
    for who in EVERYBODY:
        if who.role != "office":
            with pytest.raises(Forbidden, match="局办公室"):
                unmask(made, who, REFEREE, masked, reason="核对证书编号", at=AT)
    with pytest.raises(Forbidden, match="没有这条记录"):
        unmask(made, CLERK, REFEREE, {**masked, "row": 99}, reason="核对证书编号", at=AT)

    assert content(made) == before


def test_the_page_shows_the_one_record_once(on_base: str) -> None:
    """Drawn in the run of the button; the next run has forgotten it, and so has every cache."""
    made = engine(on_base)
    send(made, "referee", ROWS, on=RECEIVED_ON)
    page = open_page("aggregation.records", SOMEBODY_OF_THE_OFFICE, view="记录", category=REFEREE.name_zh)
    page.session_state[f"rows.{REFEREE.code}"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    page = page.run()
    assert ROWS[0]["name"] not in words(page)

    page.text_input[-1].set_value("核对证书编号")
    shown = page.button[-1].click().run()
    assert not shown.exception
    assert ROWS[0]["name"] in words(shown) and ROWS[1]["name"] not in words(shown)

    again = shown.run()
    assert ROWS[0]["name"] not in words(again)
    assert len(unmasked_entries(made)) == 1
