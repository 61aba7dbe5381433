"""Writes: each function takes the principal first and is one transaction."""
