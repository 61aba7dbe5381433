"""Circulars (Article 22): their life, their papers, items that close by the data."""
