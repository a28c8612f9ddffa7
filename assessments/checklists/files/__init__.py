"""Files people hand in as proof: a safe name, a known kind, stored under a key that says nothing, hashed on the way."""
