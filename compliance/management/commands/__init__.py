"""Commands of the compliance app."""
