"""What every page needs from the program: who asks, one reading of the base, the cache of drawn blocks."""
