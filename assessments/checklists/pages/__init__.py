"""What the pages of this slice show: read once, put into words, handed to templates. Nothing is written here."""
