"""Tests of 实时客流: like days, the band, figures of now, the page."""
