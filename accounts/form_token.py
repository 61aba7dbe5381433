"""The token in a form that proves our own page made it, for this browser and this purpose.

Signed with the cookies' key under a label of its own: a token is no cookie and a
cookie no token. It lives as long as what it is bound to.
"""

from __future__ import annotations

import hashlib
import hmac

from accounts import tokens

LABEL = b"form-token"


def write(purpose: str, binding: str) -> str:
    """The token of one form.

    Args:
        purpose: which form, e.g. ``"logout"``; the token is valid for no other.
        binding: the session's id, before there is one a random value kept in a cookie.
    """
    bound = hmac.new(tokens.key(), LABEL, hashlib.sha256).digest()
    return hmac.new(bound, f"{purpose}\0{binding}".encode(), hashlib.sha256).hexdigest()


def valid(token: str, purpose: str, binding: str) -> bool:
    """Whether `write` made this token for the same purpose and binding."""
    return bool(binding) and hmac.compare_digest(
        token.encode("utf-8", "replace"), write(purpose, binding).encode()
    )
