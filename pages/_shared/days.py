"""The days a page can be asked for (``?as_of=``): from the regulation's first day (Article 25) to today."""

import catalog

FIRST_DAY = catalog.default().valid_from
