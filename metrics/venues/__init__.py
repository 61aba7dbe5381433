"""What the venues are asked: where their points are wrong, whom they reach, whether they are open as they must be."""
