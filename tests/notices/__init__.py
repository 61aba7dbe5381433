"""Notices, due reminders and their mail."""
