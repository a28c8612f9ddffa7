"""What keeps a filing true after its number: display duty, change, renewal, cancellation."""
