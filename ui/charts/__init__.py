"""The charts of the product, with one template.

Each takes a frame and the names of its columns and returns a plotly figure; none
fetches, adds up or decides. No trace on a geo subplot and no WebGL trace: the
first fetches a file from the internet, the second needs `unsafe-eval`.
Nothing here imports streamlit: reports and the wall draw with the same functions.
"""

from ui.charts.bars import columns_with_plan, stacked
from ui.charts.grid import matrix
from ui.charts.series import band, lines, spark
from ui.charts.template import CONFIG, TEMPLATE, figure

__all__ = [
    "CONFIG",
    "TEMPLATE",
    "band",
    "columns_with_plan",
    "figure",
    "lines",
    "matrix",
    "spark",
    "stacked",
]
