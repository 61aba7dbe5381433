"""The platforms' data, fetched by the product itself: one interface, three kinds of source.

Each pull delivers pieces through the same intake as a person's upload, so that a
platform's row is checked, receipted and traced like any other (Articles 2, 7, 13).
"""

from data_access.connectors.base import Checkpoint, Connector, Piece, Pull, SourceError
from data_access.connectors.runner import connect, pull, states

__all__ = ["Checkpoint", "Connector", "Piece", "Pull", "SourceError", "connect", "pull", "states"]
