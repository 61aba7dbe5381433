"""The audit: append-only, chained by hashes, verified against a file outside the database."""

from data_access.audit.actions import ACTIONS, RESULTS, group_names
from data_access.audit.chain import append, chain_id, end
from data_access.audit.cut import CannotCut, cut
from data_access.audit.heads import Head, HeadsUnreadable, read_heads, write_head
from data_access.audit.keeping import cut_old, keep_head, verified
from data_access.audit.verify import Broken, Verdict, verify

__all__ = [
    "ACTIONS", "RESULTS", "Broken", "CannotCut", "Head", "HeadsUnreadable", "Verdict", "append", "chain_id",
    "cut", "cut_old", "end", "group_names", "keep_head", "read_heads", "verified", "verify", "write_head",
]  # fmt: skip
