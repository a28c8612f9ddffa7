"""What must hold between the parts of a catalogue, checked at load."""
