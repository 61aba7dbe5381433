"""Intake contract 1.0: a file as a department sends it becomes checked rows."""
