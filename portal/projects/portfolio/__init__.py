"""The portfolio page in parts: rows, chips and addresses, tiles, and the list that joins them."""
