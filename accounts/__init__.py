"""Accounts of Article 18: who may come in, for how long, and what became of each account (专人专号)."""
