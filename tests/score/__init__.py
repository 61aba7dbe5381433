"""Tests of the yearly score: the worked example, the special cases, a second computation, the commands."""
