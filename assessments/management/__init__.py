"""Commands of the assessing app."""
