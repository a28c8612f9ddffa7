"""Working days and time limits; pure functions."""
