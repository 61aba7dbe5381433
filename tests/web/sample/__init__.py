"""Pages with known content, copied beside the product for tests of the shell."""
