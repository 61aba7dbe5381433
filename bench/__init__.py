"""Measurements of issue 2, section 10: intake, pages, growth. Ratios within one run; nothing here is a test.

`python -m bench` runs all of them, `python -m bench intake` one. The goals stand
in `bench/goals.py`, the last results in `docs/performance.md`.
"""
