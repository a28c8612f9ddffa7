"""Calendar addresses."""
