"""Reads: each function takes the principal first; the WHERE of its scope is built here."""
