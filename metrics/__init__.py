"""Every figure of the centre, defined once: pages, reports, score and wall read them here."""

from metrics.evaluate import UnknownDimension, UnknownIndicator, city, evaluate, indicator, of
from metrics.indicator import Indicator
from metrics.indicators import INDICATORS
from metrics.known import Known

__all__ = [
    "INDICATORS",
    "Indicator",
    "Known",
    "UnknownDimension",
    "UnknownIndicator",
    "city",
    "evaluate",
    "indicator",
    "of",
]
