"""Money is exact on both databases: sums hold every digit that a file states."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Column, Connection, Integer, MetaData, Table, select

from data_access.bulk import bulk_insert
from data_access.column_types import Exact, exact_sum
from data_access.engine import engine, reading, writing
from data_access.principal import OPERATOR
from data_access.queries import wall
from tests.conftest import Databases
from tests.delivery.histories import send
from tests.helpers.rows import changed, valid_rows

AMOUNTS = Table("amounts", MetaData(), Column("n", Integer, primary_key=True), Column("amount", Exact()))
LOTTERY = "sports_lottery_sales"
money = st.decimals(min_value=Decimal("-1e14"), max_value=Decimal("1e14"), places=6)


def summed(connection: Connection, amounts: list[Decimal | None]) -> Decimal | None:
    bulk_insert(connection, AMOUNTS, ["n", "amount"], list(enumerate(amounts)))
    return connection.scalar(select(exact_sum(AMOUNTS.c.amount)))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.none() | money, max_size=40))
def test_a_sum_is_that_of_a_plain_loop(databases: Databases, amounts: list[Decimal | None]) -> None:
    made = engine(databases())
    with writing(made) as connection:
        AMOUNTS.create(connection)
        found = summed(connection, amounts)

    stated = [amount for amount in amounts if amount is not None]
    assert found == (sum(stated, Decimal(0)) if stated else None)


def test_the_walls_sums_of_money_lose_nothing_on_the_way(databases: Databases) -> None:
    """As binary fractions ten times 0.1 is not 1."""
    made = engine(databases())
    rows = [
        changed(row, sales_amount=Decimal("0.1"), welfare_fund=Decimal("0.02"))
        for row in valid_rows(LOTTERY, 10)
    ]
    assert send(made, LOTTERY, rows).accepted == 10

    with reading(made) as connection:
        [city] = wall.grouped(OPERATOR, connection, LOTTERY, (), ("sales_amount", "welfare_fund"))

    assert city.sums == (1.0, 0.2)
