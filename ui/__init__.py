"""What draws: theme, charts, formats, pieces of a page. Gets figures as arguments, never asks for them."""
