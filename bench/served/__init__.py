"""The product as it is served, with two scripts more: an empty one, and an empty page behind the same door."""
