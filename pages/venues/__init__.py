"""场馆: where they are, who is in them."""
