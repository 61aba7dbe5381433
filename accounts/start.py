"""What keeps the server from starting: a key or a hash too weak for what the base holds."""

from __future__ import annotations

from accounts import hashing, tokens
from data_access.engine import engine, reading
from data_access.principal import SYSTEM
from data_access.queries.status import base_kind
from data_access.settings import settings


def problems(url: str) -> list[str]:
    """Sentences for the operator; none where the server may start. Makes the key file at the first start."""
    found = []
    try:
        tokens.load_key(settings())
    except tokens.KeyRefused as error:
        found.append(str(error))
    rounds = settings().accounts.bcrypt_rounds
    if rounds < hashing.LEAST_ROUNDS:
        with reading(engine(url)) as connection:
            is_real = base_kind(SYSTEM, connection) == "real"
        if is_real:
            found.append(
                f"config.toml 的 [accounts] bcrypt_rounds 是 {rounds}，存有真实数据的库至少要 "
                f"{hashing.LEAST_ROUNDS}。请改为 {hashing.LIBRARY_ROUNDS} 后再启动。"
            )
    return found
