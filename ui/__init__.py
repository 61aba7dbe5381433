"""What draws: theme, charts, formats, widgets. Gets figures as arguments, never asks for them."""
