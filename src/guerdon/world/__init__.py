"""A procedural world of which everything is known: scenes, questions about them, simulated responders."""
